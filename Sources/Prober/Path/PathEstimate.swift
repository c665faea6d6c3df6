/// What is known of the way to one host, from the answers that came back.
///
/// Shared by the workers, under a lock: see ``PathTable``. Times come in as arguments.
struct PathEstimate: Sendable {
    /// How long answers take.
    private(set) var roundTrip = RoundTripEstimate()
    /// How many packets get lost since the way was last found congested.
    private(set) var loss = LossEstimate()
    /// How many attempts may be under way.
    private(set) var window: CongestionWindow
    /// How many endpoints answered.
    private(set) var responsive = 0
    /// How many packets were lost in all.
    private(set) var lostInAll: UInt64 = 0
    /// How many endpoints were called silent after as many packets as the confidence asks.
    private(set) var silentCourses = 0
    /// How many endpoints were called silent at all.
    private(set) var silent = 0
    /// How many packets at least a silent endpoint was sent.
    private(set) var leastPackets = UInt16.max
    /// How often this machine found no neighbour to hand packets to, and what it said last.
    private var deadNeighbours = 0
    private(set) var neighbourReport: (error: ICMPError, reporter: IPAddress)?
    /// How often the way was found congested; what was lost before counts no more.
    private(set) var era: UInt8 = 0

    /// After how many full courses a host that answered nothing is taken for silent.
    private static let coursesToGiveUp = 2
    /// After how many failures to find the neighbour it is not asked for any more.
    private static let neighbourTries = 3

    /// The way to a host to which at most `ceiling` attempts may be under way.
    init(ceiling: UInt32) { window = CongestionWindow(ceiling: ceiling) }

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
        guard answer.countsForLoss else { return false }
        let lost = answer.era == era ? answer.lost : 0
        loss.add(answered: 1, lost: UInt64(lost))
        lostInAll += UInt64(lost)
        let isCongested = window.note(
            roundTrip: answer.roundTrip, lost: UInt32(lost), inFlight: answer.inFlight,
            smoothed: roundTrip.smoothed ?? 0, at: now)
        if isCongested {
            loss = LossEstimate()
            era &+= 1
        }
        return isCongested
    }

    /// Notes that an endpoint was called silent after `packets`, as many as were due if `isFull`.
    mutating func noteSilence(after packets: UInt16, isFull: Bool) {
        silent += 1
        if isFull { silentCourses += 1 }
        leastPackets = min(leastPackets, packets)
    }

    /// Notes that this machine found no neighbour to hand a packet to, in the words of its `error`.
    mutating func noteDeadNeighbour(_ error: ICMPError, from reporter: IPAddress) {
        deadNeighbours += 1
        neighbourReport = (error, reporter)
    }

    /// Whether `packets` to a silent endpoint are enough to be confident to `wanted` (0 to 1) that
    /// no endpoint of the host is missed.
    func isEnough(_ packets: UInt16, for wanted: Double) -> Bool {
        loss.confidence(responsive: responsive, packets: Int(packets)) >= wanted
    }

    /// How sure it is that none of the endpoints called silent answers; nil when nothing answered.
    var confidence: Double? {
        guard responsive > 0 else { return nil }
        guard silent > 0 else { return 1 }
        return loss.confidence(responsive: responsive, packets: Int(leastPackets))
    }

    /// Whether the host answered nothing to several full courses: it is asked once an endpoint.
    var isSilent: Bool { responsive == 0 && silentCourses >= Self.coursesToGiveUp }

    /// Whether packets cannot even be handed to the host: it is on this machine's own link, and the
    /// kernel finds nobody there.
    var isUnlinked: Bool { responsive == 0 && deadNeighbours >= Self.neighbourTries }
}
