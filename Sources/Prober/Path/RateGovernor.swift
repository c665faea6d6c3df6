/// Finds a rate that nothing on the way suffers from: `--rate auto`.
///
/// It starts politely and doubles for as long as answers show that all is well, up to a ceiling. It
/// halves when a way was found congested. Silence proves nothing, so at hosts that hardly answer it
/// stays where it is. Owned by one worker; rates are those of all workers together.
struct RateGovernor {
    /// Packets a second, all workers together.
    private(set) var rate = RateChoice.politeRate
    private let workers: Int
    /// When the present trial of the rate began, and before when it is not raised.
    private var start: MonotonicTime
    private var raisedFrom: MonotonicTime
    private var sent = 0
    private var answered = 0
    private var silent = 0
    /// How often a way had been found congested when that was last looked at.
    private var congestions = 0
    /// How long answers take, smoothed, in nanoseconds.
    private var roundTrip: UInt64 = 0

    /// How long a rate is tried at least before the next, in nanoseconds.
    private static let shortestTrial: UInt64 = 100_000_000
    /// How long a rate is kept after it was halved, in nanoseconds: as long as windows need to judge.
    private static let settling: UInt64 = 1_000_000_000
    /// How many silent attempts to an answer still allow to go faster.
    private static let silencesPerAnswer = 3

    /// The governor of one of `workers`, which starts at `now`.
    init(workers: Int, at now: MonotonicTime) {
        self.workers = workers
        start = now
        raisedFrom = now
    }

    /// Counts packets that were sent.
    mutating func noteSent(_ count: Int) { sent += count }

    /// Counts an answer after `roundTrip` nanoseconds.
    mutating func noteAnswer(after roundTrip: UInt64) {
        answered += 1
        self.roundTrip = (7 * self.roundTrip + roundTrip) / 8
    }

    /// Counts an attempt that was not answered in time.
    mutating func noteSilence() { silent += 1 }

    /// Changes the rate when the present one was tried for long enough; true when it did.
    ///
    /// `congestions` is how often any worker has found a way congested. A rate is raised only when
    /// it was used.
    mutating func adjust(at now: MonotonicTime, congestions: Int) -> Bool {
        let elapsed = now.nanoseconds(since: start)
        guard elapsed >= max(Self.shortestTrial, 2 * roundTrip) else { return false }
        let before = rate
        let isUsed =
            UInt128(sent) * 2 * UInt128(workers) * 1_000_000_000
            >= UInt128(rate) * UInt128(elapsed)
        if congestions > self.congestions {
            rate = max(RateChoice.politeRate / 10, rate / 2)
            raisedFrom = now.advanced(byNanoseconds: max(Self.settling, 8 * roundTrip))
        } else if now >= raisedFrom, isUsed, answered > 0,
            silent <= Self.silencesPerAnswer * answered
        {
            rate = min(RateChoice.automaticCeiling, rate * 2)
        }
        self.congestions = congestions
        start = now
        (sent, answered, silent) = (0, 0, 0)
        return rate != before
    }
}
