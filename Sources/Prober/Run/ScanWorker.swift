import BasicContainers

/// One thread of a scan: makes its engine, turns it until it is finished, hands over what it finds.
struct ScanWorker: Sendable {
    let plan: ScanPlan
    let number: Int
    let channel: ObservationChannel
    let stop: StopSignal
    let ended: EndedWorkers

    /// How long a worker waits for answers before it looks at the world again, in nanoseconds.
    private static let patience: UInt64 = 50_000_000

    /// Runs to the end.
    ///
    /// Called once, on the worker's own thread.
    func run() {
        do throws(SystemCallFailure) {
            try plan.namespace?.enter()
            var engine = try ConnectEngine(plan, worker: number, on: .read(), at: .now())
            var lastHandOver = MonotonicTime.now()
            while !engine.isFinished, stop.current < .immediate {
                if stop.current >= .draining { engine.drain() }
                let now = MonotonicTime.now()
                engine.turn(at: now, patience: Self.patience)
                if engine.outcomes.count >= ConnectEngine.handOverCount
                    || now.nanoseconds(since: lastHandOver) >= Self.patience
                {
                    channel.send(&engine.outcomes)
                    lastHandOver = now
                }
            }
            while !engine.outcomes.isEmpty {
                channel.send(&engine.outcomes)
                if !engine.outcomes.isEmpty { Readiness.pause(milliseconds: 1) }
            }
        } catch {
            ended.fail(ScanError(error))
            stop.raise(to: .draining)
        }
        ended.add()
        channel.arrival.raise()
    }
}
