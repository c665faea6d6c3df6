import Prober

/// The time of a scan as a witness has it on its own clock.
struct WitnessTime {
    /// How far two clocks that are kept may be apart, in milliseconds.
    static let tolerance: Int64 = 2000
    /// How long a packet may be under way, and an answer may take, in milliseconds.
    static let delay: Int64 = 1000

    private let scan: ClosedRange<Int64>
    /// Whether both have their times of one clock.
    let isSameClock: Bool

    /// The time of `survey`; nil when its file does not tell, or tells of no time.
    init?(of survey: Survey, for witness: Witness) {
        guard let traces = survey.traces, let started = TimeText.milliseconds(survey.started),
            let ended = traces.ended.flatMap(TimeText.milliseconds), started <= ended
        else { return nil }
        // The file has whole milliseconds, cut off.
        let (last, isOver) = ended.addingReportingOverflow(1)
        guard !isOver else { return nil }
        scan = started...last
        isSameClock = traces.boot != nil && traces.boot == witness.boot
    }

    /// How a time lies to that of the scan.
    enum Relation {
        case inside, outside, unclear
    }

    /// How the time from `first` to `last` lies to that of the scan.
    func relation(_ first: Int64, _ last: Int64) -> Relation {
        let margin = isSameClock ? 0 : Self.tolerance
        let low = scan.lowerBound.subtractingCapped(margin)
        let high = scan.upperBound.addingCapped(margin)
        if low <= first, last <= high { return .inside }
        return last < low || first > high ? .outside : .unclear
    }

    /// Whether a witness from `started` to `ended` ran during the whole scan, whose probes it saw from
    /// the first to the last of `seen` (nil for none).
    ///
    /// Two clocks are not compared: what was seen lies within the scan, whenever that was. So the whole
    /// of it is covered when the witness began as long before the last probe that it saw as the scan
    /// took, and ended as long after the first, with room for clocks that are set meanwhile.
    func isCovered(from started: Int64, to ended: Int64, seen: ClosedRange<Int64>?) -> Bool {
        if isSameClock { return started <= scan.lowerBound && ended >= scan.upperBound }
        guard let seen else { return false }
        let length = scan.upperBound.subtractingCapped(scan.lowerBound)
            .addingCapped(Self.delay + 2 * Self.tolerance)
        return seen.upperBound.subtractingCapped(started) >= length
            && ended.subtractingCapped(seen.lowerBound) >= length
    }
}

extension Int64 {
    /// The sum, or the greatest or least number where that is too far.
    func addingCapped(_ other: Int64) -> Int64 {
        let (sum, isOver) = addingReportingOverflow(other)
        return isOver ? (other > 0 ? .max : .min) : sum
    }

    /// The difference, or the greatest or least number where that is too far.
    func subtractingCapped(_ other: Int64) -> Int64 {
        let (difference, isOver) = subtractingReportingOverflow(other)
        return isOver ? (other > 0 ? .min : .max) : difference
    }
}
