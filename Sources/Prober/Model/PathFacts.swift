/// What a scan found out about the way to one host, or to several that it answers alike for.
public struct PathFacts: Hashable, Sendable {
    /// The first host.
    public var first: IPAddress
    /// The last host: the first, unless hosts share a path or none of them answered.
    public var last: IPAddress
    /// How many hosts there are between the two.
    public var hosts: UInt128
    /// How many TCP endpoints answered, in whichever way.
    public var answered: Int
    /// How many TCP endpoints were called silent.
    public var silent: Int
    /// How many packets to endpoints that answer were lost on the way, or their answers were.
    public var lost: UInt64
    /// The smoothed round trip; nil when nothing answered.
    public var roundTrip: Duration?
    /// How sure it is, 0 to 1, that none of the silent endpoints answers; nil when nothing answered,
    /// so that nothing can be said.
    public var confidence: Double?

    /// Facts of the given parts.
    public init(
        first: IPAddress, last: IPAddress, hosts: UInt128, answered: Int, silent: Int,
        lost: UInt64, roundTrip: Duration?, confidence: Double?
    ) {
        self.first = first
        self.last = last
        self.hosts = hosts
        self.answered = answered
        self.silent = silent
        self.lost = lost
        self.roundTrip = roundTrip
        self.confidence = confidence
    }

    /// Whether nothing at all answered, though something was asked.
    public var isUnreachable: Bool { answered == 0 && silent > 0 }

    /// The share of packets that were lost, among those of which it is known; 0 to 1.
    public var lossShare: Double {
        answered == 0 ? 0 : Double(lost) / (Double(answered) + Double(lost))
    }
}
