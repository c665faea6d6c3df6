/// How long attempts wait for their answer: a few classes of time, so that attempts of one class run
/// out of time in the order in which they were sent.
struct AttemptTimes {
    /// How many classes there are.
    static let classCount = 12

    /// The times in nanoseconds, ascending.
    private let times: InlineArray<12, UInt64>
    private let isFixed: Bool

    /// The classes from which a wait is chosen by what is known of the way, in milliseconds.
    private static let classes: InlineArray<12, UInt64> = [
        100, 150, 250, 350, 500, 700, 1000, 1500, 2500, 4000, 6000, 10_000,
    ]
    /// The waits where nothing is known, in nanoseconds: the last are long enough for a satellite.
    private static let patienceWithoutAnswer: InlineArray<4, UInt64> = [
        250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000,
    ]

    /// Waits that follow from the way, or `fixed` nanoseconds for each attempt.
    init(fixed: UInt64?) {
        isFixed = fixed != nil
        times = InlineArray { fixed ?? Self.classes[$0] * 1_000_000 }
    }

    /// The nanoseconds that attempts of `timeClass` wait.
    subscript(timeClass: UInt8) -> UInt64 { times[Int(timeClass)] }

    /// The class for the next attempt after `silences`.
    ///
    /// `patience` is when answers are hardly to be expected any more (RFC 6298: after that a packet
    /// is sent again, and the wait doubles), nil when nothing is known of the way.
    func timeClass(patience: UInt64?, silences: UInt16) -> UInt8 {
        guard !isFixed else { return 0 }
        let wanted =
            patience.map { $0 << (silences > 0 ? 1 : 0) }
            ?? Self.patienceWithoutAnswer[Int(min(silences, 3))]
        var index = 0
        while index < Self.classCount - 1, times[index] < wanted { index += 1 }
        return UInt8(index)
    }
}
