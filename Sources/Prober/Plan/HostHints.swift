/// What a host's own report says that helps to ask it over UDP.
public struct HostHints: Hashable, Sendable {
    /// Ports that no socket of the host is bound to.
    public var closed: PortSet
    /// Ports that a socket of the host is bound to.
    public var bound: PortSet
    /// How often the host lets itself say that a port is closed, to one peer; nil when not known.
    ///
    /// Zero for a host without a limit (`icmp(7)`, icmp_ratelimit).
    public var errorInterval: Duration?

    /// Hints of the given parts.
    public init(
        closed: PortSet = PortSet(), bound: PortSet = PortSet(), errorInterval: Duration? = nil
    ) {
        self.closed = closed
        self.bound = bound
        self.errorInterval = errorInterval
    }
}
