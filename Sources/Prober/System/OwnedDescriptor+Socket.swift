import CLinux
import Glibc

/// What sockets of every kind have in common (`socket(7)`).
extension OwnedDescriptor {
    /// Sets an option that is a whole number.
    func set(_ option: CInt, of level: CInt, to value: CInt) throws(SystemCallFailure) {
        _ = try valueOrErrno(.setsockopt) {
            var value = value
            return unsafe setsockopt(
                rawValue, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
        }
    }

    /// Makes packets leave from `source` and `port`; the kernel chooses a port for 0.
    func bind(to source: IPAddress, port: UInt16) throws(SystemCallFailure) {
        let address = SocketAddress(source, port: port)
        _ = try valueOrErrno(.bind) {
            unsafe address.withPointer { unsafe Glibc.bind(rawValue, $0, $1) }
        }
    }

    /// Makes packets leave through `interface` (SO_BINDTODEVICE).
    func bind(toInterface interface: String) throws(SystemCallFailure) {
        _ = try valueOrErrno(.setsockopt) {
            unsafe setsockopt(
                rawValue, SOL_SOCKET, SO_BINDTODEVICE, interface,
                socklen_t(interface.utf8.count))
        }
    }

    /// The address and port the socket has on this side.
    var localAddress: (address: IPAddress, port: UInt16)? {
        var local = SocketAddress()
        let result = unsafe local.withMutablePointer { unsafe getsockname(rawValue, $0, $1) }
        guard result == 0, let address = local.address else { return nil }
        return (address, local.port)
    }
}
