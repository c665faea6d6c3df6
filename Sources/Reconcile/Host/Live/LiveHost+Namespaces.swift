import Prober
import SystemPackage

/// The sockets of one other network namespace.
struct NamespaceSockets {
    var name: String
    var sockets: [KernelSocket]
    var addresses: HostAddresses
    var counters: [KernelCounter: UInt64]
}

extension LiveHost {
    /// Looks into every other network namespace of the host, each from a thread of its own.
    ///
    /// Adds the namespaces to `report`, with what joins them to `host`. What cannot be entered, or is
    /// not to be, is a gap.
    func readNamespaces(
        joining host: HostAddresses, isEntering: Bool, into report: inout HostReport
    ) -> [NamespaceSockets] {
        let found: NetworkNamespaces
        do throws(Errno) {
            found = try NetworkNamespaces.read(in: proc, names: namespaceNames)
        } catch {
            report.coverage.append(
                CoverageGap(
                    .namespaces, reason: "other network namespaces were not looked for (\(error))"))
            return []
        }
        guard isEntering else {
            report.coverage += UnreadNamespaces(count: found.others.count).gaps + found.gaps
            return []
        }
        var unread = UnreadNamespaces()
        var read: [(namespace: HostNamespace, inside: Inside)] = []
        let deadline = MonotonicTime.now().advanced(byNanoseconds: Self.namespaceLimit)
        for (inode, place) in found.others.sorted(by: { $0.key < $1.key }) {
            guard MonotonicTime.now() < deadline else {
                unread.add(nil)
                continue
            }
            do throws(SystemCallFailure) {
                guard let inside = try look(into: place, inode) else { continue }
                let namespace = HostNamespace(
                    place.name ?? "net:[\(inode)]", inode: inode,
                    container: place.pid.flatMap(container), addresses: inside.addresses.addresses,
                    links: NamespaceLinks.links(
                        of: inside.addresses.interfaces.values, hostNumber: inside.hostNumber,
                        to: host.interfaces))
                read.append((namespace, inside))
            } catch {
                unread.add(error.errno)
            }
        }
        report.namespaces = read.map(\.namespace)
        report.coverage += found.gaps + unread.gaps
        for (namespace, inside) in read {
            report.coverage += inside.gaps.map {
                CoverageGap(.namespaces, reason: "in \(namespace.name): \($0)")
            }
        }
        if !read.isEmpty {
            report.sources.append(HostReport.Source(kind: "setns", origin: "network namespaces"))
        }
        return read.map { namespace, inside in
            NamespaceSockets(
                name: namespace.name, sockets: inside.sockets, addresses: inside.addresses,
                counters: inside.counters)
        }
    }

    /// How long all other namespaces may take, in nanoseconds; one takes some milliseconds.
    private static let namespaceLimit: UInt64 = 10_000_000_000

    /// What a namespace has in it.
    private struct Inside: Sendable {
        var sockets: [KernelSocket] = []
        var addresses = HostAddresses([], [])
        var counters: [KernelCounter: UInt64] = [:]
        /// The number that the namespace has for the host's.
        var hostNumber: Int32?
        var gaps: [String] = []
    }

    /// What is in the namespace `inode`; nil when nothing is in it any more.
    private func look(
        into place: NetworkNamespaces.Place, _ inode: UInt64
    ) throws(SystemCallFailure) -> Inside? {
        guard let namespace = try NetworkNamespaces.open(inode, at: place, in: proc) else {
            return nil
        }
        let home = try NetworkNamespace.current()
        return try namespace.onOwnThread {
            var inside = lookAround()
            // After the interfaces were listed: that is when the kernel gives numbers.
            inside.hostNumber = home.numberHere()
            return inside
        }
    }

    /// What the namespace of the calling thread has in it.
    private func lookAround() -> Inside {
        var inside = Inside()
        do throws(LiveHostError) {
            let inventory = try inventory()
            inside.sockets = inventory.sockets
            inside.gaps = inventory.gaps.map(\.reason)
        } catch {
            switch error {
            case .noSocketTable(let reason): inside.gaps = ["no socket was listed (\(reason))"]
            }
        }
        do throws(NetlinkError) {
            inside.addresses = try HostAddresses.read()
            inside.gaps += inside.addresses.gaps.map(\.reason)
        } catch {
            inside.gaps.append("the addresses were not read: \(error)")
        }
        inside.counters = counters()
        return inside
    }

    /// The container that process `pid` is in.
    private func container(of pid: Int32) -> String? {
        let bytes = try? FileContents.bytes(of: "\(proc)/\(pid)/cgroup", atMost: 64 * 1024)
        return bytes.flatMap {
            ControlGroup(parsing: String(decoding: $0, as: UTF8.self)).container
        }
    }
}

/// Namespaces that are there, and that could not be looked into.
private struct UnreadNamespaces {
    private var count: Int
    private var reasons: [String] = []

    /// As many as were not to be entered.
    init(count: Int = 0) { self.count = count }

    /// Counts one that could not be entered for `error`, or for lack of time.
    mutating func add(_ error: Errno?) {
        count += 1
        let reason =
            switch error {
            case nil: "there was no time left"
            case .notPermitted?, .permissionDenied?: "it takes CAP_SYS_ADMIN"
            case let error?: error.description
            }
        if !reasons.contains(reason) { reasons.append(reason) }
    }

    var gaps: [CoverageGap] {
        guard count > 0 else { return [] }
        let namespaces =
            count == 1
            ? "1 other network namespace of this host was"
            : "\(count) other network namespaces of this host were"
        let reason =
            reasons.isEmpty ? " not read" : " not entered: \(reasons.joined(separator: ", "))"
        return [CoverageGap(.namespaces, reason: namespaces + reason)]
    }
}

extension Listener {
    /// The same listener, in the namespace `name`.
    func inNamespace(_ name: String) -> Listener {
        var listener = self
        listener.namespace = name
        return listener
    }
}
