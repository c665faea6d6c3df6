import Testing

@testable import Prober

@Suite struct OwnPortsTests {
    private static func ports(_ ephemeral: ClosedRange<UInt16>) -> OwnPorts {
        OwnPorts(
            LocalMachine(
                addresses: TargetSet([AddressRange(.v4(0x7f00_0001))]), ephemeralPorts: ephemeral))
    }

    @Test(
        "no two probes can meet, and none itself",
        arguments: [UInt16(1)...3, 100...103, 40_000...40_063, 32_768...33_000])
    func noTwo(ephemeral: ClosedRange<UInt16>) throws {
        let ports = Self.ports(ephemeral)
        let sources = try ephemeral.map { try #require(ports.sources(for: $0)) }
        for (index, port) in ephemeral.enumerated() {
            #expect(!sources[index].contains(port))
            #expect(ephemeral.contains(sources[index].lowerBound))
            #expect(ephemeral.contains(sources[index].upperBound))
            for source in sources[index] {
                let back = sources[Int(source - ephemeral.lowerBound)]
                #expect(!back.contains(port), "\(port) from \(source) and back")
            }
        }
    }

    @Test func `two ports are too few to keep apart`() {
        #expect(Self.ports(5000...5001).sources(for: 5000) == nil)
    }

    @Test("a detour leaves from outside of the kernel's own ports", arguments: 0..<20)
    func detour(number: UInt8) throws {
        let above = try #require(Self.ports(32_768...60_999).detour(for: 60_998, number: number))
        #expect(above > 60_999)
        let below = try #require(Self.ports(2000...65_535).detour(for: 65_534, number: number))
        #expect((1024..<2000).contains(below))
        #expect(Self.ports(1024...65_535).detour(for: 65_534, number: number) == nil)
    }

    @Test func `only ports of this machine that the kernel chooses from are of concern`() {
        let ports = Self.ports(40_000...40_063)
        #expect(ports.concern(Endpoint(.v4(0x7f00_0001), .tcp, 40_000)))
        #expect(!ports.concern(Endpoint(.v4(0x7f00_0001), .tcp, 39_999)))
        #expect(!ports.concern(Endpoint(.v4(0x7f00_0002), .tcp, 40_000)))
    }
}
