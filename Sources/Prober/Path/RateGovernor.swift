/// Finds a rate that nothing on the way suffers from: `--rate auto`.
///
/// It starts politely and doubles for as long as answers show that all is well, up to a ceiling. It
/// halves when a way was found congested. Silence proves nothing, so at hosts that hardly answer it
/// stays where it is. Owned by one worker; rates are those of all workers together.
struct RateGovernor {
    /// Packets a second, all workers together.
    private(set) var rate = RateChoice.politeRate
    private var start: MonotonicTime
    private var answered = 0
    private var silent = 0
    private var isCongested = false
    /// How long answers take, smoothed, in nanoseconds.
    private var roundTrip: UInt64 = 0

    /// How long a rate is tried at least before the next, in nanoseconds.
    private static let shortestTrial: UInt64 = 100_000_000
    /// How many silent attempts to an answer still allow to go faster.
    private static let silencesPerAnswer = 3

    /// A governor that starts at `now`.
    init(at now: MonotonicTime) { start = now }

    /// Counts an answer after `roundTrip` nanoseconds.
    mutating func noteAnswer(after roundTrip: UInt64) {
        answered += 1
        self.roundTrip = (7 * self.roundTrip + roundTrip) / 8
    }

    /// Counts an attempt that was not answered in time.
    mutating func noteSilence() { silent += 1 }

    /// Notes that the way to some host was found congested.
    mutating func noteCongestion() { isCongested = true }

    /// Changes the rate when the present one was tried for long enough; true when it did.
    mutating func adjust(at now: MonotonicTime) -> Bool {
        guard now.nanoseconds(since: start) >= max(Self.shortestTrial, 2 * roundTrip) else {
            return false
        }
        let before = rate
        if isCongested {
            rate = max(RateChoice.politeRate / 10, rate / 2)
        } else if answered > 0, silent <= Self.silencesPerAnswer * answered {
            rate = min(RateChoice.automaticCeiling, rate * 2)
        }
        start = now
        (answered, silent, isCongested) = (0, 0, false)
        return rate != before
    }
}
