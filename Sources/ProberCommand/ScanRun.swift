import Prober
import Reconcile

/// Carries out a plan for a command: signals, progress and totals around ``Scan``.
struct ScanRun {
    /// The plan as it is carried out.
    let plan: ScanPlan
    /// What was known before, when the scan is resumed.
    private let resumed: ResumableScan?
    private let showsProgress: Bool
    /// Whether random ports of hosts with an open one are asked too.
    private let checksDecoys: Bool

    /// A run of `plan`, fitted to what this process may use, with notes as `output` asks.
    ///
    /// When `isExact`, the number in flight is what the user asked for, and it is an error when it
    /// cannot be had.
    init(
        _ plan: ScanPlan, isExact: Bool, _ output: OutputOptions, resuming: ResumableScan? = nil,
        checksDecoys: Bool = true
    ) throws(ScanError) {
        self.plan = try ResourceCheck.fit(plan, isExact: isExact)
        resumed = resuming
        self.checksDecoys = checksDecoys
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

    /// The same, where each batch comes with how long the scan has been going on, and what `capture`
    /// saw is in the totals.
    func run(
        until signals: borrowing SignalDescriptor, beside capture: consuming ScanCapture? = nil,
        receive: ([Observation], Duration) throws -> Void
    ) throws -> (tally: ScanTally, elapsed: Duration) {
        var capture = capture
        var tally = ScanTally(requested: plan.endpointCount)
        if let resumed { tally.addKnown(resumed.counts, packets: resumed.probeCount) }
        var progress = Progress(
            of: tally.requested, done: tally.observed, isShown: showsProgress)
        var failure: (any Error)?
        var opened = resumed?.openAddresses ?? []
        let ending = try Scan(plan).run(until: signals) { batch, elapsed in
            for observation in batch {
                tally.add(observation)
                if observation.endpoint.transport == .tcp, observation.state == .open {
                    opened.insert(observation.endpoint.address)
                }
            }
            do {
                if failure == nil { try receive(batch, elapsed) }
            } catch {
                failure = error
            }
            progress.update(tally, elapsed: elapsed)
            return failure == nil
        }
        if let outcome = capture.take()?.end() {
            tally.wire = outcome.groups
            tally.capture = outcome.facts
        }
        progress.clear()
        if let failure { throw failure }
        tally.addUnobserved(ending.unobserved)
        tally.datagrams = ending.datagrams
        if let earlier = resumed?.datagrams { tally.datagrams?.add(earlier) }
        // Of a resumed scan they would tell of the last part only.
        if resumed == nil { tally.paths = ending.paths }
        if ending.unobserved == 0, signals.receivedCount() == 0 {
            let roundTrip = ending.paths.compactMap(\.roundTrip).max()
            // Of hosts found before, no round trip is known.
            let longest = resumed == nil ? roundTrip : nil
            tally.decoys = decoys(of: opened, roundTrip: longest ?? .seconds(1), until: signals)
        }
        return (tally, ending.elapsed + (resumed?.elapsed ?? .zero))
    }

    /// Asks random high ports of the hosts with an open one, to see whether they accept everything.
    ///
    /// A host is told of only when all of its ports were tested.
    private func decoys(
        of hosts: Set<IPAddress>, roundTrip: Duration, until signals: borrowing SignalDescriptor
    ) -> [DecoyFacts] {
        let targets = TargetSet(hosts.map { AddressRange($0) })
        guard checksDecoys, let plan = plan.decoys(of: targets, roundTrip: roundTrip) else {
            return []
        }
        var seen: [IPAddress: (tested: Int, open: Int)] = [:]
        do throws(ScanError) {
            _ = try Scan(plan).run(until: signals) { batch, _ in
                for observation in batch where observation.state != .notTested {
                    let address = observation.endpoint.address
                    seen[address, default: (0, 0)].tested += 1
                    if observation.state == .open { seen[address]?.open += 1 }
                }
                return true
            }
        } catch {
            // What was found before stands without it.
            Console.note("note: whether hosts accept everything is not known: \(error)")
        }
        let ports = plan.space.ports.tcp
        return seen.filter { $0.value.tested == ports.count }
            .map { DecoyFacts(address: $0.key, ports: ports, open: $0.value.open) }
            .sorted { $0.address < $1.address }
    }
}
