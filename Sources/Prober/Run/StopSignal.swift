import Synchronization

/// Tells every worker to stop.
///
/// Shared by the main thread and the workers.
final class StopSignal: Sendable {
    /// How soon to stop.
    enum Level: Int, Comparable {
        /// Go on.
        case running
        /// Ask no new endpoint; wait for the answers of the probes in hand.
        case draining
        /// Wait for nothing.
        case immediate

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    private let level = Atomic<Int>(0)

    /// How soon to stop.
    var current: Level { Level(rawValue: level.load(ordering: .relaxed)) ?? .immediate }

    /// Stops no later than `level` says.
    func raise(to level: Level) { self.level.max(level.rawValue, ordering: .relaxed) }
}
