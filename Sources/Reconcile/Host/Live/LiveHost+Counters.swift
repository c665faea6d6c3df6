import Prober
import SystemPackage

extension LiveHost {
    /// What the kernel has counted for the network namespace of the calling thread.
    ///
    /// Nothing where the kernel does not show it.
    func counters() -> [KernelCounter: UInt64] {
        var values: [KernelCounter: UInt64] = [:]
        for name in ["snmp", "snmp6", "netstat"] {
            let path = "\(proc)/thread-self/net/\(name)"
            guard let bytes = try? FileContents.bytes(of: path, atMost: 1 << 20) else { continue }
            values.merge(
                KernelCounters.values(in: String(decoding: bytes, as: UTF8.self))
            ) { first, _ in first }
        }
        return values
    }
}
