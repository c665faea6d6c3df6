/// The outcome of one probe: what was asked, what was seen, and at what cost.
public struct Observation: Hashable, Sendable {
    /// What was asked about.
    public var endpoint: Endpoint
    /// What was seen.
    public var evidence: Evidence
    /// How many packets asked: every SYN counts, the kernel's own retransmissions too.
    public var attempts: UInt16
    /// When the last attempt was sent.
    public var sentAt: MonotonicTime
    /// From the answered packet to its answer; nil when nothing answered.
    public var roundTrip: Duration?

    /// An observation of the given parts.
    public init(
        _ endpoint: Endpoint, _ evidence: Evidence, attempts: UInt16, sentAt: MonotonicTime,
        roundTrip: Duration? = nil
    ) {
        self.endpoint = endpoint
        self.evidence = evidence
        self.attempts = attempts
        self.sentAt = sentAt
        self.roundTrip = roundTrip
    }

    /// The state that the evidence proves.
    public var state: PortState {
        PortState(explaining: evidence, over: endpoint.transport, at: endpoint.address)
    }
}
