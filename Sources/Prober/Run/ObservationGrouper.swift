/// Gathers observations into groups of ports that were seen alike.
public struct ObservationGrouper {
    /// What the ports of a group have in common.
    private struct Key: Hashable {
        var address: IPAddress
        var transport: Transport
        var evidence: Evidence
        var attempts: UInt16
    }

    private var ports: [Key: [UInt16]] = [:]
    /// How many observations are gathered.
    public private(set) var count = 0

    /// A grouper that holds nothing.
    public init() {}

    /// Adds one observation.
    ///
    /// Its round trip is not kept.
    public mutating func add(_ observation: Observation) {
        let endpoint = observation.endpoint
        let key = Key(
            address: endpoint.address, transport: endpoint.transport,
            evidence: observation.evidence, attempts: observation.attempts)
        ports[key, default: []].append(endpoint.port)
        count += 1
    }

    /// Takes everything gathered, by address, transport, and first port.
    public mutating func takeGroups() -> [ObservationGroup] {
        defer {
            ports = [:]
            count = 0
        }
        return ports.map { key, ports in
            ObservationGroup(
                key.address, key.transport, PortSet(ports: ports), key.evidence,
                attempts: key.attempts)
        }
        .sorted { left, right in
            (left.address, left.transport, left.ports[0])
                < (right.address, right.transport, right.ports[0])
        }
    }
}
