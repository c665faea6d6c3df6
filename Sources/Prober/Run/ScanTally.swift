/// The totals of a scan.
///
/// Every requested endpoint is in exactly one of them.
public struct ScanTally: Hashable, Sendable {
    /// How many endpoints the scan was asked about.
    public var requested: UInt128
    /// How many endpoints were observed in each state.
    public private(set) var counts: [PortState: UInt128] = [:]
    /// Why endpoints were not tested, and how many for each reason.
    public private(set) var localFailures: [LocalFailure: UInt128] = [:]
    /// How many SYNs and requests were sent.
    public private(set) var packets: UInt64 = 0
    /// What happened in the UDP part beside that; nil for a scan without one.
    public var datagrams: DatagramFacts?

    /// What was found out about the way to each host over TCP.
    public var paths: [PathFacts] = []

    /// What random ports of hosts with an open one did.
    public var decoys: [DecoyFacts] = []

    /// What was seen on the wire, when packets were captured.
    public var wire: [WireGroup] = []

    /// How the capture went; nil without one.
    public var capture: CaptureFacts?

    /// The totals of a scan of `requested` endpoints that has seen none of them.
    public init(requested: UInt128) { self.requested = requested }

    /// How many endpoints have an observation.
    public var observed: UInt128 { counts.values.reduce(0, +) }

    /// How many endpoints were observed in `state`.
    public subscript(state: PortState) -> UInt128 { counts[state] ?? 0 }

    /// Whether every endpoint was asked to the end.
    public var isComplete: Bool { observed == requested && localFailures[.interrupted] == nil }

    /// Counts one observation.
    public mutating func add(_ observation: Observation) {
        counts[observation.state, default: 0] += 1
        packets += UInt64(observation.attempts)
        if case .localFailure(let failure) = observation.evidence {
            localFailures[failure, default: 0] += 1
        }
    }

    /// Counts endpoints that were known before the scan, of which `packets` had asked.
    public mutating func addKnown(_ known: [PortState: UInt128], packets: UInt64) {
        for (state, count) in known { counts[state, default: 0] += count }
        // A file may say anything; what this scan sends must fit on top.
        self.packets += min(packets, 1 << 62)
    }

    /// Counts endpoints that were never asked, because the scan was stopped.
    public mutating func addUnobserved(_ count: UInt128) {
        guard count > 0 else { return }
        counts[.notTested, default: 0] += count
        localFailures[.interrupted, default: 0] += count
    }
}
