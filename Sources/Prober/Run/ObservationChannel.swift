import BasicContainers
import Synchronization

/// Carries observations from the workers to the main thread.
///
/// Bounded; nothing is ever dropped.
///
/// Workers put batches in; when there is no room they keep what did not fit and stop launching.
final class ObservationChannel: Sendable {
    private let waiting: Mutex<RigidArray<Observation>>
    /// Raised when observations wait, or a worker has ended.
    let arrival: EventDescriptor

    /// A channel with room for `capacity` observations.
    init(capacity: Int) throws(SystemCallFailure) {
        arrival = try EventDescriptor()
        waiting = Mutex(RigidArray(capacity: capacity))
    }

    /// Moves as many of `observations` as fit into the channel, newest first.
    func send(_ observations: inout RigidArray<Observation>) {
        let hasSent = waiting.withLock { waiting in
            let count = min(waiting.freeCapacity, observations.count)
            for _ in 0..<count { waiting.append(observations.removeLast()) }
            return count > 0
        }
        if hasSent { arrival.raise() }
    }

    /// Moves everything that waits to the end of `observations`.
    func receive(into observations: inout [Observation]) {
        arrival.clear()
        waiting.withLock { waiting in
            for index in 0..<waiting.count { observations.append(waiting[index]) }
            waiting.removeAll()
        }
    }
}
