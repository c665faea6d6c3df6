import Prober
import Testing

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
