import Prober
import SystemPackage

/// The network namespaces of this host beside the reader's own.
struct NetworkNamespaces {
    /// Those that a process is in or that a name is bound to, by their inodes.
    private(set) var others: Set<UInt64> = []
    /// How many processes were there whose namespace could not be read.
    private(set) var unreadableCount = 0

    /// Looks at every process in `proc` and at every name in the folder `names`.
    static func read(in proc: String, names: String) throws(Errno) -> NetworkNamespaces {
        var namespaces = NetworkNamespaces()
        let root = try Directory(proc)
        let own = try root.link("thread-self/ns/net")
        for name in try root.names() where Int32(name) != nil {
            do {
                let link = try root.link("\(name)/ns/net")
                if link != own, let inode = inode(link) { namespaces.others.insert(inode) }
            } catch {
                namespaces.unreadableCount += error.isLackOfPrivilege ? 1 : 0
            }
        }
        // `ip netns add` makes this folder.
        if let bound = try? Directory(names), let list = try? bound.names() {
            for name in list {
                guard let number = try? bound.inode(of: name), number != inode(own) else {
                    continue
                }
                namespaces.others.insert(number)
            }
        }
        return namespaces
    }

    /// What these namespaces hide.
    var gaps: [CoverageGap] {
        var gaps: [CoverageGap] = []
        if !others.isEmpty {
            let namespaces =
                others.count == 1
                ? "1 other network namespace of this host was"
                : "\(others.count) other network namespaces of this host were"
            gaps.append(CoverageGap(.namespaces, reason: "\(namespaces) not read"))
        }
        if unreadableCount > 0 {
            let processes = unreadableCount == 1 ? "1 process" : "\(unreadableCount) processes"
            gaps.append(
                CoverageGap(
                    .namespaces,
                    reason: "the network namespace of \(processes) is not visible, "
                        + "which takes CAP_SYS_PTRACE"))
        }
        return gaps
    }

    /// The number in `net:[4026531840]`.
    private static func inode(_ link: String) -> UInt64? {
        guard link.hasPrefix("net:["), link.hasSuffix("]") else { return nil }
        return UInt64(link.dropFirst(5).dropLast())
    }
}
