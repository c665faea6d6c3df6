/// A day of the Gregorian calendar, in UTC.
public struct CalendarDay: Hashable, Sendable {
    /// The year, 1 to 9999.
    public let year: Int
    /// The month, 1 to 12.
    public let month: Int
    /// The day of the month, from 1.
    public let day: Int

    /// The day that `text` names as `2027-01-31`; nil for what is no day.
    public init?(_ text: String) {
        let digits = text.utf8.map { Int($0) - 0x30 }
        let separator = Int(UInt8(ascii: "-")) - 0x30
        guard digits.count == 10, digits[4] == separator, digits[7] == separator else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            range.reduce(0 as Int?) { sum, index in
                guard let sum, (0...9).contains(digits[index]) else { return nil }
                return sum * 10 + digits[index]
            }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            year >= 1, (1...12).contains(month),
            (1...Self.length(ofMonth: month, in: year)).contains(day)
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// The day in UTC that is `seconds` after the beginning of 1970, which may be negative.
    ///
    /// Beyond the years 1 to 9999 it is the nearest day within.
    public init(secondsSince1970 seconds: Int64) {
        let lowest: Int64 = -62_135_596_800
        let highest: Int64 = 253_402_300_799
        let bounded = min(max(seconds, lowest), highest)
        // Days since 1 March of the year 0, in eras of 400 years: a leap day ends its year then.
        let days = Int((bounded - lowest) / 86_400) + 306
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        self.init(
            year: era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    private init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    private static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CalendarDay: Comparable {
    /// The earlier day first.
    public static func < (left: CalendarDay, right: CalendarDay) -> Bool {
        (left.year, left.month, left.day) < (right.year, right.month, right.day)
    }
}

extension CalendarDay: CustomStringConvertible {
    /// `2027-01-31`.
    public var description: String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }
}
