import BasicContainers

/// Asks TCP endpoints by connecting to them.
///
/// Owned by one worker thread, and made inside it.
///
/// Each turn launches what pace and room allow, takes the answers that came, and ends the attempts
/// whose time is up. Outcomes gather in ``outcomes`` until the worker hands them over.
struct ConnectEngine: ProbeEngine, ~Copyable {
    let space: ProbeSpace
    let order: ProbeOrder
    let limits: AttemptLimits
    let route: ProbeRoute
    let ownPorts: OwnPorts
    private(set) var steps: ProbeSteps
    var table: ProbeTable
    var epoll: Epoll
    var pacer: Pacer
    /// The probes that wait for an answer, oldest first.
    var awaiting = ProbeList()
    /// The probes that failed here and pause before the next try, oldest first.
    var resting = ProbeList()
    /// The probes that are to be tried again as soon as the pace allows.
    var due = ProbeList()
    /// How many sockets may be open at once; shrinks when descriptors or memory run out.
    var window: Int
    /// What was found out and not yet handed over.
    var outcomes: RigidArray<Observation>
    /// Whether no new endpoint is taken and no silent one is asked again.
    private(set) var isDraining = false

    /// How many outcomes may gather before no more probes are launched.
    static let handOverCount = 1024
    /// How many probes one turn may launch: few enough that answers do not wait long.
    private static let burst = 64

    /// The engine of `worker` (from 0) of `plan`, starting at `now`.
    ///
    /// `machine` is what the thread's network namespace looks like.
    ///
    /// - Throws: ``SystemCallFailure`` when the kernel gives no epoll descriptor.
    init(
        _ plan: ScanPlan, worker: Int, on machine: LocalMachine, at now: MonotonicTime
    ) throws(SystemCallFailure) {
        let capacity = max(1, plan.inFlight / plan.workers)
        epoll = try Epoll(capacity: min(capacity, 512))
        space = plan.space
        order = ProbeOrder(count: plan.space.count, seed: plan.seed)
        steps = ProbeSteps(
            count: plan.space.count, shard: plan.shard, worker: worker, of: plan.workers)
        limits = AttemptLimits(plan)
        route = ProbeRoute(plan)
        ownPorts = OwnPorts(machine)
        pacer = Pacer(plan.rate, worker: worker, of: plan.workers, at: now)
        table = ProbeTable(capacity: capacity)
        window = capacity
        outcomes = RigidArray(capacity: Self.handOverCount + Self.burst + capacity)
    }

    /// Whether every endpoint of this worker has its outcome.
    var isFinished: Bool { table.isEmpty && (isDraining || steps.remaining == 0) }

    /// Takes no new endpoint from now on; the probes in hand still get their answers.
    mutating func drain(at now: MonotonicTime) { isDraining = true }

    /// One round: launch, reap, expire.
    ///
    /// Waits for at most `patience` nanoseconds.
    mutating func turn(at now: MonotonicTime, patience: UInt64) {
        let mayLaunchMore = launch(now)
        let hasReapedAll = reap(
            now, waiting: mayLaunchMore ? 0 : idleTime(now, atMost: patience))
        // After a stall answers may still wait that came in time.
        if hasReapedAll { expireAttempts(now) }
        endPauses(now)
    }

    /// Starts as many attempts as pace, room and the burst allow; true when more could follow.
    private mutating func launch(_ now: MonotonicTime) -> Bool {
        guard outcomes.count < Self.handOverCount else { return false }
        let allowance = pacer.allowance(at: now)
        var sent = 0
        var tried = 0
        while sent < allowance, tried < Self.burst, awaiting.count < window,
            let slot = nextProbe()
        {
            if attempt(slot, at: now) { sent += 1 }
            tried += 1
        }
        pacer.record(sent)
        return tried == Self.burst
    }

    /// The next probe to send: one that is due again, else one of a new endpoint.
    private mutating func nextProbe() -> Int? {
        if !due.isEmpty { return due.popFirst(in: &table) }
        guard !isDraining, !table.isFull, let step = steps.take() else { return nil }
        return table.take(for: space[order.index(at: step)])
    }

    /// Takes the answers that are there, after waiting for the first for `milliseconds`.
    ///
    /// False when there may be more of them.
    private mutating func reap(_ now: MonotonicTime, waiting milliseconds: CInt) -> Bool {
        let count = epoll.wait(milliseconds: milliseconds)
        guard count > 0 else { return true }
        let arrival = milliseconds == 0 ? now : MonotonicTime.now()
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

    /// Ends the attempts whose time is up.
    private mutating func expireAttempts(_ now: MonotonicTime) {
        while let slot = awaiting.front,
            now.nanoseconds(since: table.slots[slot].since) >= limits.timeout
        {
            endSilentAttempt(slot, at: now)
        }
    }

    /// Ends the pauses that are over, and when draining everything that would be asked again.
    private mutating func endPauses(_ now: MonotonicTime) {
        while let slot = resting.front,
            isDraining || now.nanoseconds(since: table.slots[slot].since) >= limits.pause
        {
            resting.remove(slot, in: &table)
            if isDraining {
                conclude(slot, .localFailure(.interrupted), at: now)
            } else {
                due.append(slot, in: &table)
            }
        }
        while isDraining, let slot = due.front {
            due.remove(slot, in: &table)
            conclude(slot, .localFailure(.interrupted), at: now)
        }
    }

    /// How long nothing will need doing, in milliseconds rounded up, at most `patience`.
    private func idleTime(_ now: MonotonicTime, atMost patience: UInt64) -> CInt {
        var wait = patience
        if let slot = awaiting.front {
            wait = min(wait, remaining(of: limits.timeout, since: slot, at: now))
        }
        if let slot = resting.front {
            wait = min(wait, remaining(of: limits.pause, since: slot, at: now))
        }
        let hasMore = !due.isEmpty || !isDraining && !table.isFull && steps.remaining > 0
        if hasMore, awaiting.count < window, outcomes.count < Self.handOverCount {
            wait = min(wait, pacer.nextDeparture.nanoseconds(since: now))
        }
        return CInt((wait + 999_999) / 1_000_000)
    }

    private func remaining(of limit: UInt64, since slot: Int, at now: MonotonicTime) -> UInt64 {
        limit - min(limit, now.nanoseconds(since: table.slots[slot].since))
    }
}
