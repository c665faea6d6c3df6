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
        /// Some paths by which it is opened, that of a name first: processes end and move.
        var paths: [String]
        /// The name that `ip netns` shows.
        var name: String?
        /// The first process in it.
        var pid: Int32?
    }

    /// How many processes of a namespace are remembered.
    private static let pathLimit = 4

    /// Looks at every process in `proc` and at every name in the folder `names`.
    static func read(in proc: String, names: String) throws(Errno) -> NetworkNamespaces {
        var namespaces = NetworkNamespaces()
        let root = try Directory(proc)
        let own = try root.link("thread-self/ns/net")
        for pid in try root.names().compactMap({ Int32($0) }).sorted() {
            do {
                let link = try root.link("\(pid)/ns/net")
                guard link != own, let inode = inode(link) else { continue }
                let path = "\(proc)/\(pid)/ns/net"
                if (namespaces.others[inode]?.paths.count ?? 0) < pathLimit {
                    namespaces.others[inode, default: Place(paths: [], pid: pid)].paths.append(path)
                }
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
                others[number, default: Place(paths: [])].name = name
                others[number]?.paths.insert("\(folder)/\(name)", at: 0)
            } catch {
                if !error.isAbsence { namesFailure = error }
            }
        }
    }

    /// The namespace `inode`, which was found at `place`; nil when nothing is in it any more.
    ///
    /// - Throws: ``SystemCallFailure`` when it is there and cannot be opened.
    static func open(
        _ inode: UInt64, at place: Place, in proc: String
    ) throws(SystemCallFailure) -> NetworkNamespace? {
        var failure: SystemCallFailure?
        for path in place.paths {
            do throws(SystemCallFailure) {
                let namespace = try NetworkNamespace.open(path)
                if namespace.inode == inode { return namespace }
            } catch {
                // Absence is less than anything else that may be wrong.
                if failure?.errno.isAbsence ?? true { failure = error }
            }
        }
        // Those all left, or moved: others may have come.
        let now = Set(processes(in: inode, proc))
        for path in now.subtracting(place.paths).sorted() {
            do throws(SystemCallFailure) {
                let namespace = try NetworkNamespace.open(path)
                if namespace.inode == inode { return namespace }
            } catch {
                failure = error
            }
        }
        if now.isEmpty, failure?.errno.isAbsence ?? true { return nil }
        throw failure ?? SystemCallFailure(.open, .noSuchProcess)
    }

    /// The paths of those processes in `proc` that are in the namespace `wanted`.
    private static func processes(in wanted: UInt64, _ proc: String) -> [String] {
        guard let root = try? Directory(proc), let names = try? root.names() else { return [] }
        return names.filter { Int32($0) != nil }.compactMap { pid in
            guard let link = try? root.link("\(pid)/ns/net"), inode(link) == wanted else {
                return nil
            }
            return "\(proc)/\(pid)/ns/net"
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
