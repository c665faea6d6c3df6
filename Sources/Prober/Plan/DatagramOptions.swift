/// How UDP endpoints are asked, beyond what holds for every probe.
public struct DatagramOptions: Hashable, Sendable {
    /// How long silent endpoints are looked into; each was asked once before, whatever that takes.
    public var budget: Duration = .seconds(30)
    /// How much is asked of an endpoint, see ``Effort``.
    public var effort: Effort = .usual
    /// Whether services that control machines are asked in their own protocol.
    public var includesIndustrial = false
    /// What is known of hosts from inside.
    public var hints: [IPAddress: HostHints] = [:]

    /// Whether it is found out what the silence of an endpoint is worth, at the pace at which the host
    /// sends errors.
    ///
    /// Who can ask the host itself learns it sooner there.
    public var looksIntoSilence = true
    /// Whether each endpoint is sent one datagram and no more, for the host to count.
    public var isCounted = false

    /// How much is asked of an endpoint.
    public enum Effort: Int, Hashable, Sendable, CaseIterable {
        /// What belongs to its port, and nothing else.
        case least
        /// Open ports whose reply nobody knew, and silent ones known to be bound, are asked the
        /// requests of other services too; every other silent port gets one more.
        case usual
        /// Every silent port is asked the requests of other services too.
        case most
    }

    /// The usual.
    public init() {}
}
