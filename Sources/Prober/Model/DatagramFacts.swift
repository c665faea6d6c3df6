/// What happened in a scan's UDP part beside the outcomes of its endpoints.
public struct DatagramFacts: Hashable, Sendable {
    /// Requests sent to ports as controls, to learn what silence is worth.
    public var controls: UInt64 = 0
    /// How many of them said that their port is closed.
    public var controlsAnswered: UInt64 = 0
    /// Requests that a queued ICMP error had kept from leaving, and that were sent again.
    public var resent: UInt64 = 0
    /// Datagrams from where nothing was asked, or where no answer was due any more.
    public var unexpected: UInt64 = 0
    /// Replies in the right protocol to another request than ours.
    public var wrongToken: UInt64 = 0
    /// Datagrams that the kernel dropped because this process took them too late.
    public var kernelDrops: UInt64 = 0
    /// The ports that requests left from.
    public var sourcePorts = PortSet()

    /// Facts of a scan in which nothing happened.
    public init() {}

    /// Adds what happened in another part of the scan.
    public mutating func add(_ other: DatagramFacts) {
        controls += other.controls
        controlsAnswered += other.controlsAnswered
        resent += other.resent
        unexpected += other.unexpected
        wrongToken += other.wrongToken
        kernelDrops += other.kernelDrops
        sourcePorts = sourcePorts.union(other.sourcePorts)
    }
}
