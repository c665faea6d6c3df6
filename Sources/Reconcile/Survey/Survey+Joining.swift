public import Prober

extension Survey {
    /// Several scans from one vantage as one survey: the shards of a scan, or scans of different
    /// targets or ports.
    ///
    /// The scans must have the same ports or the same targets, and no endpoint in common: then
    /// what was asked for is still known, and the totals still add up. Nil for no scan.
    ///
    /// - Throws: ``InputError`` about the source of the first scan that does not fit.
    public static func joined(
        _ parts: [(survey: Survey, source: String)]
    ) throws(InputError) -> Survey? {
        guard var whole = parts.first?.survey else { return nil }
        let firstSource = parts[0].source
        for (survey, source) in parts.dropFirst() {
            guard survey.vantage == whole.vantage else {
                throw InputError(
                    source, problem: "the scan is from another vantage than \(firstSource)",
                    remedy: "Reconcile scans from different vantages one at a time.")
            }
            try whole.add(survey, from: source)
        }
        if let address = whole.firstRepeatedAddress {
            throw InputError(
                parts[parts.count - 1].source,
                problem: "an endpoint of \(address) is in more than one of the scans",
                remedy: "Reconcile scans of the same endpoints one at a time.")
        }
        return whole
    }

    private mutating func add(_ other: Survey, from source: String) throws(InputError) {
        let hasSamePorts = other.plan.ports == plan.ports
        let hasSameTargets = Set(other.plan.targets) == Set(plan.targets)
        guard hasSamePorts || hasSameTargets else {
            throw InputError(
                source, problem: "the scan has other targets and other ports than the ones before",
                remedy: "Reconcile scans one at a time, unless they share targets or ports.")
        }
        if !hasSameTargets { plan.targets += other.plan.targets }
        for transport in Transport.allCases {
            plan.ports[transport] = plan.ports[transport].union(other.plan.ports[transport])
        }
        plan.requested += other.plan.requested
        let shards = [plan.shard, other.plan.shard].compactMap { $0 }
        plan.shard = shards.isEmpty ? nil : shards.joined(separator: "+")
        groups += other.groups
        var counts: [PortState: UInt128] = [:]
        for state in PortState.allCases { counts[state] = totals[state] + other.totals[state] }
        totals = SurveyTotals(requested: totals.requested + other.totals.requested, counts: counts)
        unprobed += other.unprobed
        paths += other.paths
        decoys += other.decoys
        wire += other.wire
        captures += other.captures
        traces = nil
        if ending == .complete { ending = other.ending }
    }

    /// An address of which two groups have a port in common.
    private var firstRepeatedAddress: IPAddress? {
        var ranges: [IPAddress: [Transport: [ClosedRange<UInt16>]]] = [:]
        for group in groups {
            ranges[group.address, default: [:]][group.transport, default: []] += group.ports.ranges
        }
        return ranges.filter { _, transports in
            transports.values.contains { ranges in
                PortSet(ranges).count < ranges.reduce(0) { $0 + $1.count }
            }
        }.keys.min()
    }
}
