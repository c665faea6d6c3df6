import Prober

/// How often a Linux host lets itself say to one peer that a UDP port is closed.
///
/// Measured on Linux 6.18: each peer has six errors at once and then one for each interval. The
/// limit for all peers together holds for IPv6 too, and holds where the limit for one peer is off;
/// a type that is not in the mask has neither. Packets that stay on the machine, to loopback or to
/// an address of its own, have no limit at all.
struct ErrorInterval {
    private let ipv4: Duration?
    private let ipv6: Duration?

    /// The interval toward a peer that asks over `family`; zero for none, nil when not known.
    subscript(family: IPAddress.Family) -> Duration? {
        switch family {
        case .ipv4: ipv4
        case .ipv6: ipv6
        }
    }

    /// What `sysctls` come to.
    ///
    /// Kernels with 1000 as the default of `net.ipv6.icmp.ratelimit` divide it by up to 16, the
    /// more the shorter the prefix of the route to the peer. Those that do not have 100; so what is
    /// above 100 says too little about IPv6.
    init(_ sysctls: [Sysctl: String]) {
        func number(_ sysctl: Sysctl) -> UInt32? { sysctls[sysctl].flatMap { UInt32($0) } }
        func interval(_ milliseconds: UInt32) -> Duration? {
            guard let perSecond = number(.icmpMessagesPerSecond) else {
                return .milliseconds(milliseconds)
            }
            guard perSecond > 0 else { return nil }
            return max(.milliseconds(milliseconds), .nanoseconds(1_000_000_000 / perSecond))
        }
        let unreachableBit: UInt32 = 1 << 3
        let isLimited = number(.icmpRateMask).map { $0 & unreachableBit != 0 } ?? true
        ipv4 = isLimited ? number(.icmpRateLimit).flatMap(interval) : .zero
        let isLimitedIPv6 = sysctls[.icmpv6RateMask].flatMap { $0.hasNumber(1) } ?? true
        ipv6 =
            isLimitedIPv6
            ? number(.icmpv6RateLimit).flatMap { $0 <= 100 ? interval($0) : nil } : .zero
    }
}

extension String {
    /// Whether `number` is in this list of numbers and ranges, `0-1,3-127`; nil when it is no list.
    fileprivate func hasNumber(_ number: UInt32) -> Bool? {
        var isFound = false
        for part in split(separator: ",") {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false)
                .map { UInt32($0) }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil else {
                return nil
            }
            isFound = isFound || first <= number && number <= last
        }
        return isFound
    }
}
