import CLinux
import Glibc
import Prober

/// Makes sockets that are bound to an address.
enum BoundSocket {
    /// A socket of `type` on `address`, which takes IPv4 too when it is `::`.
    ///
    /// It has `port`, or one that the kernel chooses for 0.
    static func make(
        _ type: __socket_type, _ address: IPAddress, _ port: UInt16
    ) throws -> (descriptor: CInt, port: UInt16) {
        let domain = address.family == .ipv4 ? AF_INET : AF_INET6
        let kind = CInt(type.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = try check("socket", socket(domain, kind, 0))
        if address.family == .ipv6 {
            var only: CInt = 0
            let size = socklen_t(MemoryLayout<CInt>.size)
            _ = unsafe setsockopt(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, &only, size)
        }
        var storage = sockaddr_in6()
        var length: socklen_t
        switch address {
        case .v4(let bits):
            var ipv4 = sockaddr_in()
            ipv4.sin_family = sa_family_t(AF_INET)
            ipv4.sin_port = port.bigEndian
            ipv4.sin_addr.s_addr = bits.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in>.size)
            unsafe withUnsafeMutableBytes(of: &storage) { room in
                unsafe withUnsafeBytes(of: ipv4) { unsafe room.copyMemory(from: $0) }
            }
        case .v6:
            storage.sin6_family = sa_family_t(AF_INET6)
            storage.sin6_port = port.bigEndian
            length = socklen_t(MemoryLayout<sockaddr_in6>.size)
            unsafe withUnsafeMutableBytes(of: &storage.sin6_addr) {
                unsafe $0.storeBytes(of: address.number.bigEndian, as: UInt128.self)
            }
        }
        try unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = try check("bind", unsafe bind(descriptor, $0, length))
                _ = try check(
                    "getsockname", unsafe getsockname(descriptor, $0, &length))
            }
        }
        return (descriptor, UInt16(bigEndian: storage.sin6_port))
    }

    private static func check(_ call: String, _ result: CInt) throws -> CInt {
        guard result >= 0 else { throw SocketProblem(call: call, number: errno) }
        return result
    }
}
