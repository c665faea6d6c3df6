import Prober
import SystemPackage

/// The network namespaces of this host beside the reader's own.
struct NetworkNamespaces {
    /// Those that a process is in or that a name is bound to, by their inodes.
    private(set) var others: Set<UInt64> = []
    /// The processes whose namespace could not be read.
    private(set) var unreadable = UnreadableProcesses()
    /// Why names of namespaces could not be read.
    private var namesFailure: Errno?

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
                namespaces.unreadable.add(error)
            }
        }
        do {
            try namespaces.addNames(in: names, except: inode(own))
        } catch {
            // `ip netns add` makes the folder.
            if !error.isAbsence { namespaces.namesFailure = error }
        }
        return namespaces
    }

    private mutating func addNames(in folder: String, except own: UInt64?) throws(Errno) {
        let bound = try Directory(folder)
        for name in try bound.names() {
            do {
                let number = try bound.inode(of: name)
                if number != own { others.insert(number) }
            } catch {
                if !error.isAbsence { namesFailure = error }
            }
        }
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
        if unreadable.count > 0 {
            gaps.append(
                CoverageGap(
                    .namespaces,
                    reason: "the network namespace of \(unreadable.number) is not visible"
                        + unreadable.cause))
        }
        if let namesFailure {
            gaps.append(
                CoverageGap(
                    .namespaces,
                    reason: "the names of network namespaces were not read (\(namesFailure))"))
        }
        return gaps
    }

    /// The number in `net:[4026531840]`.
    private static func inode(_ link: String) -> UInt64? {
        guard link.hasPrefix("net:["), link.hasSuffix("]") else { return nil }
        return UInt64(link.dropFirst(5).dropLast())
    }
}
