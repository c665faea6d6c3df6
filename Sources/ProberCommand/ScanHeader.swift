import FoundationEssentials
import Prober
import Reconcile

extension ScanRecord.Header {
    /// The header of a scan of `plan` from this machine, begun at `started`.
    ///
    /// The vantage's addresses are those the kernel would send from, toward the first target of
    /// each family, unless the plan names them.
    init(_ plan: ScanPlan, started: String) {
        let families = IPAddress.Family.allCases
        let sources = families.compactMap { family in
            plan.sources.first { $0.family == family }
                ?? plan.space.targets.ranges.first { $0.family == family }
                .flatMap { SourceAddress.toward($0.first) }
        }
        self.init(
            id: UUID().uuidString.lowercased(), started: started,
            vantage: Vantage(name: kernelHostName(), addresses: sources), seed: plan.seed,
            plan: SurveyPlan(
                targets: plan.space.targets.ranges, ports: plan.space.ports,
                shard: plan.shard == .whole ? nil : plan.shard.description,
                requested: plan.requested))
    }
}

extension Survey {
    /// The survey of a scan that ended just now.
    init(_ header: ScanRecord.Header, groups: [ObservationGroup], _ tally: ScanTally) {
        self.init(
            id: header.id, started: header.started, vantage: header.vantage, seed: header.seed,
            plan: header.plan, groups: groups,
            totals: SurveyTotals(requested: tally.requested, counts: tally.counts),
            ending: tally.isComplete ? .complete : .interrupted)
    }
}
