/// Probes from one source that arrived at ports of one address and fared alike.
public struct Arrival: Hashable, Sendable {
    /// Where they came from, by their own account.
    public var source: IPAddress
    /// The address they were sent to.
    public var destination: IPAddress
    /// Their transport.
    public var transport: Transport
    /// The ports they were sent to, at least one.
    public var ports: PortSet
    /// How many came to each port, as often as an interface saw them.
    public var packets: UInt64
    /// The lowest and the highest port that they were sent from.
    public var sourcePorts: ClosedRange<UInt16>
    /// When the first came: milliseconds since 1970 by the clock of the machine, rounded down.
    public var first: Int64
    /// When the last came, rounded up.
    public var last: Int64
    /// What the machine sent back to each of the ports.
    public var answers: Answers

    /// Arrivals of the given parts.
    public init(
        _ source: IPAddress, to destination: IPAddress, _ transport: Transport, _ ports: PortSet,
        packets: UInt64, sourcePorts: ClosedRange<UInt16>, first: Int64, last: Int64,
        answers: Answers = []
    ) {
        self.source = source
        self.destination = destination
        self.transport = transport
        self.ports = ports
        self.packets = packets
        self.sourcePorts = sourcePorts
        self.first = first
        self.last = last
        self.answers = answers
    }

    /// Kinds of what is sent back to a probe.
    public struct Answers: OptionSet, Hashable, Sendable {
        /// A bit for each kind.
        public var rawValue: UInt8

        /// The kinds of these bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The second segment of a handshake.
        public static let handshake = Answers(rawValue: 1)
        /// A reset.
        public static let reset = Answers(rawValue: 2)
        /// A datagram.
        public static let datagram = Answers(rawValue: 4)
        /// An ICMP error that quotes the probe.
        public static let icmpError = Answers(rawValue: 8)
    }
}
