import CLinux
import Glibc
import Prober

/// Socket addresses for the sockets of tests, made apart from the code that they test.
enum TestAddress {
    /// The kernel's form of `address` and `port`, and how many bytes of it count.
    static func kernelForm(
        _ address: IPAddress, port: UInt16
    ) -> (storage: sockaddr_in6, length: socklen_t) {
        var storage = sockaddr_in6()
        switch address {
        case .v4(let bits):
            var ipv4 = sockaddr_in()
            ipv4.sin_family = sa_family_t(AF_INET)
            ipv4.sin_port = port.bigEndian
            ipv4.sin_addr.s_addr = bits.bigEndian
            unsafe withUnsafeMutableBytes(of: &storage) { room in
                unsafe withUnsafeBytes(of: ipv4) { unsafe room.copyMemory(from: $0) }
            }
            return (storage, socklen_t(MemoryLayout<sockaddr_in>.size))
        case .v6:
            storage.sin6_family = sa_family_t(AF_INET6)
            storage.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &storage.sin6_addr) {
                unsafe $0.storeBytes(of: address.number.bigEndian, as: UInt128.self)
            }
            return (storage, socklen_t(MemoryLayout<sockaddr_in6>.size))
        }
    }
}
