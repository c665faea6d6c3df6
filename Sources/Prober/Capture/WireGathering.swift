/// Gathers what was seen on the wire into groups of ports that were seen alike.
struct WireGathering {
    private struct Key: Hashable {
        var address: IPAddress
        var transport: Transport
        var facts: WireFacts
    }

    private struct Ports {
        var numbers: [UInt16]
        var roundTrip: ClosedRange<Int64>?
    }

    private var groups: [Key: Ports] = [:]
    private var count = 0
    /// For how many endpoints there was no room.
    private(set) var unkept: UInt64 = 0

    /// How many endpoints and groups there is room for: some 16 and 60 MB.
    static let endpointLimit = 8_000_000
    static let groupLimit = 262_144

    /// Adds what was seen of one endpoint; its round trip in nanoseconds.
    mutating func add(_ endpoint: Endpoint, _ facts: WireFacts, roundTrip: Int64?) {
        let key = Key(address: endpoint.address, transport: endpoint.transport, facts: facts)
        guard count < Self.endpointLimit,
            groups.count < Self.groupLimit || groups[key] != nil
        else {
            unkept += 1
            return
        }
        count += 1
        var ports = groups.removeValue(forKey: key) ?? Ports(numbers: [])
        ports.numbers.append(endpoint.port)
        if let roundTrip {
            let known = ports.roundTrip ?? roundTrip...roundTrip
            ports.roundTrip = min(known.lowerBound, roundTrip)...max(known.upperBound, roundTrip)
        }
        groups[key] = ports
    }

    /// Takes all groups, by address, transport and first port.
    mutating func takeGroups() -> [WireGroup] {
        defer { (groups, count) = ([:], 0) }
        return groups.map { key, ports in
            WireGroup(
                key.address, key.transport, PortSet(ports: ports.numbers), key.facts,
                roundTrip: ports.roundTrip.map {
                    Duration.nanoseconds($0.lowerBound)...Duration.nanoseconds($0.upperBound)
                })
        }
        .sorted { left, right in
            (left.address, left.transport, left.ports[0])
                < (right.address, right.transport, right.ports[0])
        }
    }
}
