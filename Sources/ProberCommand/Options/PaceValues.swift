import ArgumentParser
import Prober

/// `--rate` as it is written.
enum RateChoice: Hashable, ExpressibleByArgument {
    case auto, max
    case perSecond(Int)

    init?(argument: String) {
        switch argument {
        case "auto": self = .auto
        case "max": self = .max
        default:
            guard let count = Int(argument), count >= 1 else { return nil }
            self = .perSecond(count)
        }
    }
}

/// A length of time as it is written: `1500ms`, `2s`, `1.5s`.
struct TimeSpan: ExpressibleByArgument {
    var duration: Duration

    init?(argument: String) {
        let unit: Double
        let number: Substring
        if argument.hasSuffix("ms") {
            (unit, number) = (0.001, argument.dropLast(2))
        } else if argument.hasSuffix("s") {
            (unit, number) = (1, argument.dropLast())
        } else {
            return nil
        }
        guard let value = Double(number), value > 0, value * unit <= 3600 else { return nil }
        duration = .seconds(value * unit)
    }

    static func milliseconds(_ count: Int) -> TimeSpan { TimeSpan(.milliseconds(count)) }

    private init(_ duration: Duration) { self.duration = duration }
}
