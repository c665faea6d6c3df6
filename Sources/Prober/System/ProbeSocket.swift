import CLinux
import Glibc
import SystemPackage

/// One non-blocking TCP socket that asks one endpoint once.
///
/// Owned by one worker thread. Closing sends a reset when the connection stood, so that neither
/// side keeps it in TIME_WAIT.
struct ProbeSocket: ~Copyable {
    private let descriptor: OwnedDescriptor

    /// The descriptor, for the epoll set that watches it.
    var rawDescriptor: CInt { descriptor.rawValue }

    /// Opens a socket whose ICMP errors reach its error queue (`ip(7)`, IP_RECVERR).
    ///
    /// IPv6 reports nothing without the option, and IPv4 only some; see `docs/evidence.md`.
    init(_ family: IPAddress.Family) throws(SystemCallFailure) {
        let domain = family == .ipv4 ? AF_INET : AF_INET6
        let type = CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = OwnedDescriptor(
            taking: try valueOrErrno(.socket) { Glibc.socket(domain, type, 0) })
        switch family {
        case .ipv4: try descriptor.set(IP_RECVERR, of: CInt(IPPROTO_IP), to: 1)
        case .ipv6: try descriptor.set(IPV6_RECVERR, of: CInt(IPPROTO_IPV6), to: 1)
        }
        self.descriptor = descriptor
    }

    /// Makes the probe leave from `source`.
    ///
    /// The port is chosen at connect and shared between targets (IP_BIND_ADDRESS_NO_PORT); a plain
    /// bind would take one of a few ten thousand ports for each socket.
    func bind(to source: IPAddress) throws(SystemCallFailure) {
        try descriptor.set(IP_BIND_ADDRESS_NO_PORT, of: CInt(IPPROTO_IP), to: 1)
        try descriptor.bind(to: source, port: 0)
    }

    /// Makes the probe leave from `source` and exactly `port`.
    func bind(to source: IPAddress, port: UInt16) throws(SystemCallFailure) {
        try descriptor.bind(to: source, port: port)
    }

    /// Makes the probe leave through `interface` (SO_BINDTODEVICE, `socket(7)`).
    func bind(toInterface interface: String) throws(SystemCallFailure) {
        try descriptor.bind(toInterface: interface)
    }

    /// Takes the source port from `ports`, within those the kernel chooses from anyway.
    ///
    /// False where the kernel cannot (IP_LOCAL_PORT_RANGE, `ip(7)`, Linux 6.3).
    func chooseSource(from ports: ClosedRange<UInt16>) -> Bool {
        var range = UInt32(ports.upperBound) << 16 | UInt32(ports.lowerBound)
        let result = unsafe setsockopt(
            descriptor.rawValue, CInt(IPPROTO_IP), prober_ip_local_port_range, &range,
            socklen_t(MemoryLayout<UInt32>.size))
        return result == 0
    }

    /// What `connect(2)` said at once.
    enum ConnectOutcome { case pending, connected, failed(Errno) }

    /// Sends the first SYN to `address` and `port`.
    func connect(to address: IPAddress, port: UInt16) -> ConnectOutcome {
        let target = SocketAddress(address, port: port)
        let result = unsafe target.withPointer {
            unsafe Glibc.connect(descriptor.rawValue, $0, $1)
        }
        if result == 0 { return .connected }
        let errno = Errno.current
        return errno == .nowInProgress || errno == .interrupted ? .pending : .failed(errno)
    }

    /// The socket's pending error, cleared by reading it; nil for none.
    func takeError() -> Errno? {
        var value: CInt = 0
        var length = socklen_t(MemoryLayout<CInt>.size)
        let result = unsafe getsockopt(
            descriptor.rawValue, SOL_SOCKET, SO_ERROR, &value, &length)
        guard result == 0 else { return Errno.current }
        return value == 0 ? nil : Errno(rawValue: value)
    }

    /// The address and port the socket has on this side.
    var localAddress: (address: IPAddress, port: UInt16)? { descriptor.localAddress }

    /// Makes the close send a reset (SO_LINGER of zero).
    func resetOnClose() {
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(
            descriptor.rawValue, SOL_SOCKET, SO_LINGER, &option,
            socklen_t(MemoryLayout<linger>.size))
    }
}
