import Prober
import SystemPackage

/// The control groups of version 2 by their ids, as sockets carry them.
struct ControlGroupTree {
    private var groups: [UInt64: ControlGroup] = [:]

    /// A tree without groups.
    init() {}

    /// The group with the id `id`; nil when it was removed or cannot be seen.
    subscript(id: UInt64) -> ControlGroup? { groups[id] }

    /// Reads the tree that `proc` says is mounted; empty when there is none.
    ///
    /// The id of a group is the inode of its folder.
    static func read(in proc: String) -> ControlGroupTree {
        var tree = ControlGroupTree()
        guard let bytes = try? Directory(proc).contents(of: "self/mountinfo", limit: 1 << 24),
            let root = mountPoint(String(decoding: bytes, as: UTF8.self)),
            let directory = try? Directory(root)
        else { return tree }
        tree.add(directory, path: "", depth: 0)
        return tree
    }

    private mutating func add(_ directory: borrowing Directory, path: String, depth: Int) {
        if let id = try? directory.inode(of: ".") { groups[id] = ControlGroup(path: path) }
        // Deeper trees than this do not occur; each level holds a descriptor open.
        guard depth < 32, let names = try? directory.names() else { return }
        for name in names {
            guard let child = try? Directory(name, in: directory) else { continue }
            add(child, path: "\(path)/\(name)", depth: depth + 1)
        }
    }

    /// Where `mountinfo` says that a tree of version 2 is mounted.
    static func mountPoint(_ mountinfo: String) -> String? {
        for line in mountinfo.split(separator: "\n") {
            let halves = line.split(separator: " - ", maxSplits: 1)
            guard halves.count == 2, halves[1].hasPrefix("cgroup2 ") else { continue }
            let fields = halves[0].split(separator: " ")
            if fields.count >= 5 { return String(fields[4]) }
        }
        return nil
    }
}
