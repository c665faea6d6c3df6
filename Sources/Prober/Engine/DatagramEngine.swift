import BasicContainers

/// Asks UDP endpoints through few sockets, and finds out what silence is worth.
///
/// Owned by one worker thread, and made inside it.
///
/// Endpoints are taken in waves. A wave visits each of its endpoints with the first request of its
/// port, then with the next ones, then looks into the silence of what is left (``SilenceProof``),
/// and hands over the outcomes. Answers are taken all the time.
struct DatagramEngine: ProbeEngine, ~Copyable {
    let plan: ScanPlan
    let options: DatagramOptions
    let sequences: RequestSequences
    let key: SipHash
    /// How long an answer is waited for, in nanoseconds.
    let timeout: UInt64
    /// How often a silent endpoint is asked again.
    let retries: Int
    let route: ProbeRoute
    let machine: LocalMachine
    var pacer: Pacer
    var lanes: DatagramLanes
    var received = ReceiveBatch()
    var request = RequestBytes()
    var wave: DatagramWave
    /// What was found out and not yet handed over.
    var outcomes: RigidArray<Observation>
    /// What happened beside that.
    var facts = DatagramFacts()

    /// What the wave goes through, in order.
    private let steps: [Step]
    private var step = 0
    /// When the next step may begin.
    private var pause = MonotonicTime(nanoseconds: 0)
    /// Whether the present pass has asked anybody.
    private var hasAsked = false
    /// When a pass of the present group last asked anybody; nil before that.
    private var lastAsked: MonotonicTime?
    /// When the silence of this wave is looked into no more.
    private var deadline = MonotonicTime(nanoseconds: .max)
    private let waveBudget: UInt64
    private var waveStart: MonotonicTime
    /// When the next thing is due in the look into silence.
    var nextProofTime = MonotonicTime(nanoseconds: 0)
    /// The first endpoint of the wave that may have no outcome yet.
    var conclusions = 0
    /// Whether the wave had been asked to the end when the scan was told to stop.
    private(set) var hasBegunToConclude = false
    /// Whether no new endpoint is asked.
    private(set) var isDraining = false

    private enum Step {
        case pass(DatagramPass)
        case prove
        case conclude
    }

    /// How many outcomes may gather before nothing more is sent.
    static let handOverCount = 1024
    /// How many outcomes fit; answers that come while the wave is asked need room.
    static let outcomeCapacity = 16_384
    /// How long an answer is waited for when nothing else is said.
    private static let defaultTimeout = Duration.milliseconds(1500)
    /// How long after a request the next one of the same endpoint leaves, in nanoseconds.
    private static let gap: UInt64 = 30_000_000
    /// How long silence is looked into at least, when the first visit took the whole budget.
    private static let leastBudget: UInt64 = 5_000_000_000

    /// The engine of `plan`, which has UDP ports only and at least one endpoint.
    ///
    /// - Throws: ``SystemCallFailure`` when the kernel gives no socket.
    init(
        _ plan: ScanPlan, on machine: LocalMachine, at now: MonotonicTime
    ) throws(SystemCallFailure) {
        lanes = try DatagramLanes(plan)
        self.plan = plan
        options = plan.datagrams
        sequences = RequestSequences(includesIndustrial: plan.datagrams.includesIndustrial)
        key = SipHash(seed: plan.seed)
        timeout = AttemptLimits.nanoseconds(plan.timeout ?? Self.defaultTimeout)
        retries = min(max(plan.retries ?? 1, 0), 1000)
        route = ProbeRoute(plan)
        self.machine = machine
        pacer = Pacer(plan.rate, worker: 0, of: 1, at: now)
        wave = DatagramWave(WaveLayout(plan, from: 0), without: plan.known)
        waveStart = now
        waveBudget = AttemptLimits.nanoseconds(plan.datagrams.budget)
        let first = DatagramPass.first(
            sequences, retries: retries, plan.datagrams.effort)
        let second = DatagramPass.second(sequences, plan.datagrams.effort)
        if options.isCounted {
            steps = [.pass(.counted), .conclude]
        } else if options.looksIntoSilence {
            steps =
                first.map(Step.pass) + [.prove] + second.map(Step.pass) + [.conclude]
        } else {
            steps = first.map(Step.pass) + [.conclude]
        }
        outcomes = RigidArray(capacity: Self.outcomeCapacity)
    }

    /// What happened beside the outcomes, with the drops that the kernel has counted by now.
    var finalFacts: DatagramFacts {
        var facts = facts
        facts.kernelDrops = lanes.dropCount
        facts.sourcePorts = PortSet(ports: lanes.usedPorts)
        return facts
    }

    /// Whether every endpoint has its outcome, or when draining every endpoint that was asked.
    private(set) var isFinished = false

    /// Asks no new endpoint from now on; what was asked may still be answered for a while.
    mutating func drain(at now: MonotonicTime) {
        guard !isDraining else { return }
        isDraining = true
        hasBegunToConclude = if case .conclude = steps[step] { true } else { false }
        pause = now.advanced(byNanoseconds: timeout)
        step = steps.count - 1
    }

    /// One round: send what is due, take what came, go on.
    ///
    /// Waits for at most `patience` nanoseconds.
    mutating func turn(at now: MonotonicTime, patience: UInt64) {
        let hasSentAll = flush(now)
        reap(now)
        guard outcomes.count < Self.handOverCount else { return }
        if !hasSentAll { return lanes.wait(nanoseconds: 1_000_000) }
        if wave.remaining == 0 { return beginNextWave(at: now) }
        if wave.remaining == wave.postponed {
            step = steps.count - 1
        } else if now < pause {
            return lanes.wait(nanoseconds: min(patience, pause.nanoseconds(since: now)))
        }
        switch steps[step] {
        case .pass(let pass):
            if !isDue(pass, at: now) || visit(pass, now) {
                endPass(pass, at: now)
            } else {
                wait(until: pacer.nextDeparture, now, patience)
            }
        case .prove:
            if now >= deadline || prove(now) {
                endProof()
                goOn(at: now)
            } else {
                wait(until: max(nextProofTime, pacer.nextDeparture), now, patience)
            }
        case .conclude:
            if concludeRest() { beginAgain(at: now) }
        }
    }

    /// Whether there is time for the pass.
    ///
    /// The requests that belong to a port are asked whatever time it takes.
    private func isDue(_ pass: DatagramPass, at now: MonotonicTime) -> Bool {
        pass.group == .own || now < deadline
    }

    private mutating func endPass(_ pass: DatagramPass, at now: MonotonicTime) {
        if hasAsked { lastAsked = now }
        if pass.isLast, let lastAsked {
            pause = lastAsked.advanced(byNanoseconds: timeout)
            self.lastAsked = nil
        } else if hasAsked {
            pause = now.advanced(byNanoseconds: Self.gap)
        }
        if pass.group == .own, pass.isLast {
            let end = waveStart.advanced(byNanoseconds: waveBudget)
            let least = pause.advanced(byNanoseconds: min(waveBudget, Self.leastBudget))
            deadline = max(end, least)
        }
        goOn(at: now)
    }

    private mutating func goOn(at now: MonotonicTime) {
        step += 1
        hasAsked = false
        wave.visit = wave.layout.start
        if case .prove = steps[step] { beginProof(at: now) }
    }

    /// Notes that a pass has asked somebody.
    mutating func noteAsked() { hasAsked = true }

    /// Begins the next wave; the scan is finished after the last, or when draining.
    private mutating func beginNextWave(at now: MonotonicTime) {
        let next = wave.layout.nextAddress
        guard !isDraining, next < plan.space.targets.count else {
            isFinished = true
            return
        }
        wave = DatagramWave(WaveLayout(plan, from: UInt64(next)), without: plan.known)
        restart(at: now)
    }

    /// Asks the endpoints that were postponed because this scan sent from their port, if any.
    private mutating func beginAgain(at now: MonotonicTime) {
        guard wave.remaining > 0, !isDraining, lanes.change(route) else {
            return endWave()
        }
        for number in 0..<wave.probes.count where wave.probes[number].stage == .postponed {
            wave.probes[number].stage = .untouched
        }
        wave.postponed = 0
        restart(at: now)
    }

    private mutating func restart(at now: MonotonicTime) {
        step = 0
        hasAsked = false
        lastAsked = nil
        conclusions = 0
        waveStart = now
        pause = now
        deadline = MonotonicTime(nanoseconds: .max)
        wave.visit = wave.layout.start
    }

    /// Waits until `time` or something comes, at most `patience`.
    private func wait(until time: MonotonicTime, _ now: MonotonicTime, _ patience: UInt64) {
        let wait = min(patience, time.nanoseconds(since: now))
        if wait > 0 { lanes.wait(nanoseconds: wait) }
    }
}
