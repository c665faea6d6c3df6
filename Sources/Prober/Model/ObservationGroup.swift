/// Ports of one address that were all seen alike.
public struct ObservationGroup: Hashable, Sendable {
    /// The address probed.
    public var address: IPAddress
    /// The transport probed.
    public var transport: Transport
    /// The ports, at least one.
    public var ports: PortSet
    /// What was seen at each of them.
    public var evidence: Evidence
    /// How many packets asked each of them.
    public var attempts: UInt16
    /// The round trip, when the group is one port that answered.
    public var roundTrip: Duration?

    /// A group of the given parts.
    public init(
        _ address: IPAddress, _ transport: Transport, _ ports: PortSet, _ evidence: Evidence,
        attempts: UInt16, roundTrip: Duration? = nil
    ) {
        self.address = address
        self.transport = transport
        self.ports = ports
        self.evidence = evidence
        self.attempts = attempts
        self.roundTrip = roundTrip
    }

    /// The state that the evidence proves for every port of the group.
    public var state: PortState {
        PortState(explaining: evidence, over: transport, at: address)
    }
}
