import Testing

@testable import Prober

@Suite struct EndpointSetTests {
    /// Random groups over few addresses and ports, which repeat and touch.
    private static func groups(_ generator: inout SplitMix64) -> [ObservationGroup] {
        let bases: [IPAddress] = [
            .v4(0), .v4(0xcb00_7100), .v4(.max - 5), .v6(high: 0, low: 0),
            .v6(high: 0x2001_0db8_0000_0000, low: .max - 2), .v6(high: .max, low: .max - 5),
        ]
        return (0..<Int.random(in: 0...40, using: &generator)).map { _ in
            let base = bases[Int.random(in: 0..<bases.count, using: &generator)]
            let address = IPAddress(
                base.family, number: base.number + UInt128.random(in: 0...5, using: &generator))
            let transport: Transport = Bool.random(using: &generator) ? .tcp : .udp
            let ranges = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                let low = UInt16.random(in: 0...12, using: &generator) &* 5450
                return low...(low &+ min(UInt16.random(in: 0...3, using: &generator), .max - low))
            }
            return ObservationGroup(
                address, transport, PortSet(ranges), .silence, attempts: 1)
        }
    }

    @Test("it agrees with a set of single endpoints", arguments: UInt64(0)..<100)
    func membership(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let groups = Self.groups(&generator)
        let set = EndpointSet(groups)
        let plain = Set(
            groups.flatMap { group in
                group.ports.map { Endpoint(group.address, group.transport, $0) }
            })
        #expect(set.count == UInt128(plain.count))
        #expect(set.isEmpty == plain.isEmpty)
        #expect(plain.allSatisfy(set.contains))
        for group in groups + Self.groups(&generator) {
            for port in [UInt16(0), 1, 5450, 5453, 5454, .max] {
                let endpoint = Endpoint(group.address, group.transport, port)
                #expect(set.contains(endpoint) == plain.contains(endpoint))
            }
            let ports = plain.filter {
                $0.address == group.address && $0.transport == group.transport
            }
            #expect(
                set.ports(of: group.address, over: group.transport)
                    == PortSet(ports: ports.map(\.port)))
        }
        for transport in Transport.allCases {
            #expect(
                set.count(over: transport)
                    == UInt128(plain.filter { $0.transport == transport }.count))
        }
    }

    @Test("the order of what is added makes no difference", arguments: UInt64(0)..<20)
    func order(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let groups = Self.groups(&generator)
        #expect(EndpointSet(groups) == EndpointSet(groups.shuffled(using: &generator)))
        var single = EndpointSet.Gathering()
        for group in groups {
            for port in group.ports {
                single.add(Endpoint(group.address, group.transport, port))
            }
        }
        #expect(single.set() == EndpointSet(groups))
    }

    @Test("a union holds what either of two sets holds", arguments: UInt64(0)..<100)
    func union(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let (left, right) = (Self.groups(&generator), Self.groups(&generator))
        let union = EndpointSet(left).union(EndpointSet(right))
        #expect(union == EndpointSet(left + right))
        #expect(union.count == EndpointSet(left + right).count)
        #expect(EndpointSet(left).union(EndpointSet()) == EndpointSet(left))
        #expect(EndpointSet().union(EndpointSet(right)) == EndpointSet(right))
    }

    private static func plan(
        _ known: (Endpoint) -> Bool, shard: Shard = .whole
    ) throws -> (plan: ScanPlan, all: [Endpoint]) {
        let block = try #require(AddressRange(block: .v4(0xc633_6400), prefixLength: 28))
        let ports = PortSpec(tcp: PortSet([20...40]), udp: PortSet([50...60]))
        var plan = ScanPlan(
            try #require(ProbeSpace(TargetSet([block]), ports)), seed: 3)
        plan.shard = shard
        let all = Array(plan.endpoints)
        var gathering = EndpointSet.Gathering()
        for endpoint in all where known(endpoint) { gathering.add(endpoint) }
        plan.known = gathering.set()
        return (plan, all)
    }

    @Test("a plan asks exactly what is not known", arguments: UInt64(0)..<20)
    func remainder(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let share = Int.random(in: 0...10, using: &generator)
        let shard = try #require(seed % 2 == 0 ? Shard.whole : Shard(2, of: 3))
        let (plan, all) = try Self.plan(
            { _ in Int.random(in: 0..<10, using: &generator) < share }, shard: shard)
        let rest = Array(plan.endpoints)
        #expect(rest == all.filter { !plan.known.contains($0) })
        #expect(plan.requested == UInt128(rest.count))
        #expect(plan.endpointCount == UInt128(all.count))
        for transport in Transport.allCases {
            let part = plan.part(transport)
            #expect(part.requested == UInt128(rest.count { $0.transport == transport }))
        }
        // Workers take them all, each once.
        let connecting = plan.part(.tcp)
        let order = ProbeOrder(count: connecting.space.count, seed: plan.seed)
        var taken: [Endpoint] = []
        for worker in 0..<3 {
            var steps = ProbeSteps(
                count: connecting.space.count, shard: plan.shard, worker: worker, of: 3)
            while let index = steps.takeIndex(
                of: connecting.space, in: order, without: plan.known)
            {
                taken.append(connecting.space[index])
            }
            #expect(steps.remaining == 0)
        }
        #expect(taken.sorted() == rest.filter { $0.transport == .tcp }.sorted())
    }

    @Test func `many known endpoints are passed over in pieces`() throws {
        let targets = TargetSet([AddressRange(.v4(1))])
        let space = try #require(ProbeSpace(targets, PortSpec(tcp: .all)))
        let known = EndpointSet([
            ObservationGroup(.v4(1), .tcp, .all, .silence, attempts: 1)
        ])
        var steps = ProbeSteps(count: space.count, shard: .whole, worker: 0, of: 1)
        let order = ProbeOrder(count: space.count, seed: 1)
        var rounds = 0
        while steps.remaining > 0 {
            #expect(steps.takeIndex(of: space, in: order, without: known) == nil)
            rounds += 1
        }
        #expect(rounds == 4)
    }

    @Test("what is known is not asked over loopback, of either transport", arguments: [0, 3, 10])
    func scan(share: Int) throws {
        let targets = TargetSet([
            AddressRange(.v4(0x7f00_0001)), AddressRange(.v6(high: 0, low: 1)),
        ])
        let ports = PortSpec(tcp: PortSet([1...3000]), udp: PortSet([1...400]))
        var plan = ScanPlan(try #require(ProbeSpace(targets, ports)), seed: 9)
        plan.datagrams.budget = .milliseconds(200)
        let all = Array(plan.endpoints)
        var gathering = EndpointSet.Gathering()
        for endpoint in all where Int(endpoint.port) % 10 < share { gathering.add(endpoint) }
        plan.known = gathering.set()
        let signals = try SignalDescriptor()
        var seen: [Endpoint] = []
        let ending = try Scan(plan).run(until: signals) { batch, _ in
            seen += batch.map(\.endpoint)
            return true
        }
        #expect(ending.unobserved == 0)
        #expect(seen.sorted() == all.filter { !plan.known.contains($0) }.sorted())
    }
}
