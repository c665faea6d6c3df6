import Prober
import SystemPackage

/// The network namespaces of this host beside the reader's own.
struct NetworkNamespaces {
    /// Those that a process is in or that a name is bound to, by their inodes.
    private(set) var others: [UInt64: Place] = [:]
    /// The processes whose namespace could not be read.
    private(set) var unreadable = UnreadableProcesses()
    /// Why names of namespaces could not be read.
    private var namesFailure: Errno?

    /// Where a namespace is to be found.
    struct Place: Hashable {
        /// The path by which it is opened.
        var path: String
        /// The name that `ip netns` shows.
        var name: String?
        /// The first process in it.
        var pid: Int32?
    }

    /// Looks at every process in `proc` and at every name in the folder `names`.
    static func read(in proc: String, names: String) throws(Errno) -> NetworkNamespaces {
        var namespaces = NetworkNamespaces()
        let root = try Directory(proc)
        let own = try root.link("thread-self/ns/net")
        for pid in try root.names().compactMap({ Int32($0) }).sorted() {
            do {
                let link = try root.link("\(pid)/ns/net")
                guard link != own, let inode = inode(link), namespaces.others[inode] == nil
                else { continue }
                namespaces.others[inode] = Place(path: "\(proc)/\(pid)/ns/net", pid: pid)
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
        for name in try bound.names().sorted() {
            do {
                let number = try bound.inode(of: name)
                guard number != own, others[number]?.name == nil else { continue }
                others[number, default: Place(path: "\(folder)/\(name)")].name = name
            } catch {
                if !error.isAbsence { namesFailure = error }
            }
        }
    }

    /// What could not be looked at to find them.
    var gaps: [CoverageGap] {
        var gaps: [CoverageGap] = []
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
