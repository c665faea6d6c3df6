public import Prober

/// How many endpoints a scan was asked about, and how many of them have each state.
public struct SurveyTotals: Hashable, Sendable {
    /// How many endpoints were asked about.
    public var requested: UInt128
    /// How many have each state; a state that is missing has none.
    private var counts: [PortState: UInt128]

    /// Totals of `requested` endpoints, of which `counts` have each state.
    public init(requested: UInt128, counts: [PortState: UInt128] = [:]) {
        self.requested = requested
        self.counts = counts.filter { $0.value > 0 }
    }

    /// The totals of `groups` out of `requested` endpoints; those in no group are not tested.
    public init(requested: UInt128, groups: [ObservationGroup]) {
        self.init(requested: requested)
        for group in groups { self[group.state] += UInt128(group.ports.count) }
        if sum < requested { self[.notTested] += requested - sum }
    }

    /// How many endpoints have `state`.
    public subscript(state: PortState) -> UInt128 {
        get { counts[state] ?? 0 }
        set { counts[state] = newValue == 0 ? nil : newValue }
    }

    /// The sum over all states, or the greatest number where that is too large.
    public var sum: UInt128 {
        counts.values.reduce(0) { sum, count in
            let (next, overflow) = sum.addingReportingOverflow(count)
            return overflow ? .max : next
        }
    }
}

extension BinaryInteger {
    /// `1 endpoint`, `2 endpoints`: the number with what it counts.
    func counting(_ noun: String) -> String { "\(self) \(noun)\(self == 1 ? "" : "s")" }
}
