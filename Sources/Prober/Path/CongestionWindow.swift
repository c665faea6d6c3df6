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
    /// Whether round trips are of one host, so that long ones mean a queue.
    private let judgesQueues: Bool

    /// The share of loss that is no sign of anything.
    private var toleratedLoss = 0.05
    private var trial: Trial?
    /// Until when nothing is judged, because what comes in was sent before the last change.
    private var settledFrom = MonotonicTime(nanoseconds: 0)
    /// The shortest round trip ever, in nanoseconds.
    private var leastRoundTrip = UInt64.max
    private var epoch = Epoch()

    /// A narrower window to try whether less is lost then.
    private struct Trial {
        /// The window before.
        var limit: UInt32
        /// The loss that called for it.
        var loss: Double
        /// When it is over, whatever is known then.
        var end: MonotonicTime
    }

    /// What was seen of round trips since the last judgement.
    private struct Epoch {
        var start: MonotonicTime?
        var answered: UInt32 = 0
        var leastRoundTrip = UInt64.max
    }

    /// What an answer comes to for the window.
    struct Sample {
        /// From the packet to its answer, in nanoseconds, if that is known.
        var roundTrip: UInt64?
        /// How long round trips are, smoothed, in nanoseconds.
        var smoothed: UInt64
        /// How many attempts are under way to the host.
        var inFlight: UInt32
        /// What is known of loss since the window was last changed.
        var loss: LossEstimate
    }

    /// What is to be done after an answer.
    enum Judgement {
        /// Nothing.
        case goOn
        /// The window was narrowed: loss is to be counted anew.
        case countAnew
        /// The way was found congested, and the window was narrowed.
        case congested
    }

    /// The narrowest window.
    static let floor: UInt32 = 4
    /// How many packets at least a judgement takes.
    private static let sampleCount: UInt32 = 64
    private static let lossSampleCount: UInt64 = 256
    /// How much more loss than is put up with is a sign.
    private static let lossMargin = 0.05
    /// How long at least a judgement takes, a change needs to show, and a trial may take, in
    /// nanoseconds.
    private static let shortestEpoch: UInt64 = 50_000_000
    private static let shortestSettling: UInt64 = 1_000_000_000
    private static let longestTrial: UInt64 = 3_000_000_000
    /// How much longer than twice the shortest a round trip may be without a queue, in nanoseconds.
    private static let queueMargin: UInt64 = 20_000_000

    /// A window of `ceiling`, which is the widest it will be.
    init(ceiling: UInt32, judgesQueues: Bool = true) {
        self.judgesQueues = judgesQueues
        self.ceiling = max(ceiling, Self.floor)
        limit = self.ceiling
    }

    /// Takes what an answer says.
    mutating func note(_ sample: Sample, at now: MonotonicTime) -> Judgement {
        if let roundTrip = sample.roundTrip {
            leastRoundTrip = min(leastRoundTrip, roundTrip)
            epoch.leastRoundTrip = min(epoch.leastRoundTrip, roundTrip)
        }
        epoch.answered += 1
        guard let start = epoch.start else {
            epoch.start = now
            return .goOn
        }
        guard epoch.answered >= Self.sampleCount,
            now.nanoseconds(since: start) >= max(Self.shortestEpoch, 2 * sample.smoothed)
        else { return .goOn }
        defer { epoch = Epoch(start: now) }
        guard now >= settledFrom else { return .goOn }
        return judge(sample, at: now)
    }

    private mutating func judge(_ sample: Sample, at now: MonotonicTime) -> Judgement {
        if judgesQueues, epoch.leastRoundTrip != .max,
            epoch.leastRoundTrip > 2 * leastRoundTrip + Self.queueMargin
        {
            trial = nil
            narrow(sample, at: now)
            return .congested
        }
        let isKnown = sample.loss.answered + sample.loss.lost >= Self.lossSampleCount
        if let trial {
            guard isKnown || now >= trial.end else { return .goOn }
            self.trial = nil
            if isKnown, Self.isCured(from: trial.loss, to: sample.loss.share) { return .congested }
            toleratedLoss = max(toleratedLoss, trial.loss, isKnown ? sample.loss.share : 0)
            limit = trial.limit
        } else if isKnown, sample.loss.share > toleratedLoss + Self.lossMargin {
            trial = Trial(
                limit: limit, loss: sample.loss.share,
                end: now.advanced(byNanoseconds: Self.longestTrial))
            narrow(sample, at: now)
            return .countAnew
        } else if sample.inFlight >= limit / 2 {
            limit = min(ceiling, limit + max(1, limit / 8))
        }
        return .goOn
    }

    /// Whether half the rate cured a loss of `before`, so that `after` is left.
    ///
    /// Of a flood twice the share gets through then, and of a little too much nearly all; loss by
    /// chance stays what it is.
    private static func isCured(from before: Double, to after: Double) -> Bool {
        after < 0.6 * before || 1 - after > 1.4 * (1 - before)
    }

    private mutating func narrow(_ sample: Sample, at now: MonotonicTime) {
        limit = max(Self.floor, min(limit, sample.inFlight) / 2)
        settledFrom = now.advanced(
            byNanoseconds: max(Self.shortestSettling, 8 * sample.smoothed))
    }
}
