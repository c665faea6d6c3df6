import ArgumentParser
import Prober
import Reconcile

/// `prober scan`: probe targets from here.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Probe targets over TCP and show what is reachable")

    @OptionGroup(title: "Targets") var targets: TargetOptions
    @OptionGroup(title: "Ports") var ports: PortOptions
    @OptionGroup(title: "Pace") var pace: PaceOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @Option(help: "x", transform: { $0 }) var seed: String?

    func run() throws {
        let signals = try SignalDescriptor()
        let set = try TargetList(parsing: targets.targets.joined(separator: " "), source: "target").addresses
        var plan = ScanPlan(ProbeSpace(set, try ports.spec(ServiceTable()))!, seed: 1)
        plan.inFlight = pace.inFlight ?? 8192
        plan.retries = pace.retries
        plan.timeout = pace.timeout.duration
        plan.workers = pace.workers
        plan = try ResourceCheck.fit(plan, isExact: pace.inFlight != nil)
        var tally = ScanTally(requested: plan.requested)
        var grouper = ObservationGrouper()
        let ending = try Scan(plan).run(until: signals) { batch, _ in
            for o in batch { tally.add(o); if o.state == .open { print(o) } else { grouper.add(o) } }
            return true
        }
        tally.addUnobserved(ending.unobserved)
        print(tally, ending, plan.inFlight)
        for g in grouper.takeGroups() { print(g.address, g.state, g.evidence, g.attempts, String(g.ports.description.prefix(60)), g.ports.count) }
    }
}
