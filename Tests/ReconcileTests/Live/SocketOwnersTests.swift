import Prober
import Testing

@testable import Reconcile

@Suite struct SocketOwnersTests {
    private let users = UserNames(parsing: "root:x:0:0::/:/bin/sh\nwww-data:x:33:33::/:\n")

    @Test func `every process that holds a socket is found, by ascending pid`() throws {
        let proc = try FakeProc()
        try proc.addProcess(1, name: "systemd", command: "/sbin/init\0", sockets: [])
        try proc.addProcess(
            20, name: "nginx", user: 33, command: "nginx: worker\0\0\0",
            group: "/system.slice/nginx.service", sockets: [700, 701])
        try proc.addProcess(
            3, name: "nginx", command: "nginx\0-g\0daemon on;\0", sockets: [700, 9])
        let owners = try SocketOwners.read(wanted: [700, 701, 702], in: proc.path, users: users)

        let master = ProcessIdentity(
            pid: 3, name: "nginx", user: "root", command: "nginx -g daemon on;")
        let worker = ProcessIdentity(
            pid: 20, name: "nginx", user: "www-data", command: "nginx: worker")
        #expect(owners.holders[700]?.map(\.process) == [master, worker])
        #expect(owners.holders[701]?.map(\.process) == [worker])
        #expect(owners.holders[701]?.first?.controlGroup?.unit == "nginx.service")
        #expect(owners.holders.keys.sorted() == [700, 701])
        #expect(owners.gaps.isEmpty)
    }

    @Test func `a process that has gone is no gap`() throws {
        let proc = try FakeProc()
        try proc.addProcess(1, name: "init", command: "", sockets: [])
        // Its folder is there, but no descriptors any more.
        try proc.write("", to: "40/comm")
        let owners = try SocketOwners.read(wanted: [700], in: proc.path, users: users)
        #expect(owners.gaps.isEmpty)
        #expect(owners.holders.isEmpty)
    }

    /// What stands in the way of reading: a file in place of a folder, or a folder in place of one.
    @Test(
        "a process that is there and cannot be read is a gap, whatever the error",
        arguments: [
            ("40/fd", nil, "(Not a directory)"), ("40/fd/3", "x", "(Invalid argument)"),
            ("40/comm/x", "x", "(Is a directory)"),
        ] as [(String, String?, String)])
    func unreadable(path: String, text: String?, reason: String) throws {
        let proc = try FakeProc()
        try proc.addProcess(1, name: "init", command: "", sockets: [])
        if path.hasPrefix("40/comm") {
            try proc.link("40/fd/1", to: "socket:[700]")
        } else {
            try proc.write("p\n", to: "40/comm")
        }
        try proc.write(text ?? "", to: path)
        let owners = try SocketOwners.read(wanted: [700], in: proc.path, users: users)
        #expect(
            owners.gaps == [
                CoverageGap(
                    .owners, reason: "the open files of 1 process could not be read \(reason)")
            ])
    }

    @Test func `a list without process 1 is partial`() throws {
        let proc = try FakeProc()
        try proc.addProcess(40, name: "sh", command: "", sockets: [])
        let owners = try SocketOwners.read(wanted: [], in: proc.path, users: users)
        #expect(owners.gaps.map(\.subject) == [.owners])
    }

    @Test(
        arguments: [
            ("socket:[4711]", 4711), ("socket:[]", nil), ("socket:[x]", nil), ("pipe:[4711]", nil),
            ("socket:[4711] (deleted)", nil), ("", nil), ("socket:[18446744073709551615]", .max),
            ("socket:[18446744073709551616]", nil), ("socket:[-1]", nil), ("socket:", nil),
        ] as [(String, UInt64?)])
    func `only the link of a socket has its inode`(link: String, inode: UInt64?) {
        let bytes = Array(link.utf8)
        let found = Directory.socketInode(bytes.span)
        #expect(found == inode)
    }

    @Test(
        arguments: [
            ("Name:\tUid:\nUid:\t1\t2\t3\t4\n", 2), ("Uid:\t1\n", nil), ("", nil),
        ] as [(String, UInt32?)])
    func `the effective user is the second number`(status: String, user: UInt32?) {
        #expect(ProcessIdentity.effectiveUser(status: Array(status.utf8)) == user)
    }

    @Test func `a number without a name stays a number, and the first name counts`() {
        let users = UserNames(parsing: "a:x:5:\nb:x:5:\nbroken\n:x:6:\nc:x:-1:\nd:x:7:7\n")
        #expect(["5", "6", "7"].map { users[UInt32($0) ?? 0] } == ["a", "6", "d"])
    }

    @Test func `other network namespaces are found once each`() throws {
        let proc = try FakeProc()
        for (pid, namespace) in [(1, 100), (2, 200), (3, 200), (4, 300)] {
            try proc.addProcess(pid, name: "p", command: "", namespace: namespace, sockets: [])
        }
        let namespaces = try NetworkNamespaces.read(in: proc.path, names: "\(proc.path)/none")
        #expect(
            namespaces.others == [
                200: .init(
                    paths: ["\(proc.path)/2/ns/net", "\(proc.path)/3/ns/net"], pid: 2),
                300: .init(paths: ["\(proc.path)/4/ns/net"], pid: 4),
            ])
        #expect(namespaces.gaps.isEmpty)
    }

    @Test func `a namespace is opened by whoever is still in it`() throws {
        let proc = try FakeProc()
        let real = try #require(try NetworkNamespace.current().inode)
        let link = "net:[\(real)]"
        for pid in [2, 3, 4] { try proc.link("\(pid)/ns/net", to: link) }
        try proc.link("3/ns/\(link)", to: "/proc/self/ns/net")
        // The first process has ended, so that the link leads nowhere.
        let namespaces = try NetworkNamespaces.read(in: proc.path, names: "\(proc.path)/none")
        let place = try #require(namespaces.others[real])
        #expect(try NetworkNamespaces.open(real, at: place, in: proc.path)?.inode == real)
        // Neither did anybody see the third one come.
        let alone = NetworkNamespaces.Place(paths: ["\(proc.path)/2/ns/net"], pid: 2)
        #expect(try NetworkNamespaces.open(real, at: alone, in: proc.path)?.inode == real)
    }

    @Test func `a namespace that somebody is in, and that nothing opens, is an error`() throws {
        let proc = try FakeProc()
        try proc.link("2/ns/net", to: "net:[200]")
        let place = NetworkNamespaces.Place(paths: ["\(proc.path)/9/ns/net"], pid: 9)
        #expect(throws: SystemCallFailure.self) {
            try NetworkNamespaces.open(200, at: place, in: proc.path)
        }
        #expect(try NetworkNamespaces.open(300, at: place, in: proc.path) == nil)
    }

    @Test func `a namespace that cannot be read is a gap, whatever the error`() throws {
        let proc = try FakeProc()
        try proc.addProcess(1, name: "p", command: "", sockets: [])
        try proc.write("", to: "2/ns/net")
        try proc.write("", to: "netns")
        let namespaces = try NetworkNamespaces.read(in: proc.path, names: "\(proc.path)/netns")
        #expect(
            namespaces.gaps.map(\.reason) == [
                "the network namespace of 1 process is not visible (Invalid argument)",
                "the names of network namespaces were not read (Not a directory)",
            ])
    }
}
