import BasicContainers
import Synchronization

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

/// Which workers have ended, and the first reason that one could not start.
final class EndedWorkers: Sendable {
    private let state = Mutex<(count: Int, failure: ScanError?)>((0, nil))

    /// Notes that a worker has ended.
    func add() { state.withLock { $0.count += 1 } }

    /// Notes why a worker could not start; the first reason stays.
    func fail(_ failure: ScanError) {
        state.withLock { $0.failure = $0.failure ?? failure }
    }

    /// How many workers have ended.
    var count: Int { state.withLock { $0.count } }

    /// Why a worker could not start, if one could not.
    var failure: ScanError? { state.withLock { $0.failure } }
}
