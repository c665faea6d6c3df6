import BasicContainers

/// One thread of a scan: makes its engine, turns it until it is finished, hands over what it finds.
struct ScanWorker: Sendable {
    let task: Task
    let channel: ObservationChannel
    let facts: SharedFacts
    let stop: StopSignal
    let ended: EndedWorkers

    /// What a worker does.
    enum Task {
        /// Connects to the TCP endpoints that fall to the worker of this number.
        case connecting(ScanPlan, worker: Int, PathTable)
        /// Asks all UDP endpoints.
        case asking(ScanPlan)
    }

    /// How long a worker waits for answers before it looks at the world again, in nanoseconds.
    private static let patience: UInt64 = 50_000_000

    /// Runs to the end.
    ///
    /// Called once, on the worker's own thread.
    func run() {
        do throws(SystemCallFailure) {
            switch task {
            case .connecting(let plan, let worker, let paths):
                try plan.namespace?.enter()
                var engine = try ConnectEngine(
                    plan, worker: worker, paths: paths, on: .read(), at: .now())
                carryOut(&engine)
            case .asking(let plan):
                try plan.namespace?.enter()
                var engine = try DatagramEngine(plan, on: .read(), at: .now())
                carryOut(&engine)
                facts.add(engine.finalFacts)
            }
        } catch {
            ended.fail(ScanError(error))
            stop.raise(to: .draining)
        }
        ended.add()
        channel.arrival.raise()
    }

    /// Turns `engine` until it is finished or told to stop, and hands everything over.
    private func carryOut<Engine: ProbeEngine & ~Copyable>(_ engine: inout Engine) {
        var lastHandOver = MonotonicTime.now()
        while !engine.isFinished, stop.current < .immediate {
            let now = MonotonicTime.now()
            if stop.current >= .draining { engine.drain(at: now) }
            engine.turn(at: now, patience: Self.patience)
            if engine.outcomes.count >= Engine.handOverCount
                || now.nanoseconds(since: lastHandOver) >= Self.patience
            {
                let waiting = engine.outcomes.count
                channel.send(&engine.outcomes)
                lastHandOver = now
                // Nobody takes them: an engine that has no room has nothing else to wait for.
                if waiting >= Engine.handOverCount, engine.outcomes.count == waiting {
                    Readiness.pause(milliseconds: 1)
                }
            }
        }
        while !engine.outcomes.isEmpty {
            channel.send(&engine.outcomes)
            if !engine.outcomes.isEmpty { Readiness.pause(milliseconds: 1) }
        }
    }
}
