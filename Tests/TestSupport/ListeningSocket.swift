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
        let (descriptor, bound) = try BoundSocket.make(
            SOCK_STREAM, address, port, isIPv6Only: isIPv6Only)
        _ = try SocketProblem.check("listen", Glibc.listen(descriptor, backlog))
        return (descriptor, bound)
    }
}

/// A system call of a test's own sockets that failed.
public struct SocketProblem: Error {
    /// The call.
    public let call: String
    /// The value of errno.
    public let number: CInt

    static func check(_ call: String, _ result: CInt) throws -> CInt {
        guard result >= 0 else { throw SocketProblem(call: call, number: errno) }
        return result
    }
}

extension ListeningSocket {
    /// An established connection to a listener, which fills its accept queue.
    public final class Connection: Sendable {
        private let descriptor: CInt

        /// Connects to `port` at the IPv4 `address`, and waits until the connection stands.
        public init(to address: IPAddress, port: UInt16) throws {
            descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            var target = sockaddr_in()
            target.sin_family = sa_family_t(AF_INET)
            target.sin_port = port.bigEndian
            target.sin_addr.s_addr = UInt32(truncatingIfNeeded: address.number).bigEndian
            let result = unsafe withUnsafePointer(to: &target) { pointer in
                unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard result == 0 else { throw SocketProblem(call: "connect", number: errno) }
        }

        deinit { close(descriptor) }
    }
}
