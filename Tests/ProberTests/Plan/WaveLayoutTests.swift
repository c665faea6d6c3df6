import Testing

@testable import Prober

@Suite struct WaveLayoutTests {
    private static func plan(
        _ targets: [AddressRange?], _ ports: PortSet, seed: UInt64 = 3, shard: String = "1/1"
    ) throws -> ScanPlan {
        let space = try #require(
            ProbeSpace(TargetSet(targets.compactMap { $0 }), PortSpec(udp: ports)))
        var plan = ScanPlan(space, seed: seed)
        plan.shard = try #require(Shard(shard))
        return plan
    }

    private static let mixed = [
        AddressRange(block: .v4(0xcb00_7100), prefixLength: 29),
        AddressRange(block: .v6(high: 0x2001_0db8 << 32, low: 0), prefixLength: 126),
    ]

    /// The layouts of all waves of `plan`.
    private static func waves(_ plan: ScanPlan) -> [WaveLayout] {
        var waves = [WaveLayout(plan, from: 0)]
        while let last = waves.last, last.nextAddress < plan.space.targets.count {
            waves.append(WaveLayout(plan, from: UInt64(last.nextAddress)))
        }
        return waves
    }

    private static func visited(_ layout: WaveLayout) -> [Int] {
        var visit = layout.start
        var numbers: [Int] = []
        while let number = layout.next(in: &visit) { numbers.append(number) }
        return numbers
    }

    @Test func `number, host, port and endpoint are inverses`() throws {
        let layout = WaveLayout(
            try Self.plan(Self.mixed, PortSet([50...60, 4500...4500, 65535...65535])), from: 0)
        #expect(layout.count == 12 * 13)
        #expect(layout.addressCount == 12)
        for number in 0..<layout.count {
            let endpoint = layout.endpoint(number)
            let host = layout.host(of: number)
            #expect(endpoint.transport == .udp)
            #expect(endpoint.address == layout.address(ofHost: host))
            #expect(endpoint.port == layout.port(of: number))
            #expect(layout.host(at: endpoint.address) == host)
            #expect(layout.number(host: host, port: endpoint.port) == number)
        }
        #expect(Set((0..<layout.count).map(layout.endpoint)).count == layout.count)
        #expect(layout.host(at: .v4(0xcb00_7108)) == nil)
        #expect(layout.host(at: .v6(high: 0x2001_0db8 << 32, low: 4)) == nil)
        #expect(layout.number(host: 0, port: 61) == nil)
    }

    @Test(
        "a visit has each number once, in an order that the seed chooses",
        arguments: [
            UInt64(0), 1, .max,
        ])
    func visit(seed: UInt64) throws {
        let ports = PortSet([1...100])
        let layout = WaveLayout(try Self.plan(Self.mixed, ports, seed: seed), from: 0)
        let numbers = Self.visited(layout)
        #expect(numbers.sorted() == Array(0..<layout.count))
        #expect(numbers == Self.visited(layout))
        let again = WaveLayout(try Self.plan(Self.mixed, ports, seed: seed), from: 0)
        #expect(numbers == Self.visited(again))
        let other = WaveLayout(try Self.plan(Self.mixed, ports, seed: seed &+ 1), from: 0)
        #expect(numbers != Self.visited(other))
    }

    /// 70,000 addresses with one port are two waves: one has at most 65,536 addresses.
    @Test("waves and shards together have each endpoint once", arguments: [UInt64(1), 3, 7])
    func waves(shardCount: UInt64) throws {
        let first = IPAddress.v4(0xc612_0000)
        let range = AddressRange(first, through: .v4(0xc612_0000 + 69_999))
        var seen = [UInt8](repeating: 0, count: 70_000)
        for number in 1...shardCount {
            let plan = try Self.plan(
                [range], PortSet(ports: [53]), shard: "\(number)/\(shardCount)")
            let waves = Self.waves(plan)
            #expect(waves.map(\.addressCount) == [65_536, 4464])
            var count = 0
            for layout in waves {
                let numbers = Self.visited(layout)
                #expect(numbers.count == layout.requested)
                count += numbers.count
                for number in numbers {
                    seen[Int(layout.endpoint(number).address.number - first.number)] += 1
                }
            }
            #expect(UInt128(count) == plan.requested)
        }
        #expect(seen.allSatisfy { $0 == 1 })
    }

    @Test(
        "a wave has no more endpoints than fit, but always one address",
        arguments: [
            (PortSet.all, 16), (PortSet([1...1000]), 1048), (PortSet(ports: [53]), 65_536),
        ])
    func size(ports: PortSet, addressCount: Int) throws {
        let range = AddressRange(block: .v6(high: 0x2001_0db8 << 32, low: 0), prefixLength: 100)
        let layout = WaveLayout(try Self.plan([range], ports), from: 0)
        #expect(layout.addressCount == addressCount)
        #expect(layout.count <= 1 << 20)
    }

    @Test("a shard beyond the last endpoint has none", arguments: [UInt64(4), 1000, .max])
    func emptyShard(count: UInt64) throws {
        let host = AddressRange(.v4(0xcb00_710a))
        let ports = PortSet(ports: [1, 2, 3])
        let layout = WaveLayout(
            try Self.plan([host], ports, shard: "\(count)/\(count)"), from: 0)
        #expect(layout.requested == 0)
        #expect(Self.visited(layout).isEmpty)
        let first = WaveLayout(try Self.plan([host], ports, shard: "1/\(count)"), from: 0)
        #expect(Self.visited(first).count == 1)
    }
}
