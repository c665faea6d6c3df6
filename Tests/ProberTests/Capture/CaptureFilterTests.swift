import Testing

@testable import Prober

@Suite struct CaptureFilterTests {
    private static func filter(_ targets: [AddressRange], _ ports: PortSpec) throws -> String {
        let space = try #require(ProbeSpace(TargetSet(targets), ports))
        let machine = LocalMachine(addresses: TargetSet(), ephemeralPorts: 32768...60999)
        return CaptureFilter(CaptureScope(ScanPlan(space, seed: 1), on: machine)).text
    }

    private static let ssh = PortSpec(tcp: PortSet(ports: [22]))

    private static func range(_ first: UInt32, _ last: UInt32) throws -> AddressRange {
        try #require(AddressRange(.v4(0xcb00_7100 + first), through: .v4(0xcb00_7100 + last)))
    }

    @Test func `blocks that are few are named, and no others`() throws {
        let prefix = IPAddress.v6(high: 0x2001_0db8_0000_0000, low: 0)
        let block = try #require(AddressRange(block: prefix, prefixLength: 96))
        let text = try Self.filter([try Self.range(1, 6), block], Self.ssh)
        #expect(
            text.contains(
                "net 203.0.113.1 or net 203.0.113.2/31 or net 203.0.113.4/31 or net 203.0.113.6)"))
        #expect(text.contains("net 2001:db8::/96"))
        #expect(!text.contains("udp dst"))
    }

    @Test func `blocks that are too many become one that has them all`() throws {
        let many = try (0..<220).map { try Self.range($0 * 8, $0 * 8) }
        #expect(try Self.filter(many, Self.ssh).contains("ip and (net 203.0.112.0/21)"))
    }

    @Test func `the client port of DHCP is in only when DHCP is asked`() throws {
        let one = try Self.range(1, 1)
        #expect(try Self.filter([one], PortSpec(udp: PortSet(ports: [67]))).contains("or port 68"))
        #expect(try !Self.filter([one], PortSpec(udp: PortSet(ports: [53]))).contains("port 68"))
    }
}
