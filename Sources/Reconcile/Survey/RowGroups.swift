import Prober

/// Groups of what a scan file says, in the order in which each begins.
///
/// Rows of one endpoint each are gathered as they are read: a file may have a million of them.
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
        var ports: [UInt16]
    }

    private var groups: [ObservationGroup] = []
    private var members: [Member] = []
    private var places: [Key: Int] = [:]

    /// Adds a group as it is.
    mutating func add(_ group: ObservationGroup) { groups.append(group) }

    /// Adds a row; its round trip is kept if no other is like it.
    mutating func add(
        _ endpoint: Endpoint, _ evidence: Evidence, attempts: UInt16, roundTrip: Duration?
    ) {
        let key = Key(
            address: endpoint.address, transport: endpoint.transport, evidence: evidence,
            attempts: attempts)
        if let place = places[key] {
            members[place].ports.append(endpoint.port)
            return
        }
        places[key] = members.count
        members.append(Member(group: groups.count, ports: [endpoint.port]))
        groups.append(
            ObservationGroup(
                endpoint.address, endpoint.transport, PortSet(ports: [endpoint.port]), evidence,
                attempts: attempts, roundTrip: roundTrip))
    }

    /// The groups; a port that a row repeats is in a group of its own, so that it counts again.
    func all() -> [ObservationGroup] {
        var groups = groups
        for member in members where member.ports.count > 1 {
            var (ports, repeated) = member.ports.partedByRepetition()
            groups[member.group].ports = PortSet(ports: ports)
            groups[member.group].roundTrip = nil
            while !repeated.isEmpty {
                (ports, repeated) = repeated.partedByRepetition()
                var again = groups[member.group]
                again.ports = PortSet(ports: ports)
                groups.append(again)
            }
        }
        return groups
    }
}

extension [UInt16] {
    /// The numbers ascending and once each, and those that are there again.
    fileprivate func partedByRepetition() -> (once: [UInt16], again: [UInt16]) {
        var once: [UInt16] = []
        var again: [UInt16] = []
        once.reserveCapacity(count)
        for number in sorted() {
            if number == once.last { again.append(number) } else { once.append(number) }
        }
        return (once, again)
    }
}
