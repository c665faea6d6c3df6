import CLinux
import Glibc

/// What the probing side must know of its own network namespace.
package struct LocalMachine: Sendable {
    /// Every address that the namespace answers to.
    package var addresses: TargetSet
    /// The ports the kernel chooses sources from (`ip(7)`, ip_local_port_range).
    package var ephemeralPorts: ClosedRange<UInt16>

    /// The namespace of the calling thread.
    ///
    /// The whole of 127.0.0.0/8 counts when loopback is up. What the kernel does not tell is taken
    /// to be its default.
    package static func read() -> LocalMachine {
        let loopback = [AddressRange(block: .v4(0x7f00_0000), prefixLength: 8)].compactMap { $0 }
        var ranges: [AddressRange]
        if var socket = try? NetlinkSocket(.route), let found = try? socket.interfaceAddresses() {
            ranges = found.addresses.map { AddressRange($0.address) }
            if found.addresses.contains(where: { $0.address == .v4(0x7f00_0001) }) {
                ranges += loopback
            }
        } else {
            ranges = loopback + [AddressRange(.v6(high: 0, low: 1))]
        }
        return LocalMachine(
            addresses: TargetSet(ranges), ephemeralPorts: readEphemeralPorts() ?? 32768...60999)
    }

    private static func readEphemeralPorts() -> ClosedRange<UInt16>? {
        let path = "/proc/sys/net/ipv4/ip_local_port_range"
        guard let bytes = try? FileContents.bytes(of: path, atMost: 64) else { return nil }
        let ends = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
            .compactMap { UInt16($0) }
        return ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
    }
}
