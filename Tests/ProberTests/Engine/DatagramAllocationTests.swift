// Debug builds allocate for reasons of their own; `scripts/test` runs this in a release build.
#if !DEBUG
    import BasicContainers
    import CAllocations
    import Testing

    @testable import Prober

    @Suite struct DatagramAllocationTests {
        /// A wave's look into silence allocates its queue once; nothing is allocated for a datagram.
        @Test func `turns of the UDP engine allocate nothing for a datagram`() throws {
            let loopback = AddressRange(.v4(0x7f00_0001))
            let ports = PortSpec(udp: PortSet([1000...20_999]))
            let space = try #require(ProbeSpace(TargetSet([loopback]), ports))
            var engine = try DatagramEngine(ScanPlan(space, seed: 1), on: .read(), at: .now())
            var outcomes = 0
            let before = allocations_of_this_thread()
            while !engine.isFinished {
                engine.turn(at: .now(), patience: 1_000_000)
                outcomes += engine.outcomes.count
                engine.outcomes.removeAll()
            }
            let allocations = allocations_of_this_thread() - before
            #expect(outcomes == 20_000)
            #expect(allocations == 0)
        }
    }
#endif
