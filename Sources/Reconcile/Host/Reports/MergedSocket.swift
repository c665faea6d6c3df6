import Prober

/// A socket as all sources together show it.
struct MergedSocket {
    let key: Key
    var port: PartialListener.Port
    var details: SocketDetails
    /// What each table says, by its index.
    var claims: [Claim]

    /// What tells sockets apart.
    struct Key: Hashable {
        var transport: Transport?
        var address: ReportedAddress
        /// The family of a wildcard; nil for anything else, where the address says it.
        var wildcard: IPAddress.Family?
        var port: ReportedPort
        var device: String?
        var zone: String?
        var namespace: String?
    }

    /// What one table says of the socket.
    struct Claim: Hashable {
        let table: Int
        let family: ReportedFamily
        var owners: [ProcessIdentity]
        /// Whether the table lists sockets, and is not about something else.
        let isOfSockets: Bool
    }

    /// Whether transport, family and address are known.
    var isWhole: Bool {
        switch key.address {
        case .exact: key.transport != nil
        case .wildcard: key.transport != nil && key.wildcard != nil
        case .cut, .name, .notShown: false
        }
    }

    /// Whether another tool may show the whole of this socket; a name says nothing of an address.
    var mayBeWhole: Bool {
        if case .name = key.address { return false }
        return true
    }

    /// Whether `other` may be the same socket, seen by a tool that shows less.
    func hasPort(of other: MergedSocket) -> Bool {
        key.transport == other.key.transport && key.port == other.key.port
            && key.namespace == other.key.namespace
    }

    /// Adds what `other`, which is the same socket, knows of it.
    mutating func absorb(_ other: MergedSocket) {
        let remarks = details.remarks
        details.merge(other.details)
        // What a lesser source doubts, a better one has settled.
        details.remarks = remarks
        claims += other.claims
    }

    /// The families that all tables together prove, and whether they contradict each other.
    var family: (ReportedFamily, isContradictory: Bool) {
        guard key.wildcard != nil || key.address == .notShown else {
            return (ReportedFamily.unknown.settled(for: key.address), false)
        }
        let best = claims.contains(where: \.isOfSockets) ? claims.filter(\.isOfSockets) : claims
        let families = Set(best.map(\.family))
        if families.contains(.ipv4) { return (.ipv4, false) }
        switch (families.contains(.ipv6), families.contains(.dual)) {
        case (true, true):
            // One table with both has two sockets; two tables differ about one.
            let isOneTable = Set(best.map(\.table)).contains { table in
                Set(best.filter { $0.table == table }.map(\.family)).isSuperset(of: [.ipv6, .dual])
            }
            return isOneTable ? (.dual, false) : (.ipv6OrDual, true)
        case (true, false): return (.ipv6, false)
        case (false, true): return (.dual, false)
        case (false, false): return (families.contains(.ipv6OrDual) ? .ipv6OrDual : .unknown, false)
        }
    }
}

extension ReportedFamily {
    /// The family as a listener has it; nil when nothing tells.
    var listenerFamily: Listener.Family? {
        switch self {
        case .ipv4: .ipv4
        case .ipv6: .ipv6
        case .dual: .dual
        case .ipv6OrDual: .ipv6OrDual
        case .undecided, .unknown: nil
        }
    }
}
