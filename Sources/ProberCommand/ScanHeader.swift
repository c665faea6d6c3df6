import FoundationEssentials
import Prober
import Reconcile

extension ScanRecord.Header {
    /// How many ranges of targets are looked up in the routing table.
    private static let greatestLookupCount = 1000

    /// The header of a scan of `plan` from this machine, begun at `started`.
    ///
    /// The vantage's addresses are those the plan names, else those the kernel would send from
    /// toward the first address of each range of targets.
    init(_ plan: ScanPlan, started: String) {
        let sources = plan.space.targets.ranges.prefix(Self.greatestLookupCount).compactMap {
            range in
            plan.sources.first { $0.family == range.family } ?? SourceAddress.toward(range.first)
        }
        self.init(
            id: UUID().uuidString.lowercased(), started: started,
            vantage: Vantage(name: kernelHostName(), addresses: Set(sources).sorted()),
            seed: plan.seed,
            plan: SurveyPlan(
                targets: plan.space.targets.ranges, ports: plan.space.ports,
                shard: plan.shard == .whole ? nil : plan.shard.description,
                requested: plan.endpointCount))
        self.plan.terms = plan.terms
        let machine = LocalMachine.read()
        // Probes of this machine itself may leave from other ports, so as not to meet each other.
        let asksItself = !plan.space.targets.intersection(machine.addresses).isEmpty
        traces = ProbeTraces(
            boot: kernelBootID(), tcpSources: asksItself ? nil : PortSet([machine.ephemeralPorts]))
    }
}

extension Survey {
    /// The survey of a scan that ended just now.
    init(_ header: ScanRecord.Header, groups: [ObservationGroup], _ tally: ScanTally) {
        self.init(
            id: header.id, started: header.started, vantage: header.vantage, seed: header.seed,
            plan: header.plan, groups: groups,
            totals: SurveyTotals(requested: tally.requested, counts: tally.counts),
            ending: tally.isComplete ? .complete : .interrupted, paths: tally.paths,
            decoys: tally.decoys)
        wire = tally.wire
        captures = [tally.capture].compactMap(\.self)
    }
}
