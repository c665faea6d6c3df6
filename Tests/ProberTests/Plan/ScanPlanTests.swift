import Testing

@testable import Prober

@Suite struct ScanPlanTests {
    @Test("shards and workers together take every step once", arguments: [UInt64(1), 2, 3, 7, 64])
    func shards(shardCount: UInt64) throws {
        for count in [UInt128(0), 1, 2, 63, 64, 65, 1000] {
            for workerCount in [1, 2, 5] {
                var taken: [UInt64] = []
                var requested: UInt128 = 0
                for number in 1...shardCount {
                    let shard = try #require(Shard(number, of: shardCount))
                    for worker in 0..<workerCount {
                        var steps = ProbeSteps(
                            count: count, shard: shard, worker: worker, of: workerCount)
                        requested += steps.remaining
                        while let step = steps.take() { taken.append(step) }
                        #expect(steps.remaining == 0)
                    }
                }
                #expect(taken.sorted() == Array(0..<UInt64(count)))
                #expect(requested == count)
            }
        }
    }

    @Test("the endpoints of all shards are the space", arguments: [UInt64(1), 4, 9])
    func union(shardCount: UInt64) throws {
        let block = try #require(AddressRange(block: .v4(0xc633_6400), prefixLength: 28))
        let targets = TargetSet([block, AddressRange(.v6(high: 1, low: 2))])
        let ports = PortSpec(tcp: PortSet([20...25, 80...80]), udp: PortSet(ports: [53]))
        let space = try #require(ProbeSpace(targets, ports))
        var endpoints: [Endpoint] = []
        for number in 1...shardCount {
            var plan = ScanPlan(space, seed: 11)
            plan.shard = try #require(Shard(number, of: shardCount))
            let part = Array(plan.endpoints)
            #expect(UInt128(part.count) == plan.requested)
            endpoints += part
        }
        #expect(endpoints.count == 17 * 8)
        #expect(Set(endpoints).count == endpoints.count)
    }

    private static func plan(_ ports: PortSpec, _ rate: ProbeRate) throws -> ScanPlan {
        let block = try #require(AddressRange(block: .v4(0xc633_6400), prefixLength: 28))
        var plan = ScanPlan(try #require(ProbeSpace(TargetSet([block]), ports)), seed: 5)
        plan.rate = rate
        return plan
    }

    @Test func `TCP endpoints come first, and a seed chooses one order of each`() throws {
        let ports = PortSpec(tcp: PortSet([1...20]), udp: PortSet([1...20]))
        let plan = try Self.plan(ports, .unlimited)
        let endpoints = Array(plan.endpoints)
        #expect(endpoints.prefix(320).allSatisfy { $0.transport == .tcp })
        #expect(endpoints.dropFirst(320).allSatisfy { $0.transport == .udp })
        #expect(endpoints == Array(plan.endpoints))
        var other = plan
        other.seed += 1
        for transport in Transport.allCases {
            let (one, two) = (plan.part(transport).endpoints, other.part(transport).endpoints)
            #expect(Array(one) != Array(two))
            #expect(Set(one) == Set(two))
        }
    }

    @Test(
        "the parts of a plan share its rate as their ports do, and never stand still",
        arguments: [
            (PortSpec(tcp: PortSet([1...75]), udp: PortSet([1...25])), 1000, 750, 250),
            (PortSpec(tcp: PortSet.all, udp: PortSet(ports: [53])), 5000, 4999, 1),
            (PortSpec(tcp: PortSet(ports: [1]), udp: PortSet(ports: [1])), 1, 1, 1),
            (PortSpec(tcp: PortSet.all, udp: PortSet.all), 10_000_000, 5_000_000, 5_000_000),
        ])
    func shares(ports: PortSpec, rate: Int, tcp: Int, udp: Int) throws {
        let plan = try Self.plan(ports, .perSecond(rate))
        #expect(plan.part(.tcp).rate == .perSecond(tcp))
        #expect(plan.part(.udp).rate == .perSecond(udp))
        #expect(plan.part(.tcp).space.ports == PortSpec(tcp: ports.tcp))
        #expect(plan.part(.udp).space.ports == PortSpec(udp: ports.udp))
    }

    @Test("a plan of one transport has the whole rate", arguments: Transport.allCases)
    func wholeRate(transport: Transport) throws {
        var ports = PortSpec()
        ports[transport] = PortSet([1...10])
        let plan = try Self.plan(ports, .perSecond(123))
        let part = plan.part(transport)
        #expect(part.rate == .perSecond(123))
        #expect(part.requested == plan.requested)
        let other = plan.part(transport == .tcp ? .udp : .tcp)
        #expect(other.requested == 0)
        #expect(Array(other.endpoints).isEmpty)
        #expect(try Self.plan(ports, .unlimited).part(transport).rate == .unlimited)
    }

    @Test(
        "a shard is written k/n",
        arguments: ["0/2", "3/2", "1", "1/", "/2", "1/2/3", "-1/2", "a/b"])
    func badShard(_ text: String) {
        #expect(Shard(text) == nil)
    }

    @Test func `a space of 2^64 endpoints is addressed to its last one`() throws {
        let half = try #require(
            AddressRange(block: .v6(high: 0x2001_0db8 << 32, low: 0), prefixLength: 64))
        let space = try #require(
            ProbeSpace(TargetSet([half]), PortSpec(tcp: PortSet(ports: [443]))))
        #expect(space.count == ProbeSpace.largestCount)
        #expect(space[.max] == Endpoint(half.last, .tcp, 443))
        #expect(ProbeSpace(TargetSet([half]), PortSpec(tcp: PortSet(ports: [80, 443]))) == nil)
        let plan = ScanPlan(space, seed: 1)
        #expect(Array(plan.endpoints.prefix(3)).count == 3)
    }
}
