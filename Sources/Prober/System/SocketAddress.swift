import CLinux
import Glibc

/// A kernel socket address of either family, big enough for both.
struct SocketAddress {
    private var storage = sockaddr_in6()
    private(set) var byteCount: socklen_t

    /// The kernel's form of `address` and `port`.
    init(_ address: IPAddress, port: UInt16) {
        switch address {
        case .v4(let bits):
            var ipv4 = sockaddr_in()
            ipv4.sin_family = sa_family_t(AF_INET)
            ipv4.sin_port = port.bigEndian
            ipv4.sin_addr.s_addr = bits.bigEndian
            byteCount = socklen_t(MemoryLayout<sockaddr_in>.size)
            unsafe withUnsafeMutableBytes(of: &storage) { target in
                unsafe withUnsafeBytes(of: ipv4) { unsafe target.copyMemory(from: $0) }
            }
        case .v6(let high, let low):
            storage.sin6_family = sa_family_t(AF_INET6)
            storage.sin6_port = port.bigEndian
            byteCount = socklen_t(MemoryLayout<sockaddr_in6>.size)
            unsafe withUnsafeMutableBytes(of: &storage.sin6_addr) { bytes in
                unsafe bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                unsafe bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            }
        }
    }

    /// An empty address for a call to fill in.
    init() { byteCount = socklen_t(MemoryLayout<sockaddr_in6>.size) }

    /// The address, or nil when the family is neither IPv4 nor IPv6.
    var address: IPAddress? {
        unsafe withUnsafeBytes(of: storage) { bytes in unsafe Self.address(in: bytes) }
    }

    /// The port; it stands at the same place in both families.
    var port: UInt16 { UInt16(bigEndian: storage.sin6_port) }

    /// The address in the bytes of a `sockaddr`, as after `recvmsg` or in an error report.
    static func address(in bytes: UnsafeRawBufferPointer) -> IPAddress? {
        guard bytes.count >= MemoryLayout<sockaddr_in>.size else { return nil }
        switch unsafe CInt(bytes.loadUnaligned(as: sa_family_t.self)) {
        case AF_INET:
            return .v4(
                UInt32(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
        case AF_INET6 where bytes.count >= 24:
            return unsafe .v6(
                high: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
                low: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)))
        default:
            return nil
        }
    }

    /// The address as the kernel wants it; the first ``byteCount`` bytes count.
    var kernelForm: sockaddr_in6 { storage }

    /// Calls `body` with the address as the kernel wants it.
    func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> CInt) -> CInt {
        unsafe withUnsafePointer(to: storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, byteCount)
            }
        }
    }

    /// Calls `body` with room for the kernel to write an address.
    mutating func withMutablePointer(
        _ body: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> CInt
    ) -> CInt {
        var length = byteCount
        defer { byteCount = length }
        return unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, &length)
            }
        }
    }
}
