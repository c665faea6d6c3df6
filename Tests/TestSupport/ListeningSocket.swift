import CLinux
import Glibc
public import Prober

/// A TCP socket that listens until its owner lets go, in any network namespace.
///
/// Nobody accepts: the kernel completes handshakes by itself up to the backlog.
public final class ListeningSocket: Sendable {
    /// The descriptor of the socket.
    public let descriptor: CInt
    /// The port it listens on.
    public let port: UInt16

    /// Listens on `address`, on `port` or one that the kernel chooses for 0.
    ///
    /// `namespace` is a path such as `/run/netns/lab-inside`; nil stays in this namespace.
    public init(
        _ address: IPAddress, port: UInt16 = 0, backlog: CInt = 128, namespace: String? = nil,
        isIPv6Only: Bool = false
    ) throws {
        var socket: CInt = -1
        var bound: UInt16 = 0
        try NamespaceThread.run(in: namespace) {
            (socket, bound) = try Self.listen(address, port, backlog, isIPv6Only)
        }
        descriptor = socket
        self.port = bound
    }

    deinit { close(descriptor) }

    private static func listen(
        _ address: IPAddress, _ port: UInt16, _ backlog: CInt, _ isIPv6Only: Bool
    ) throws -> (CInt, UInt16) {
        let domain = address.family == .ipv4 ? AF_INET : AF_INET6
        let type = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = try check("socket", socket(domain, type, 0))
        var one: CInt = 1
        let size = socklen_t(MemoryLayout<CInt>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size)
        if address.family == .ipv6 {
            var only: CInt = isIPv6Only ? 1 : 0
            _ = unsafe setsockopt(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &only, size)
        }
        var (storage, length) = TestAddress.kernelForm(address, port: port)
        try unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = try check("bind", unsafe bind(descriptor, $0, length))
                _ = try check("listen", Glibc.listen(descriptor, backlog))
                _ = try check("getsockname", unsafe getsockname(descriptor, $0, &length))
            }
        }
        return (descriptor, UInt16(bigEndian: storage.sin6_port))
    }

    private static func check(_ call: String, _ result: CInt) throws -> CInt {
        guard result >= 0 else { throw SocketProblem(call: call, number: errno) }
        return result
    }
}

/// A system call of a test's own sockets that failed.
public struct SocketProblem: Error {
    /// The call.
    public let call: String
    /// The value of errno.
    public let number: CInt
}

extension ListeningSocket {
    /// An established connection to a listener, which fills its accept queue.
    public final class Connection: Sendable {
        private let descriptor: CInt

        /// Connects to `port` at the IPv4 `address`, and waits until the connection stands.
        ///
        /// `namespace` is a path such as `/run/netns/lab-outside`; nil connects from this namespace.
        public init(to address: IPAddress, port: UInt16, namespace: String? = nil) throws {
            var connected: CInt = -1
            try NamespaceThread.run(in: namespace) {
                connected = try Self.connected(to: address, port: port)
            }
            descriptor = connected
        }

        private static func connected(to address: IPAddress, port: UInt16) throws -> CInt {
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var target = sockaddr_in()
            target.sin_family = sa_family_t(AF_INET)
            target.sin_port = port.bigEndian
            target.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.number).bigEndian
            let result = unsafe withUnsafePointer(to: &target) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else {
                let number = errno
                close(descriptor)
                throw SocketProblem(call: "connect", number: number)
            }
            return descriptor
        }

        deinit { close(descriptor) }
    }
}
