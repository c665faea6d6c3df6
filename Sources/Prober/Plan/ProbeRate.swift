/// How fast probes may leave.
public enum ProbeRate: Hashable, Sendable {
    /// As fast as the kernel takes them.
    case unlimited
    /// Over TCP as fast as nothing on the way suffers from, from ``RateChoice/politeRate`` to
    /// ``RateChoice/automaticCeiling``; over UDP the former.
    case automatic
    /// At most so many packets a second, all workers together; at least 1.
    case perSecond(Int)
}

extension ProbeRate: CustomStringConvertible {
    /// `max`, `auto`, or the number.
    public var description: String {
        switch self {
        case .unlimited: "max"
        case .automatic: "auto"
        case .perSecond(let count): "\(count)"
        }
    }
}
