import Prober

/// How long to go on trying, and how long to rest in between.
///
/// The rests double from a quarter of a second up to five, and the last one ends at the deadline.
struct Patience {
    /// When to give up.
    let deadline: MonotonicTime
    private var rest = Duration.milliseconds(250)

    init(until deadline: MonotonicTime) { self.deadline = deadline }

    /// How long to rest after an attempt that ended at `now`; nil when the time is over.
    mutating func rest(at now: MonotonicTime) -> Duration? {
        guard now < deadline else { return nil }
        defer { rest = min(rest * 2, .seconds(5)) }
        return min(rest, deadline.duration(since: now))
    }

    /// The time that `text` is, as in `1500ms`, `60s`, `5m` or `24h`; nil for anything else and for
    /// more than a day.
    static func duration(_ text: String) -> Duration? {
        let units: [(String, Duration)] = [
            ("ms", .milliseconds(1)), ("s", .seconds(1)), ("m", .seconds(60)),
            ("h", .seconds(3600)),
        ]
        for (suffix, unit) in units where text.hasSuffix(suffix) {
            let digits = text.dropLast(suffix.count)
            guard (1...9).contains(digits.utf8.count),
                digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits)
            else { return nil }
            let time = unit * number
            return time > .zero && time <= .seconds(86_400) ? time : nil
        }
        return nil
    }
}

extension MonotonicTime {
    /// The point `duration` later.
    func advanced(by duration: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = duration.components
        return advanced(
            byNanoseconds: UInt64(clamping: seconds) &* 1_000_000_000
                &+ UInt64(clamping: attoseconds / 1_000_000_000))
    }
}
