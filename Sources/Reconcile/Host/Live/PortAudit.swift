import Prober
import SystemPackage

/// Looks for ports that are held though no list of sockets has them.
struct PortAudit {
    /// The ports that sockets in any state hold, by the table a bind of them would meet.
    typealias Holders = [SocketTable: PortSet]

    /// Lists every socket that holds a port, now; nil when no source could.
    var listHolders: () -> Holders?
    /// Tries one port after the other, until told to stop.
    var sweep: (SocketTable, PortSet) -> Sweep
    /// The ports of `net.ipv4.ip_local_reserved_ports`.
    var reserved: PortSet
    /// Whether the kernel lists sockets that are bound and do not listen.
    var listsBoundSockets: Bool

    /// What binds of the ports of a table came to.
    struct Sweep {
        var held = PortSet()
        /// Those that could not be tried.
        var untested = PortSet()
        /// Whether the kernel has such sockets at all.
        var isSupported = true
    }

    /// How often what seems hidden is looked at again: sockets come and go between list and bind.
    private static let rounds = 3

    /// Tries every port that no list has.
    ///
    /// What is listed is not touched.
    func run() -> PortVerification {
        var verification = PortVerification()
        guard let listed = listHolders() else { return verification }
        for table in SocketTable.all {
            let known = listed[table] ?? PortSet()
            let first = sweep(table, PortSet.all.subtracting(known))
            guard first.isSupported else { continue }
            var untested = first.untested
            var suspects = first.held
            for _ in 0..<Self.rounds where !suspects.isEmpty {
                guard let now = listHolders() else {
                    untested = untested.union(suspects)
                    suspects = PortSet()
                    break
                }
                let again = sweep(table, suspects.subtracting(now[table] ?? PortSet()))
                untested = untested.union(again.untested)
                suspects = again.held
            }
            verification.sweeps.append(
                PortVerification.Sweep(
                    table.transport, table.family, tested: PortSet.all.subtracting(untested),
                    untested: untested))
            verification.unlisted += suspects.map { port in
                UnlistedPort(
                    table.transport, table.family, port, kind(of: port, table),
                    lacks: UnlistedPort.List.allCases)
            }
        }
        return verification
    }

    private func kind(of port: UInt16, _ table: SocketTable) -> UnlistedPort.Kind {
        if reserved.contains(port) { return .reserved }
        return table.transport == .tcp && !listsBoundSockets ? .boundOrHidden : .hidden
    }

    /// The ports that `sockets` hold, by the tables in which a bind of the wildcard meets them,
    /// together with `others`.
    static func holders(_ sockets: [KernelSocket], and others: Holders? = nil) -> Holders {
        var ports: [SocketTable: [UInt16]] = [:]
        for socket in sockets {
            for family in Listener.Family(of: socket).possible {
                let table = SocketTable(transport: socket.transport, family: family)
                ports[table, default: []].append(socket.port)
            }
        }
        return ports.mapValues { PortSet(ports: Set($0)) }
            .merging(others ?? [:]) { $0.union($1) }
    }
}

extension Listener.Family {
    /// Every family that a socket may hold its port in.
    fileprivate var possible: [IPAddress.Family] {
        switch self {
        case .ipv4: [.ipv4]
        case .ipv6: [.ipv6]
        case .dual, .ipv6OrDual: [.ipv4, .ipv6]
        }
    }
}
