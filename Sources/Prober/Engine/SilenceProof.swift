/// Finds out what the silence of one host's UDP ports is worth, at the host's own pace.
///
/// A host lets itself send only so many ICMP errors (Linux: one a second to each peer after six at
/// once; `icmp(7)`, icmp_ratelimit). So silent ports are asked in rounds: some ports, and when not
/// all of them have spoken, a control, a port known to be closed. What a port says proves that it is
/// closed. What it does not say proves something only when the host surely had errors left all the
/// time: it had rested before the round, nothing of the round cost it an error, and the control got
/// one. Then the silent ports of the round are not closed. If the control stays silent, the host
/// had spent its errors, and nothing is known.
///
/// Rounds grow while controls answer and shrink when they do not. So a host of silent ports needs
/// few rounds, and a host of closed ports is asked as fast as it can say so.
///
/// Pure: times are arguments, and the engine sends what ``step`` says.
struct SilenceProof {
    /// What is to be done next.
    enum Step: Equatable {
        /// Nothing before this time; then a round begins.
        case resting(until: MonotonicTime)
        /// The round's ports are being asked; so many are left.
        case asking(left: Int)
        /// The answers of the ports are awaited.
        ///
        /// The control must not overtake them on the way, or it would take their error.
        case settling(until: MonotonicTime)
        /// The control is to be asked.
        case controlDue
        /// The answer of the control is awaited.
        case listening(until: MonotonicTime)
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
    /// Whether every try to find a first control was made, and none answered.
    private(set) var hasSoughtInVain = false
    /// Whether anything was asked.
    private(set) var hasBegun = false
    /// How long the host takes to be allowed another error, in nanoseconds; an estimate.
    private(set) var interval: UInt64
    /// How many ports of this round are asked, and how many have spoken.
    private(set) var asked = 0
    private(set) var spoken = 0

    private let isTold: Bool
    /// Whether the host was seen to have spent its errors.
    private var hasMetLimit: Bool
    private var roundStart: MonotonicTime
    /// Whether the host surely had an error left when the round began.
    private var isRested = false
    /// When the host was last seen to use an error, or to have none.
    private var lastUse: MonotonicTime
    private var lastSpent: MonotonicTime
    /// Errors seen since the host had spent them.
    private var errors: UInt64 = 0

    private static let shortest: UInt64 = 1_000_000
    private static let longest: UInt64 = 2_000_000_000
    /// What is taken for the interval of a host that is not known: the default of Linux.
    private static let usual: UInt64 = 1_000_000_000
    private static let greatestSize = 1 << 20
    /// How many times a first control is sought.
    static let tries = 3

    /// A proof that begins at `now`, when the host was last asked before `lastUse`.
    ///
    /// `told` is the host's own interval in nanoseconds when it is known, zero for no limit.
    init(hasControl: Bool, told: UInt64?, lastUse: MonotonicTime, at now: MonotonicTime) {
        step = hasControl ? .resting(until: now) : .seeking(tries: Self.tries)
        isTold = told != nil
        interval = told ?? Self.usual
        hasMetLimit = (told ?? 0) > 0
        roundStart = now
        self.lastUse = lastUse
        lastSpent = now
    }

    /// Begins a round of at most `available` ports; ends the proof when there is none.
    mutating func beginRound(of available: Int, at now: MonotonicTime) {
        asked = min(size, available)
        spoken = 0
        roundStart = now
        isRested = now.nanoseconds(since: lastUse) >= recovery
        step = asked > 0 ? .asking(left: asked) : .done
    }

    /// Notes that a port of the round was asked; `patience` is how long answers take, at most.
    mutating func noteAsked(at now: MonotonicTime, patience: UInt64) {
        guard case .asking(let left) = step else { return }
        hasBegun = true
        step =
            left > 1
            ? .asking(left: left - 1)
            : .settling(until: now.advanced(byNanoseconds: patience))
    }

    /// Whether every port of the round has spoken.
    var hasEverySpoken: Bool { spoken >= asked }

    /// Ends the wait for the ports: the round is over when all have spoken, else the control is
    /// asked.
    mutating func endSettling(at now: MonotonicTime) {
        guard hasEverySpoken else {
            step = .controlDue
            return
        }
        guard asked > 0 else {
            step = .resting(until: now)
            return
        }
        lastUse = now
        size = min(size * 2, Self.greatestSize)
        noteHad()
        rest(forErrors: UInt64(spoken), at: now)
    }

    /// Notes that a port spoke of being closed.
    mutating func noteSpoken() {
        spoken += 1
        errors += 1
    }

    /// Notes that a port of the round needed no question any more: it has spoken before.
    mutating func noteSpokenBefore() { asked -= 1 }

    /// Notes that the control was asked; `patience` is how long answers take, at most.
    mutating func noteControlAsked(at now: MonotonicTime, patience: UInt64) {
        hasBegun = true
        switch step {
        case .controlDue: step = .listening(until: now.advanced(byNanoseconds: patience))
        case .seeking(let tries):
            step = .sought(until: now.advanced(byNanoseconds: patience), tries: tries - 1)
        default: break
        }
    }

    /// Ends a round in which some stayed silent with what the control did, and says what that shows.
    mutating func endRound(controlAnswered: Bool, at now: MonotonicTime) -> Result {
        lastUse = now
        if controlAnswered {
            errors += 1
            if spoken > 0 {
                noteHad()
                size = max(spoken, size / 2)
            }
        } else {
            noteSpent(at: now)
            // As many as spoke are what the host had errors for.
            size = spoken > 0 ? spoken : max(1, size / 2)
        }
        guard spoken == 0 else {
            rest(forErrors: UInt64(spoken) + (controlAnswered ? 1 : 0), at: now)
            return .nothing
        }
        step = .resting(until: now.advanced(byNanoseconds: recovery))
        guard controlAnswered, isRested else { return .nothing }
        size = min(size * 4, Self.greatestSize)
        return .silentAreNotClosed
    }

    /// Ends a try to find a first control.
    mutating func endSeeking(found: Bool, at now: MonotonicTime) {
        guard case .sought(_, let tries) = step else { return }
        lastUse = now
        if found {
            step = .resting(until: now.advanced(byNanoseconds: recovery))
        } else {
            hasSoughtInVain = tries == 0
            step = tries > 0 ? .seeking(tries: tries) : .done
        }
    }

    /// When the next step is due; nil when the proof is over.
    func due(at now: MonotonicTime) -> MonotonicTime? {
        switch step {
        case .resting(let until), .settling(let until), .listening(let until),
            .sought(let until, _):
            until
        case .asking, .controlDue, .seeking: now
        case .done: nil
        }
    }

    /// Rests until the host may have `count` errors again as it had when the round began.
    ///
    /// A measured interval holds pauses of ours too, in which the host may have had all the errors
    /// it can save; so a little less is tried, and being too early costs nothing but the question.
    private mutating func rest(forErrors count: UInt64, at now: MonotonicTime) {
        let wait = interval * max(count, 1)
        let end = roundStart.advanced(
            byNanoseconds: min(isTold ? wait : wait * 7 / 8, recovery))
        step = .resting(until: hasMetLimit ? end : now)
    }

    /// How long the host must rest to have an error left for sure, in nanoseconds.
    private var recovery: UInt64 {
        let least = isTold ? interval : max(interval, Self.usual)
        return least + least / 10
    }

    /// The host had an error for each that was due: it may be faster than is thought.
    private mutating func noteHad() {
        if !isTold { interval = max(interval / 2, Self.shortest) }
    }

    /// The host had no error left: learns how fast it gets new ones.
    private mutating func noteSpent(at now: MonotonicTime) {
        if !isTold, hasMetLimit {
            let measured =
                errors > 0 ? now.nanoseconds(since: lastSpent) / errors : interval * 3 / 2
            interval = min(max(measured, Self.shortest), Self.longest)
        }
        hasMetLimit = true
        lastSpent = now
        errors = 0
    }
}
