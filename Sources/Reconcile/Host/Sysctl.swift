/// A kernel setting (`sysctl(8)`) that says how a host treats what is sent to it.
public enum Sysctl: String, Hashable, Sendable, CaseIterable {
    /// Milliseconds between two limited ICMP errors to one peer; 0 for no limit of this kind.
    case icmpRateLimit = "net.ipv4.icmp_ratelimit"
    /// The ICMP types that are limited, a bit each.
    case icmpRateMask = "net.ipv4.icmp_ratemask"
    /// Limited messages a second to all peers together, ICMPv6 among them.
    case icmpMessagesPerSecond = "net.ipv4.icmp_msgs_per_sec"
    /// How many of them may leave at once.
    case icmpMessagesBurst = "net.ipv4.icmp_msgs_burst"
    /// Milliseconds between two limited ICMPv6 errors to one peer; 0 for no limit of this kind.
    case icmpv6RateLimit = "net.ipv6.icmp.ratelimit"
    /// The ICMPv6 types that are limited, a list of ranges.
    case icmpv6RateMask = "net.ipv6.icmp.ratemask"
    /// The first and the last port that the kernel chooses for clients.
    case ephemeralPorts = "net.ipv4.ip_local_port_range"
    /// Whether packets from outside may have a loopback address as their destination.
    case routesLoopback = "net.ipv4.conf.all.route_localnet"
    /// Whether a source address must be reachable through the interface it comes in by.
    case reversePathFilter = "net.ipv4.conf.all.rp_filter"
}
