/// How many attempts may be under way to one host, so that the way there is not flooded.
///
/// Random loss does not narrow it, congestion does. Two signs tell: a queue that stands (even the
/// shortest round trip of a while is long), and loss that grows with the rate. Whether loss does is
/// found by trial: the window is halved, and when just as much is lost, the loss is random, is put
/// up with from then on, and the window is what it was.
struct CongestionWindow: Sendable {
    /// How many attempts may be under way, all workers together.
    private(set) var limit: UInt32
    private let ceiling: UInt32

    /// The share of loss that is no sign of anything.
    private var toleratedLoss = 0.05
    /// The window before a trial, and the loss that called for it.
    private var trial: (limit: UInt32, loss: Double)?
    /// Until when nothing is judged, because what comes in was sent before the last change.
    private var settledFrom = MonotonicTime(nanoseconds: 0)
    /// The shortest round trip ever, in nanoseconds.
    private var leastRoundTrip = UInt64.max
    private var epoch = Epoch()

    /// What was seen since the last judgement.
    private struct Epoch {
        var start: MonotonicTime?
        var answered: UInt32 = 0
        var lost: UInt32 = 0
        var leastRoundTrip = UInt64.max

        var loss: Double { Double(lost) / Double(max(answered + lost, 1)) }
    }

    /// The narrowest window.
    static let floor: UInt32 = 4
    /// How many packets at least a judgement takes.
    private static let sampleCount: UInt32 = 64
    /// How much more loss than is put up with is a sign.
    private static let lossMargin = 0.05
    /// How long at least a judgement takes, and a change needs to show, in nanoseconds.
    private static let shortestEpoch: UInt64 = 50_000_000
    private static let shortestSettling: UInt64 = 500_000_000
    /// How much longer than twice the shortest a round trip may be without a queue, in nanoseconds.
    private static let queueMargin: UInt64 = 20_000_000

    /// A window of `ceiling`, which is the widest it will be.
    init(ceiling: UInt32) {
        self.ceiling = max(ceiling, Self.floor)
        limit = self.ceiling
    }

    /// Counts an answer: its round trip, if that is known, and the packets lost before it.
    ///
    /// `inFlight` attempts are under way to the host, and round trips are about `smoothed`
    /// nanoseconds. True when the way was found congested, so that the window is narrower now and
    /// what is known of loss is out of date.
    mutating func note(
        roundTrip: UInt64?, lost: UInt32, inFlight: UInt32, smoothed: UInt64, at now: MonotonicTime
    ) -> Bool {
        if let roundTrip {
            leastRoundTrip = min(leastRoundTrip, roundTrip)
            epoch.leastRoundTrip = min(epoch.leastRoundTrip, roundTrip)
        }
        epoch.answered += 1
        epoch.lost += lost
        guard let start = epoch.start else {
            epoch.start = now
            return false
        }
        guard epoch.answered + epoch.lost >= Self.sampleCount,
            now.nanoseconds(since: start) >= max(Self.shortestEpoch, 2 * smoothed)
        else { return false }
        defer { epoch = Epoch(start: now) }
        guard now >= settledFrom else { return false }
        return judge(inFlight: inFlight, settling: max(Self.shortestSettling, 4 * smoothed), now)
    }

    private mutating func judge(
        inFlight: UInt32, settling: UInt64, _ now: MonotonicTime
    ) -> Bool {
        if epoch.leastRoundTrip != .max,
            epoch.leastRoundTrip > 2 * leastRoundTrip + Self.queueMargin
        {
            trial = nil
            halve(inFlight)
            settledFrom = now.advanced(byNanoseconds: settling)
            return true
        }
        if let trial {
            self.trial = nil
            if Self.isCured(from: trial.loss, to: epoch.loss) { return true }
            toleratedLoss = max(toleratedLoss, epoch.loss, trial.loss)
            limit = trial.limit
        } else if epoch.loss > toleratedLoss + Self.lossMargin {
            trial = (limit, epoch.loss)
            halve(inFlight)
            settledFrom = now.advanced(byNanoseconds: settling)
        } else if inFlight >= limit / 2 {
            limit = min(ceiling, limit + max(1, limit / 8))
        }
        return false
    }

    /// Whether half the rate cured a loss of `before`, so that `after` is left.
    ///
    /// Of a flood twice the share gets through then, and of a little too much nearly all; loss by
    /// chance stays what it is.
    private static func isCured(from before: Double, to after: Double) -> Bool {
        after < 0.6 * before || 1 - after > 1.4 * (1 - before)
    }

    private mutating func halve(_ inFlight: UInt32) {
        limit = max(Self.floor, min(limit, inFlight) / 2)
    }
}
