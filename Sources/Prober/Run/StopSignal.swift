import Synchronization

/// Tells every worker to stop.
///
/// Shared by the main thread, which sets it, and the workers.
final class StopSignal: Sendable {
    private let level = Atomic<Int>(0)

    /// Whether no new endpoint is to be asked.
    var isDraining: Bool { level.load(ordering: .relaxed) >= 1 }

    /// Whether even answers on their way are not to be waited for.
    var isImmediate: Bool { level.load(ordering: .relaxed) >= 2 }

    /// First drain, then stop at once.
    func escalate() { level.add(1, ordering: .relaxed) }
}
