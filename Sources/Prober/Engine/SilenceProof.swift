/// Finds out what the silence of one host's UDP ports is worth, at the host's own pace.
///
/// A host lets itself send only so many ICMP errors (Linux: one a second to each peer after six at
/// once; `icmp(7)`, icmp_ratelimit). So silent ports are asked in rounds. When every port of a round
/// speaks, they were closed, and each cost one error. When some stay silent, a control is asked, a
/// port known to be closed: if it answers, errors were to be had, so the silent ones are not
/// closed; if not, the host had spent its errors, and nothing is known. Rounds grow while controls
/// answer and shrink when they do not, so a host of silent ports needs few rounds and a host of
/// closed ports is asked exactly as fast as it can say so.
///
/// Pure: times are arguments, and the engine sends what ``step`` says.
struct SilenceProof {
    /// What is to be done next.
    enum Step: Equatable {
        /// Nothing before this time; then a round begins.
        case resting(until: MonotonicTime)
        /// The round's ports are being asked; so many are left.
        case asking(left: Int)
        /// The answers of the round are awaited.
        case listening(until: MonotonicTime)
        /// The control is to be asked.
        case controlDue
        /// The control's answer is awaited.
        case control(until: MonotonicTime)
        /// A first control is to be found: so many tries are left.
        case seeking(tries: Int)
        /// The answer of such a try is awaited.
        case sought(until: MonotonicTime, tries: Int)
        /// Nothing more is to be found out.
        case done
    }

    /// What a round has shown.
    enum Result: Equatable {
        /// Nothing about the ports that stayed silent.
        case nothing
        /// The ports that stayed silent are not closed.
        case silentAreNotClosed
    }

    /// What is to be done next.
    private(set) var step: Step
    /// How many ports the next round asks.
    private(set) var size = 64
    /// How long the host takes to be allowed another error, in nanoseconds; an estimate.
    private(set) var interval: UInt64
    /// Whether the host was seen to have spent its errors.
    private(set) var hasMetLimit: Bool
    /// How many ports of this round were asked, and how many have spoken.
    private(set) var asked = 0
    private(set) var spoken = 0

    private let isTold: Bool
    private var roundStart: MonotonicTime
    private var lastSpent: MonotonicTime
    /// Errors seen since the host had spent them.
    private var errors: UInt64 = 0

    private static let shortest: UInt64 = 1_000_000
    private static let longest: UInt64 = 2_000_000_000
    private static let firstGuess: UInt64 = 100_000_000
    /// How many times a first control is sought.
    static let tries = 3

    /// A proof that begins at `now`; `told` is the host's own interval when it is known.
    init(hasControl: Bool, told: UInt64?, at now: MonotonicTime) {
        step = hasControl ? .resting(until: now) : .seeking(tries: Self.tries)
        isTold = told != nil
        interval = told ?? Self.firstGuess
        hasMetLimit = (told ?? 0) > 0
        roundStart = now
        lastSpent = now
    }

    /// Begins a round of at most `available` ports; ends the proof when there is none.
    mutating func beginRound(of available: Int, at now: MonotonicTime) {
        asked = min(size, available)
        spoken = 0
        roundStart = now
        step = asked > 0 ? .asking(left: asked) : .done
    }

    /// Notes that a port of the round was asked; `patience` is how long answers take, at most.
    mutating func noteAsked(at now: MonotonicTime, patience: UInt64) {
        guard case .asking(let left) = step else { return }
        step =
            left > 1
            ? .asking(left: left - 1)
            : .listening(until: now.advanced(byNanoseconds: patience))
    }

    /// Notes that a port spoke of being closed.
    mutating func noteSpoken() {
        spoken += 1
        errors += 1
    }

    /// Notes that a port of the round needed no question any more: it has spoken before.
    mutating func noteSpokenBefore() { spoken += 1 }

    /// When the next step is due; nil when the proof is over.
    func due(at now: MonotonicTime) -> MonotonicTime? {
        switch step {
        case .resting(let until), .listening(let until), .control(let until),
            .sought(let until, _):
            until
        case .asking, .controlDue, .seeking: now
        case .done: nil
        }
    }

    /// Ends the wait for the round's answers: asks the control when a port stayed silent.
    mutating func endListening(at now: MonotonicTime) {
        guard spoken < asked else {
            size = min(size * 2, 1 << 20)
            return rest(forErrors: UInt64(spoken), at: now)
        }
        step = .controlDue
    }

    /// Notes that the control was asked.
    mutating func noteControlAsked(at now: MonotonicTime, patience: UInt64) {
        switch step {
        case .controlDue: step = .control(until: now.advanced(byNanoseconds: patience))
        case .seeking(let tries):
            step = .sought(until: now.advanced(byNanoseconds: patience), tries: tries - 1)
        default: break
        }
    }

    /// Ends the round with what the control did, and says what that shows.
    mutating func endRound(controlAnswered: Bool, at now: MonotonicTime) -> Result {
        guard controlAnswered else {
            noteSpent(at: now)
            return .nothing
        }
        errors += 1
        size = min(size * 4, 1 << 20)
        rest(forErrors: UInt64(spoken) + 1, at: now)
        return .silentAreNotClosed
    }

    /// Ends a try to find a first control.
    mutating func endSeeking(found: Bool, at now: MonotonicTime) {
        guard case .sought(_, let tries) = step else { return }
        if found {
            step = .resting(until: now)
        } else {
            step = tries > 0 ? .seeking(tries: tries) : .done
        }
    }

    /// The host had no error left: learns how fast it gets new ones, and waits for the next.
    private mutating func noteSpent(at now: MonotonicTime) {
        let elapsed = now.nanoseconds(since: lastSpent)
        if !isTold {
            interval =
                hasMetLimit && errors > 0
                ? elapsed / errors : hasMetLimit ? interval * 2 : Self.firstGuess
            interval = min(max(interval, Self.shortest), Self.longest)
        }
        hasMetLimit = true
        lastSpent = now
        errors = 0
        size = max(1, min(spoken, size / 4))
        step = .resting(until: now.advanced(byNanoseconds: interval / (isTold ? 4 : 1)))
    }

    /// Waits until the host may have as many errors again as it has just spent.
    private mutating func rest(forErrors count: UInt64, at now: MonotonicTime) {
        guard hasMetLimit else {
            step = .resting(until: now)
            return
        }
        step = .resting(until: roundStart.advanced(byNanoseconds: interval * count))
    }
}
