import Prober

/// One line on a terminal that says how far a scan is.
///
/// Writes nothing elsewhere.
struct Progress {
    private let isShown: Bool
    private let total: UInt128
    private var lastDrawn: Duration?
    /// Endpoints done and when, to tell the present rate from the past.
    private var mark: (done: UInt128, elapsed: Duration) = (0, .zero)
    private var rate = 0.0

    /// How long a line stays before it is drawn again.
    private static let interval = Duration.milliseconds(200)
    private static let barWidth = 24

    /// Progress toward `total` endpoints, of which `done` are behind; silent unless `isShown`.
    init(of total: UInt128, done: UInt128 = 0, isShown: Bool) {
        self.isShown = isShown
        self.total = total
        mark.done = done
    }

    /// Draws the line anew, unless it was drawn just now.
    mutating func update(_ tally: ScanTally, elapsed: Duration) {
        guard isShown, elapsed - (lastDrawn ?? .zero) >= Self.interval else { return }
        let span = (elapsed - mark.elapsed).seconds
        if span >= 1 || rate == 0 {
            rate = Double(tally.observed - mark.done) / max(span, 0.001)
            mark = (tally.observed, elapsed)
        }
        lastDrawn = elapsed
        Console.progress("\r" + Self.line(tally, of: total, rate) + "\u{1b}[K")
    }

    /// Takes the line away.
    func clear() {
        if lastDrawn != nil { Console.progress("\r\u{1b}[K") }
    }

    /// The line's text: bar, share, rate, what was found, time left.
    static func line(
        _ tally: ScanTally, of total: UInt128, _ rate: Double
    ) -> String {
        let share = total == 0 ? 1 : Double(tally.observed) / Double(total)
        let filled = Int(share * Double(barWidth))
        let bar =
            String(repeating: "█", count: filled)
            + String(repeating: "░", count: barWidth - filled)
        let left = timeText(Double(total - tally.observed) / max(rate, 0.001))
        let percent = Int((share * 100).rounded(.down))
        return "\(bar) \(percent) %  \(Int(rate))/s  \(tally[.open]) open  \(left) left"
    }

    private static func timeText(_ seconds: Double) -> String {
        guard seconds < 360_000 else { return "over 100 h" }
        let whole = Int(seconds.rounded(.up))
        if whole < 100 { return "\(whole) s" }
        if whole < 6000 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
