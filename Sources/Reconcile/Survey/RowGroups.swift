import Prober

/// Groups of what a scan file says, in the order in which each begins.
///
/// Rows that are alike are gathered as they are read: a file may have a million of one endpoint each,
/// and a group for every second of the scan.
struct RowGroups {
    private struct Key: Hashable {
        var address: IPAddress
        var transport: Transport
        var evidence: Evidence
        var attempts: UInt16
    }

    /// The ports of rows that are alike, and where their group stands.
    private struct Member {
        var group: Int
        var ports: [ClosedRange<UInt16>]
    }

    private var groups: [ObservationGroup] = []
    private var members: [Member] = []
    private var places: [Key: Int] = [:]

    /// Adds a group; its round trip is kept if no other row is like it.
    mutating func add(_ group: ObservationGroup) {
        let key = Key(
            address: group.address, transport: group.transport, evidence: group.evidence,
            attempts: group.attempts)
        if let place = places[key] {
            members[place].ports += group.ports.ranges
            return
        }
        places[key] = members.count
        members.append(Member(group: groups.count, ports: group.ports.ranges))
        groups.append(group)
    }

    /// Adds a row of one endpoint; its round trip is kept if no other is like it.
    mutating func add(
        _ endpoint: Endpoint, _ evidence: Evidence, attempts: UInt16, roundTrip: Duration?
    ) {
        let key = Key(
            address: endpoint.address, transport: endpoint.transport, evidence: evidence,
            attempts: attempts)
        if let place = places[key] {
            members[place].ports.append(endpoint.port...endpoint.port)
            return
        }
        let ports = PortSet(ports: [endpoint.port])
        places[key] = members.count
        members.append(Member(group: groups.count, ports: ports.ranges))
        groups.append(
            ObservationGroup(
                endpoint.address, endpoint.transport, ports, evidence, attempts: attempts,
                roundTrip: roundTrip))
    }

    /// The groups; a port that a row repeats is in a group of its own, so that it counts again.
    func all() -> [ObservationGroup] {
        var groups = groups
        for member in members where member.ports != groups[member.group].ports.ranges {
            var (ports, repeated) = member.ports.partedByRepetition()
            groups[member.group].ports = PortSet(ports)
            groups[member.group].roundTrip = nil
            while !repeated.isEmpty {
                (ports, repeated) = repeated.partedByRepetition()
                var again = groups[member.group]
                again.ports = PortSet(ports)
                groups.append(again)
            }
        }
        return groups
    }
}

extension [ClosedRange<UInt16>] {
    /// The ports once each, and those that are there again.
    fileprivate func partedByRepetition() -> (once: Self, again: Self) {
        var once: Self = []
        var again: Self = []
        once.reserveCapacity(count)
        var reach = -1
        for range in sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let (low, high) = (Int(range.lowerBound), Int(range.upperBound))
            if low <= reach { again.append(range.lowerBound...UInt16(Swift.min(high, reach))) }
            if high > reach { once.append(UInt16(Swift.max(low, reach + 1))...range.upperBound) }
            reach = Swift.max(reach, high)
        }
        return (once, again)
    }
}
