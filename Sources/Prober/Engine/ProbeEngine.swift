import BasicContainers

/// What a worker needs of an engine, whatever it sends.
protocol ProbeEngine: ~Copyable {
    /// How many outcomes may gather before no more probes are launched.
    static var handOverCount: Int { get }
    /// What was found out and not yet handed over.
    var outcomes: RigidArray<Observation> { get set }
    /// Whether every endpoint has its outcome, or when draining every endpoint in hand.
    var isFinished: Bool { get }

    /// Takes no new endpoint from now on; the probes in hand still get their answers.
    mutating func drain(at now: MonotonicTime)

    /// One round: send what is due, take what came.
    ///
    /// Waits for at most `patience` nanoseconds.
    mutating func turn(at now: MonotonicTime, patience: UInt64)
}
