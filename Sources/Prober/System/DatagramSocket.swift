import CLinux
import Glibc
import SystemPackage

/// One non-blocking UDP socket, never connected, that asks any number of endpoints.
///
/// Owned by one worker thread. It is never connected because some services answer from another
/// port than the one asked (TFTP, RFC 1350, 4), and a connected socket would not hear them.
struct DatagramSocket: ~Copyable {
    private let descriptor: OwnedDescriptor
    /// The family of the endpoints it can ask.
    let family: IPAddress.Family

    /// Room for answers that come while the worker is busy, in bytes: some thousand small datagrams.
    private static let bufferSize: CInt = 8 << 20

    /// Opens a socket that gets the ICMP errors about its datagrams (`ip(7)`, IP_RECVERR).
    ///
    /// An IPv6 socket takes no IPv4, so that two sockets may have the same port.
    init(_ family: IPAddress.Family) throws(SystemCallFailure) {
        let domain = family == .ipv4 ? AF_INET : AF_INET6
        let type = CInt(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = OwnedDescriptor(
            taking: try valueOrErrno(.socket) { Glibc.socket(domain, type, 0) })
        switch family {
        case .ipv4: try descriptor.set(IP_RECVERR, of: CInt(IPPROTO_IP), to: 1)
        case .ipv6:
            try descriptor.set(IPV6_RECVERR, of: CInt(IPPROTO_IPV6), to: 1)
            try descriptor.set(IPV6_V6ONLY, of: CInt(IPPROTO_IPV6), to: 1)
        }
        // Without the privilege to force them, the buffers get what net.core.rmem_max allows.
        for (forced, asked) in [(SO_RCVBUFFORCE, SO_RCVBUF), (SO_SNDBUFFORCE, SO_SNDBUF)] {
            do throws(SystemCallFailure) {
                try descriptor.set(forced, of: SOL_SOCKET, to: Self.bufferSize)
            } catch {
                try descriptor.set(asked, of: SOL_SOCKET, to: Self.bufferSize)
            }
        }
        self.descriptor = descriptor
        self.family = family
    }

    /// The descriptor, for whoever waits for it.
    var rawDescriptor: CInt { descriptor.rawValue }

    /// Makes datagrams leave from `source` and `port`; the kernel chooses a port for 0.
    func bind(to source: IPAddress, port: UInt16) throws(SystemCallFailure) {
        try descriptor.bind(to: source, port: port)
    }

    /// Makes datagrams leave through `interface` (SO_BINDTODEVICE, `socket(7)`).
    func bind(toInterface interface: String) throws(SystemCallFailure) {
        try descriptor.bind(toInterface: interface)
    }

    /// The port datagrams leave from; nil before the socket is bound.
    var localPort: UInt16? { descriptor.localAddress?.port }

    /// How many datagrams the kernel dropped because nobody took them in time (SO_MEMINFO).
    var dropCount: UInt32 {
        var facts = InlineArray<16, UInt32>(repeating: 0)
        var length = socklen_t(MemoryLayout<InlineArray<16, UInt32>>.size)
        let result = unsafe getsockopt(
            descriptor.rawValue, SOL_SOCKET, SO_MEMINFO, &facts, &length)
        let index = Int(SK_MEMINFO_DROPS)
        return result == 0 && Int(length) > index * 4 ? facts[index] : 0
    }
}
