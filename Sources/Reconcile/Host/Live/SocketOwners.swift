import Prober
import SystemPackage

/// Which processes hold which sockets.
struct SocketOwners {
    /// A process that holds a socket, and the control groups it is in.
    struct Holder: Hashable {
        var process: ProcessIdentity
        var controlGroup: ControlGroup?
    }

    /// Every process that holds the socket with an inode, by ascending pid.
    private(set) var holders: [UInt64: [Holder]] = [:]
    /// The processes whose descriptors could not be read.
    private(set) var unreadable = UnreadableProcesses()
    /// Whether there are processes that `proc` does not even list (its option `hidepid`, or a
    /// process namespace inside another one).
    private(set) var isListPartial = false

    /// Looks through the descriptors of every process in `proc` for the sockets `wanted`.
    ///
    /// A process that ends meanwhile holds nothing any more.
    static func read(
        wanted: Set<UInt64>, in proc: String, users: UserNames
    ) throws(Errno) -> SocketOwners {
        var owners = SocketOwners()
        let root = try Directory(proc)
        let processes = try root.names().compactMap { Int32($0) }.sorted()
        owners.isListPartial = processes.first != 1 || !root.isFirstProcessNamespace
        for pid in processes {
            do {
                try owners.add(pid, wanted: wanted, in: root, users: users)
            } catch {
                owners.unreadable.add(error)
            }
        }
        return owners
    }

    /// What was hidden from the reader.
    var gaps: [CoverageGap] {
        var gaps: [CoverageGap] = []
        if unreadable.count > 0 {
            gaps.append(
                CoverageGap(
                    .owners,
                    reason: "the open files of \(unreadable.number) could not be read"
                        + unreadable.cause))
        }
        if isListPartial {
            gaps.append(
                CoverageGap(
                    .owners,
                    reason: "processes that /proc does not list may hold sockets: it is mounted "
                        + "with hidepid, or shows only a process namespace inside the host's"))
        }
        return gaps
    }

    private mutating func add(
        _ pid: Int32, wanted: Set<UInt64>, in root: borrowing Directory, users: UserNames
    ) throws(Errno) {
        let folder = try Directory("\(pid)", in: root)
        let descriptors = try Directory("fd", in: folder)
        var held: Set<UInt64> = []
        let refusal = try descriptors.forEachSocket { inode in
            if wanted.contains(inode) { held.insert(inode) }
        }
        if !held.isEmpty {
            let process = try ProcessIdentity(pid: pid, in: folder, users: users)
            let groups = try? folder.contents(of: "cgroup", limit: 64 * 1024)
            let holder = Holder(
                process: process,
                controlGroup: groups.map {
                    ControlGroup(parsing: String(decoding: $0, as: UTF8.self))
                })
            for inode in held { holders[inode, default: []].append(holder) }
        }
        if let refusal { throw refusal }
    }
}

extension Directory {
    /// Whether the reader's processes are in the host's first process namespace.
    ///
    /// Its number is kernel ABI (PROC_PID_INIT_INO in the kernel's `proc_ns.h`). Assumed when the
    /// link cannot be read.
    fileprivate var isFirstProcessNamespace: Bool {
        guard let link = try? link("self/ns/pid") else { return true }
        return link == "pid:[4026531836]"
    }
}
