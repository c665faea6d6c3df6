import Synchronization

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
