import CLinux
import Glibc
package import SystemPackage

/// Whether a port is held by any socket of this thread's network namespace, by trying to bind it.
///
/// Whoever hides a socket from the kernel's lists does not hide it from `bind(2)`. The test binds the
/// wildcard, never listens, and closes at once:
///
/// * Over TCP it sets SO_REUSEADDR, so that sockets in TIME_WAIT, and bound ones that set it too,
///   stand in nobody's way, nor does the test in that of a service that starts meanwhile; a listening
///   socket refuses even so.
/// * Over UDP it does not, because two sockets that both set it would share the port, and the test
///   would take datagrams that are for the other.
/// * Over IPv6 it sets V6ONLY, so that the families are told apart.
package struct BindTest: ~Copyable {
    /// What the kernel said to a bind.
    package enum Answer: Hashable {
        /// Nobody holds the port.
        case free
        /// Some socket holds the port on some address.
        case held
        /// The kernel or a policy refuses this port, as it does to those who lack a privilege.
        case refused(Errno)
        /// There are no sockets of this kind.
        case unsupported(Errno)
    }

    private let transport: Transport
    private let family: IPAddress.Family
    /// A socket that is bound to nothing, kept for the next port.
    private var socket: OwnedDescriptor?

    /// A test of ports of `transport` over `family`.
    package init(_ transport: Transport, _ family: IPAddress.Family) {
        self.transport = transport
        self.family = family
        socket = nil
    }

    /// Tries `port`.
    package mutating func answer(for port: UInt16) -> Answer {
        let owner: OwnedDescriptor
        do throws(SystemCallFailure) {
            if let kept = socket.take() { owner = kept } else { owner = try makeSocket() }
        } catch {
            return .unsupported(error.errno)
        }
        do throws(SystemCallFailure) {
            try owner.bind(to: IPAddress(family, number: 0), port: port)
            return .free
        } catch {
            // A bind that failed leaves the socket as it was.
            socket = consume owner
            switch error.errno {
            case .addressInUse: return .held
            case .addressNotAvailable: return .unsupported(error.errno)
            default: return .refused(error.errno)
            }
        }
    }

    /// Calls `body` with the port of a TCP socket on loopback that is bound and does not listen.
    ///
    /// Whether a list has that port tells whether such sockets are listed at all.
    package static func withBoundSocket<Value>(
        _ body: (UInt16) -> Value
    ) throws(SystemCallFailure) -> Value {
        let owner = try BindTest(.tcp, .ipv4).makeSocket()
        try owner.bind(to: .v4(0x7f00_0001), port: 0)
        return body(owner.localAddress?.port ?? 0)
    }

    private func makeSocket() throws(SystemCallFailure) -> OwnedDescriptor {
        let type = CInt(transport == .tcp ? SOCK_STREAM.rawValue : SOCK_DGRAM.rawValue)
        let owner = OwnedDescriptor(
            taking: try valueOrErrno(.socket) {
                Glibc.socket(
                    family == .ipv4 ? AF_INET : AF_INET6, type | CInt(SOCK_CLOEXEC.rawValue), 0)
            })
        if family == .ipv6 { try owner.set(IPV6_V6ONLY, of: CInt(IPPROTO_IPV6), to: 1) }
        if transport == .tcp { try owner.set(SO_REUSEADDR, of: SOL_SOCKET, to: 1) }
        return owner
    }
}
