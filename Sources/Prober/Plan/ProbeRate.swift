/// How fast probes may leave.
public enum ProbeRate: Hashable, Sendable {
    /// As fast as the kernel takes them.
    case unlimited
    /// At most so many packets a second, all workers together; at least 1.
    case perSecond(Int)
}

extension ProbeRate: CustomStringConvertible {
    /// `max`, or the number.
    public var description: String {
        switch self {
        case .unlimited: "max"
        case .perSecond(let count): "\(count)"
        }
    }
}
