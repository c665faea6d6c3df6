import FoundationEssentials

/// A folder that looks like `/proc`, removed with its owner.
struct FakeProc: ~Copyable {
    /// Where it is.
    let path: String

    init() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "prober-proc-\(UUID().uuidString)")
        path = folder.path
        try link("self/ns/pid", to: "pid:[4026531836]")
        try link("thread-self/ns/net", to: "net:[100]")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Puts a file with `text` at `name`.
    func write(_ text: String, to name: String) throws {
        try makeFolder(of: name)
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }

    /// Puts a symbolic link that says `target` at `name`; the target need not exist.
    func link(_ name: String, to target: String) throws {
        try makeFolder(of: name)
        try FileManager.default.createSymbolicLink(
            atPath: "\(path)/\(name)", withDestinationPath: target)
    }

    /// Adds a process that holds the sockets `inodes`.
    func addProcess(
        _ pid: Int, name: String, user: Int = 0, command: String, group: String = "/",
        namespace: Int = 100, sockets inodes: [Int]
    ) throws {
        try write("\(name)\n", to: "\(pid)/comm")
        try write(
            "Name:\t\(name)\nUmask:\t0022\nUid:\t0\t\(user)\t0\t0\n", to: "\(pid)/status")
        try write(command, to: "\(pid)/cmdline")
        try write("0::\(group)\n", to: "\(pid)/cgroup")
        try link("\(pid)/ns/net", to: "net:[\(namespace)]")
        try link("\(pid)/fd/0", to: "/dev/null")
        for (number, inode) in inodes.enumerated() {
            try link("\(pid)/fd/\(number + 1)", to: "socket:[\(inode)]")
        }
    }

    private func makeFolder(of name: String) throws {
        let folder = URL(filePath: "\(path)/\(name)").deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }
}
