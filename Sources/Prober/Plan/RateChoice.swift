/// How fast probes are to leave, as a person says it.
public enum RateChoice: Hashable, Sendable {
    /// As fast as nothing suffers from: without a limit to this machine itself, else from
    /// ``politeRate`` up to ``automaticCeiling`` while answers show that all is well.
    case automatic
    /// As fast as this machine can.
    case unlimited
    /// At most so many probes a second, at least 1.
    case perSecond(Int)

    /// Probes a second that a scan of other machines starts with when nothing else is said: slow
    /// enough for the state tables of small routers, fast enough for all ports in 13 seconds.
    public static let politeRate = 5000
    /// Probes a second to other machines that are not exceeded when nothing else is said.
    public static let automaticCeiling = 100_000
    /// The greatest rate that can be asked for.
    public static let greatest = 10_000_000

    /// The choice written as `auto`, `max` or a number, or nil for anything else.
    public init?(_ text: String) {
        switch text {
        case "auto": self = .automatic
        case "max": self = .unlimited
        default:
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(text),
                (1...Self.greatest).contains(count)
            else { return nil }
            self = .perSecond(count)
        }
    }

    /// The rate for a plan; `isOwnMachine` says whether every target is this machine.
    public func rate(isOwnMachine: Bool) -> ProbeRate {
        switch self {
        case .automatic: isOwnMachine ? .unlimited : .automatic
        case .unlimited: .unlimited
        case .perSecond(let count): .perSecond(count)
        }
    }
}
