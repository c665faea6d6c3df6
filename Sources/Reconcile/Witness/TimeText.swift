import FoundationEssentials

/// Times of day in files: RFC 3339 text in UTC, to the millisecond.
public enum TimeText {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let wholeSeconds = Date.ISO8601FormatStyle()

    /// The text of `milliseconds` since 1970.
    public static func text(_ milliseconds: Int64) -> String {
        // A quarter more, since what is just below a millisecond is cut off, not rounded.
        Date(timeIntervalSince1970: (Double(milliseconds) + 0.25) / 1000).formatted(style)
    }

    /// The milliseconds since 1970 that `text` means; nil for what is no time.
    public static func milliseconds(_ text: String) -> Int64? {
        guard let date = (try? style.parse(text)) ?? (try? wholeSeconds.parse(text)) else {
            return nil
        }
        return Int64(exactly: (date.timeIntervalSince1970 * 1000).rounded())
    }
}
