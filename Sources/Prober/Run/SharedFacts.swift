import Synchronization

/// What happened in the UDP part of a scan, gathered from its worker.
final class SharedFacts: Sendable {
    private let facts = Mutex(DatagramFacts())

    /// Adds what happened to one worker.
    func add(_ other: DatagramFacts) { facts.withLock { $0.add(other) } }

    /// What was added so far.
    var current: DatagramFacts { facts.withLock { $0 } }
}
