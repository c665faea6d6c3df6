import CLinux
import Glibc

/// Which address this machine would use as the source of a packet.
package enum SourceAddress {
    /// The source the kernel chooses toward `target`, or nil when there is no route.
    ///
    /// A UDP socket is connected, which looks up the route and sends nothing (`udp(7)`).
    package static func toward(_ target: IPAddress) -> IPAddress? {
        let domain = target.family == .ipv4 ? AF_INET : AF_INET6
        let type = CInt(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard
            let descriptor = try? OwnedDescriptor(
                taking: valueOrErrno(.socket) { socket(domain, type, 0) })
        else { return nil }
        let address = SocketAddress(target, port: 9)
        let connected = unsafe address.withPointer {
            unsafe connect(descriptor.rawValue, $0, $1)
        }
        guard connected == 0 else { return nil }
        var local = SocketAddress()
        let named = unsafe local.withMutablePointer {
            unsafe getsockname(descriptor.rawValue, $0, $1)
        }
        return named == 0 ? local.address : nil
    }
}
