/// What is known of the way to one host, from the answers that came back.
///
/// Shared by the workers, under a lock: see ``PathTable``. Times come in as arguments.
struct PathEstimate: Sendable {
    /// How long answers take.
    private(set) var roundTrip = RoundTripEstimate()
    /// How many packets get lost in the present era.
    private(set) var loss = LossEstimate()
    /// How many attempts may be under way.
    private(set) var window: CongestionWindow
    /// How often the window was narrowed: each time an era begins, and what was sent before says
    /// nothing about the loss in it.
    private(set) var era: UInt8 = 0
    /// How many endpoints there are.
    private let endpoints: Int
    /// How many endpoints answered, and how many did not answer their first attempt.
    private(set) var responsive = 0
    private var silentAtFirst = 0
    /// How many packets were lost in all.
    private(set) var lostInAll: UInt64 = 0
    /// How many endpoints were called silent after as many packets as the confidence asks.
    private var silentCourses = 0
    /// How many endpoints were called silent, or could not even be asked.
    private(set) var silent = 0
    /// How many packets of the present era at least an endpoint was sent that was called silent in
    /// it; nil when none was.
    private var leastPackets: UInt16?
    /// How sure the eras before leave us, 0 to 1.
    private var confidenceBefore = 1.0
    /// How many endpoints were asked on while nothing had answered.
    private var scouts = 0
    /// How often this machine found no neighbour to hand packets to, when last, and its words.
    private var deadNeighbours = 0
    private var lastDead = MonotonicTime(nanoseconds: 0)
    private(set) var neighbourReport: (error: ICMPError, reporter: IPAddress)?

    /// How many endpoints find out whether a host that has not answered does so at all.
    private static let scoutCount = 4
    /// After how many full courses a host that answered nothing is taken for silent.
    private static let coursesToGiveUp = 2
    /// After how many failures to find the neighbour it is not asked for any more, and how far they
    /// must lie apart, in nanoseconds: one failure is told to every packet that waited.
    private static let neighbourTries = 2
    private static let neighbourGap: UInt64 = 1_000_000_000

    /// The way to a host with `endpoints`, to which at most `ceiling` attempts may be under way; or
    /// to several hosts, if it `isShared`.
    init(ceiling: UInt32, endpoints: Int, isShared: Bool = false) {
        window = CongestionWindow(ceiling: ceiling, judgesQueues: !isShared)
        self.endpoints = endpoints
    }

    /// What one endpoint's answer says about the way.
    struct Answer {
        /// From the packet to its answer, in nanoseconds; nil when it may have been another packet.
        var roundTrip: UInt64?
        /// How many packets to the endpoint went unanswered in `era`.
        var lost: UInt16
        /// The era that the endpoint was last asked in.
        var era: UInt8
        /// Whether the answer is one that is not rationed, so that its absence means loss.
        var countsForLoss = true
        /// How many attempts are under way to the host.
        var inFlight: UInt32
    }

    /// Notes that an endpoint answered; true when the way was found congested.
    mutating func note(_ answer: Answer, at now: MonotonicTime) -> Bool {
        responsive += 1
        if let time = answer.roundTrip { roundTrip.add(time) }
        // An answer to what was sent before says nothing about the present era.
        guard answer.countsForLoss, answer.era == era else { return false }
        loss.add(answered: 1, lost: UInt64(answer.lost))
        lostInAll += UInt64(answer.lost)
        let sample = CongestionWindow.Sample(
            roundTrip: answer.roundTrip, smoothed: roundTrip.smoothed ?? 0,
            inFlight: answer.inFlight, loss: loss)
        switch window.note(sample, at: now) {
        case .goOn: return false
        case .countAnew:
            beginEra()
            return false
        case .congested:
            beginEra()
            return true
        }
    }

    private mutating func beginEra() {
        confidenceBefore = joined
        leastPackets = nil
        loss = LossEstimate()
        era &+= 1
    }

    /// Notes that an endpoint did not answer its first attempt.
    mutating func noteFirstSilence() { silentAtFirst += 1 }

    /// Notes that an endpoint was called silent after `packets` in the present era, as many as were
    /// due if `isFull`.
    mutating func noteSilence(after packets: UInt16, isFull: Bool) {
        silent += 1
        if isFull { silentCourses += 1 }
        leastPackets = min(leastPackets ?? packets, packets)
    }

    /// Notes that this machine found no neighbour to hand a packet to, in the words of its `error`.
    mutating func noteDeadNeighbour(
        _ error: ICMPError, from reporter: IPAddress, at now: MonotonicTime
    ) {
        noteUnasked()
        neighbourReport = (error, reporter)
        guard deadNeighbours == 0 || now.nanoseconds(since: lastDead) >= Self.neighbourGap else {
            return
        }
        deadNeighbours += 1
        lastDead = now
    }

    /// Notes that an endpoint got no packet, because none can be handed to the host.
    mutating func noteUnasked() {
        silent += 1
        leastPackets = 0
    }

    /// Whether `packets` of the present era to a silent endpoint are enough to be confident to
    /// `wanted` (0 to 1) that no endpoint of the host is missed.
    func isEnough(_ packets: UInt16, for wanted: Double) -> Bool {
        loss.confidence(responsive: expectedResponsive, packets: Int(packets)) >= wanted
    }

    /// How many endpoints will have answered in the end, if the rest is like what was seen so far.
    private var expectedResponsive: Int {
        guard responsive > 0 else { return 0 }
        let share = Double(responsive) / Double(responsive + silentAtFirst)
        return max(responsive, Int(share * Double(endpoints)))
    }

    /// How sure it is that none of the endpoints called silent answers; nil when nothing answered.
    var confidence: Double? {
        responsive == 0 ? nil : joined
    }

    /// The confidence of all eras: what may have been missed adds up.
    private var joined: Double { max(0, confidenceBefore + confidenceOfEra - 1) }

    private var confidenceOfEra: Double {
        guard let leastPackets else { return 1 }
        return loss.confidence(responsive: responsive, packets: Int(leastPackets))
    }

    /// Whether the host answered nothing to several full courses: it is asked twice an endpoint.
    var isSilent: Bool { responsive == 0 && silentCourses >= Self.coursesToGiveUp }

    /// Whether an endpoint that was silent once is asked on at once: when the host answers, or to find
    /// out whether it does.
    mutating func isAskedOn() -> Bool {
        guard responsive == 0 else { return true }
        guard scouts < Self.scoutCount else { return false }
        scouts += 1
        return true
    }

    /// Whether it is known that the host answers, or that it does not.
    var isDecided: Bool { responsive > 0 || isSilent }

    /// Whether packets cannot even be handed to the host: it is on this machine's own link, and the
    /// kernel finds nobody there.
    var isUnlinked: Bool { responsive == 0 && deadNeighbours >= Self.neighbourTries }
}
