import Prober

/// What one side of a comparison says of endpoints.
public struct EndpointFacts: Hashable, Sendable {
    /// Whether they could be reached.
    public var reach: Reach
    /// The code of the finding; nil where nothing was judged.
    public var code: String?
    /// Who takes what comes there; nil where nobody knows or nobody does.
    public var owner: String?
    /// The rule that decides; nil where none is known to.
    public var rule: String?

    /// Whether endpoints could be reached, as far as a comparison asks.
    public enum Reach: String, Hashable, Sendable, CaseIterable {
        /// Reached.
        case open
        /// Refused or stopped.
        case shut
        /// Silence over UDP, or what the host says, leaves it undecided.
        case undecided
        /// Repeated probes disagree, and one of them found it open.
        case openAtTimes = "open-at-times"
        /// Repeated probes disagree, and none of them found it open.
        case unstable
        /// Not tested, or nobody asked.
        case untested
    }

    /// Facts of the given parts.
    public init(_ reach: Reach, code: String? = nil, owner: String? = nil, rule: String? = nil) {
        self.reach = reach
        self.code = code
        self.owner = owner
        self.rule = rule
    }

    /// What is said of endpoints that one side does not have.
    static let missing = EndpointFacts(.untested)
}
