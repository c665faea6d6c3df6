import Prober
import Reconcile

/// Carries out a plan for a command: signals, progress and totals around ``Scan``.
struct ScanRun {
    /// The plan as it is carried out.
    let plan: ScanPlan
    private let showsProgress: Bool

    /// A run of `plan`, fitted to what this process may use, with notes as `output` asks.
    ///
    /// When `isExact`, the number in flight is what the user asked for, and it is an error when it
    /// cannot be had.
    init(_ plan: ScanPlan, isExact: Bool, _ output: OutputOptions) throws(ScanError) {
        self.plan = try ResourceCheck.fit(plan, isExact: isExact)
        showsProgress = Console.errorIsTerminal && !output.quiet && !output.noProgress
        guard !output.quiet else { return }
        if output.verbose { for line in self.plan.summary { Console.note(line) } }
        if self.plan.inFlight < min(UInt128(plan.inFlight), plan.requested) {
            Console.note(
                "note: \(self.plan.inFlight) probes in flight instead of \(plan.inFlight): the limit "
                    + "of descriptors allows no more, so this takes longer (see `ulimit -n`)")
        }
    }

    /// Probes everything until a signal comes, and gives each batch to `receive`, which may stop
    /// the scan by throwing.
    ///
    /// The totals count every endpoint, those too that a stop left unasked.
    func run(
        until signals: borrowing SignalDescriptor, receive: ([Observation]) throws -> Void
    ) throws -> (tally: ScanTally, elapsed: Duration) {
        try run(until: signals) { batch, _ in try receive(batch) }
    }

    /// The same, where each batch comes with how long the scan has been going on.
    func run(
        until signals: borrowing SignalDescriptor,
        receive: ([Observation], Duration) throws -> Void
    ) throws -> (tally: ScanTally, elapsed: Duration) {
        var tally = ScanTally(requested: plan.requested)
        var progress = Progress(of: plan.requested, isShown: showsProgress)
        var failure: (any Error)?
        let ending = try Scan(plan).run(until: signals) { batch, elapsed in
            for observation in batch { tally.add(observation) }
            do {
                if failure == nil { try receive(batch, elapsed) }
            } catch {
                failure = error
            }
            progress.update(tally, elapsed: elapsed)
            return failure == nil
        }
        progress.clear()
        if let failure { throw failure }
        tally.addUnobserved(ending.unobserved)
        tally.datagrams = ending.datagrams
        tally.paths = ending.paths
        return (tally, ending.elapsed)
    }
}
