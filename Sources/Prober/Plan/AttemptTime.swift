/// How long an attempt waits, as a person writes it: a whole number with its unit.
public enum AttemptTime {
    /// What can be written, for messages.
    public static let syntax = "1500ms or 2s: 1ms to 600s"

    /// The time written as `1500ms` or `2s`, or nil for anything else and beyond ten minutes.
    public static func duration(_ text: String) -> Duration? {
        guard text.hasSuffix("s") else { return nil }
        let isMilliseconds = text.hasSuffix("ms")
        let digits = text.dropLast(isMilliseconds ? 2 : 1)
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
            number > 0, number <= (isMilliseconds ? 600_000 : 600)
        else { return nil }
        return isMilliseconds ? .milliseconds(number) : .seconds(number)
    }
}
