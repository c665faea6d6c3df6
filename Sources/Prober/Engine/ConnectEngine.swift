import BasicContainers

/// Asks TCP endpoints by connecting to them.
///
/// Owned by one worker thread, and made inside it.
///
/// Each turn launches what pace, windows and room allow, takes the answers that came, and ends the
/// attempts whose time is up. What the answers say of the way to a host goes into ``paths``, which
/// the workers share. Outcomes gather in ``outcomes`` until the worker hands them over.
struct ConnectEngine: ProbeEngine, ~Copyable {
    let space: ProbeSpace
    let known: EndpointSet
    let order: ProbeOrder
    let limits: AttemptLimits
    let route: ProbeRoute
    let ownPorts: OwnPorts
    let paths: PathTable
    /// How many workers share the windows of the paths.
    let workers: UInt32
    var steps: ProbeSteps
    var table: ProbeTable
    var epoll: Epoll
    var pacer: Pacer
    /// What chooses the rate, when nobody else did.
    var governor: RateGovernor?
    /// What this worker has under way and holds back on each path.
    var hands: RigidArray<PathHand>
    /// How many probes windows hold back.
    var heldCount = 0
    /// The probes that wait for an answer, oldest first, for each class of ``AttemptTimes``.
    var awaiting = InlineArray<12, ProbeList>(repeating: ProbeList())
    /// How many probes wait for an answer.
    var awaitingCount = 0
    /// The probes that pause before the next try, oldest first, for each ``PauseClass``.
    var resting = InlineArray<3, ProbeList>(repeating: ProbeList())
    /// The probes that are to be tried again as soon as the pace allows.
    var due = ProbeList()
    /// The probes that were silent once, of hosts that answer nothing: see ``settleDoubts(_:)``.
    var doubtful = ProbeList()
    /// When they are asked again in any case; nil before the end of the first pass.
    var doubtsEnd: MonotonicTime?
    /// How many probes have not yet had their first answer or silence.
    var firstAttempts = 0
    /// Whether every endpoint of this worker was asked once.
    var hasEndedFirstPass = false
    /// How many sockets may be open at once; shrinks when descriptors or memory run out.
    var window: Int
    /// The most that ``window`` can be.
    let greatestWindow: Int
    /// What was found out and not yet handed over.
    var outcomes: RigidArray<Observation>
    /// Whether no new endpoint is taken and no silent one is asked again.
    private(set) var isDraining = false

    /// How many outcomes may gather before no more probes are launched.
    static let handOverCount = 1024
    /// How many probes one turn may launch: few enough that answers do not wait long.
    static let burst = 64
    /// How many probes all workers may have in hand beside those under way.
    private static let reserve = 262_144

    /// The engine of `worker` (from 0) of `plan`, starting at `now`.
    ///
    /// `machine` is what the thread's network namespace looks like, and `paths` what the workers of
    /// the plan know together.
    ///
    /// - Throws: ``SystemCallFailure`` when the kernel gives no epoll descriptor.
    init(
        _ plan: ScanPlan, worker: Int, paths: PathTable, on machine: LocalMachine,
        at now: MonotonicTime
    ) throws(SystemCallFailure) {
        window = max(1, plan.inFlight / plan.workers)
        greatestWindow = window
        epoll = try Epoll(capacity: min(window, 512))
        space = plan.space
        known = plan.known
        order = ProbeOrder(count: plan.space.count, seed: plan.seed)
        steps = ProbeSteps(
            count: plan.space.count, shard: plan.shard, worker: worker, of: plan.workers)
        limits = AttemptLimits(plan)
        route = ProbeRoute(plan)
        ownPorts = OwnPorts(machine)
        pacer = Pacer(plan.rate, worker: worker, of: plan.workers, at: now)
        governor =
            plan.rate == .automatic ? RateGovernor(workers: plan.workers, at: now) : nil
        workers = UInt32(clamping: plan.workers)
        self.paths = paths
        hands = RigidArray(repeating: PathHand(), count: paths.count)
        let capacity = Int(
            min(steps.remaining, UInt128(window + Self.reserve / plan.workers)))
        table = ProbeTable(capacity: max(1, capacity))
        outcomes = RigidArray(capacity: Self.handOverCount + Self.burst + max(1, capacity))
    }

    /// Whether every endpoint of this worker has its outcome.
    var isFinished: Bool {
        table.isEmpty && (isDraining || hasEndedFirstPass && steps.remaining == 0)
    }

    /// Takes no new endpoint from now on; the probes in hand still get their answers.
    mutating func drain(at now: MonotonicTime) { isDraining = true }

    /// One round: launch, reap, expire.
    ///
    /// Waits for at most `patience` nanoseconds.
    mutating func turn(at now: MonotonicTime, patience: UInt64) {
        adjustRate(now)
        let mayLaunchMore = launch(now)
        let hasReapedAll = reap(
            waiting: mayLaunchMore ? 0 : idleTime(now, atMost: patience))
        // After a stall answers may still wait that came in time.
        if hasReapedAll { expireAttempts(now) }
        endPauses(now)
        settleDoubts(now)
    }

    /// Takes the answers that are there, after waiting for the first for `milliseconds`.
    ///
    /// False when there may be more of them.
    private mutating func reap(waiting milliseconds: CInt) -> Bool {
        let count = epoll.wait(milliseconds: milliseconds)
        guard count > 0 else { return true }
        // Answers to what this turn sent are there already, and they took some time.
        let arrival = MonotonicTime.now()
        for position in 0..<count {
            let event = epoll.event(at: position)
            let slot = Int(truncatingIfNeeded: event.tag & 0xffff_ffff)
            guard table.slots[slot].generation == UInt32(event.tag >> 32),
                table.slots[slot].socket != nil
            else { continue }
            examine(slot, event, at: arrival)
        }
        return count < epoll.capacity
    }

    private mutating func adjustRate(_ now: MonotonicTime) {
        guard governor?.adjust(at: now, congestions: paths.congestionCount) == true,
            let rate = governor?.rate
        else { return }
        pacer.change(to: rate, at: now)
    }

    /// How long nothing will need doing, in milliseconds rounded up, at most `patience`.
    private func idleTime(_ now: MonotonicTime, atMost patience: UInt64) -> CInt {
        var wait = patience
        for index in awaiting.indices {
            guard let slot = awaiting[index].front else { continue }
            let time = limits.times[UInt8(index)]
            wait = min(wait, remaining(of: time, since: slot, at: now))
        }
        for pauseClass in PauseClass.allCases {
            guard let slot = resting[pauseClass.rawValue].front else { continue }
            wait = min(wait, remaining(of: limits.pause(pauseClass), since: slot, at: now))
        }
        let hasMore = !due.isEmpty || !isDraining && !table.isFull && steps.remaining > 0
        if hasMore, awaitingCount < window, outcomes.count < Self.handOverCount {
            wait = min(wait, pacer.nextDeparture.nanoseconds(since: now))
        }
        return CInt((wait + 999_999) / 1_000_000)
    }

    private func remaining(of limit: UInt64, since slot: Int, at now: MonotonicTime) -> UInt64 {
        limit - min(limit, now.nanoseconds(since: table.slots[slot].since))
    }
}

/// What one worker has under way and holds back on one path.
struct PathHand {
    /// How many attempts are under way.
    var inFlight: UInt32 = 0
    /// The probes that the path's window holds back, oldest first.
    var waiting = ProbeList()
}
