public import Prober

/// What one scan saw from one vantage.
public struct Survey: Hashable, Sendable {
    /// What tells this scan from every other.
    public var id: String
    /// When the scan began, as RFC 3339 text in UTC.
    public var started: String
    /// Where the probes came from.
    public var vantage: Vantage
    /// The seed of the probe order.
    public var seed: UInt64
    /// What the scan was asked to probe.
    public var plan: SurveyPlan
    /// What was seen, in any order; several groups may have the same address and state.
    public var groups: [ObservationGroup]
    /// How many endpoints have each state; those never probed count as not tested.
    public var totals: SurveyTotals
    /// How the scan, or the file it was read from, ended.
    public var ending: Ending
    /// What was found out about the way to each host over TCP.
    public var paths: [PathFacts]
    /// What random ports of hosts with an open one did.
    public var decoys: [DecoyFacts]
    /// What was seen on the wire, where packets were captured; an endpoint may be in several groups.
    public var wire: [WireGroup] = []
    /// How the captures went; several when the scan was resumed or joined, none without one.
    public var captures: [CaptureFacts] = []
    /// Which of the endpoints asked about were never probed, as far as that is known.
    ///
    /// A shard does not tell which endpoints it had; then only `totals` counts what is missing.
    public var unprobed: [UnprobedRange]
    /// What its probes can be known by on the host; nil when the file does not say it, and for several
    /// scans that were joined.
    public var traces: ProbeTraces?

    /// How a scan or its file ended.
    public enum Ending: Hashable, Sendable {
        /// Every endpoint was probed.
        case complete
        /// The scan was stopped before that, and says so.
        case interrupted
        /// The file has no end record: its writer was killed, or a part of it was lost.
        ///
        /// `lineCut` is the number of its last line when that was cut and left out.
        case cut(lineCut: Int?)
    }

    /// A survey of the given parts.
    ///
    /// Without `totals` they are counted from `groups`.
    public init(
        id: String, started: String, vantage: Vantage, seed: UInt64, plan: SurveyPlan,
        groups: [ObservationGroup], totals: SurveyTotals? = nil, ending: Ending = .complete,
        paths: [PathFacts] = [], decoys: [DecoyFacts] = []
    ) {
        self.id = id
        self.started = started
        self.vantage = vantage
        self.seed = seed
        self.plan = plan
        self.groups = groups
        self.totals = totals ?? SurveyTotals(requested: plan.requested, groups: groups)
        self.ending = ending
        self.paths = paths
        self.decoys = decoys
        unprobed = ending == .complete || plan.shard != nil ? [] : plan.endpoints(without: groups)
    }

    /// Whether every endpoint asked about was probed.
    public var isComplete: Bool { ending == .complete }
}
