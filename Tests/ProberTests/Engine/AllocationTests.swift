// Debug builds allocate for reasons of their own; `scripts/test` runs this in a release build.
#if !DEBUG
    import BasicContainers
    import CAllocations
    import Testing

    @testable import Prober

    @Suite struct AllocationTests {
        /// A reference, a string or a growing array in the loop would show here, thousands of times.
        @Test func `turns of the engine allocate nothing`() throws {
            let loopback = AddressRange(.v4(0x7f00_0001))
            let ports = PortSpec(tcp: PortSet([1...20_000]))
            var plan = ScanPlan(try #require(ProbeSpace(TargetSet([loopback]), ports)), seed: 1)
            plan.workers = 1
            plan.inFlight = 512
            var engine = try ConnectEngine(
                plan, worker: 0, paths: PathTable(plan), on: .read(), at: .now())
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
            // And the counter does count.
            let other = try ConnectEngine(
                plan, worker: 0, paths: PathTable(plan), on: .read(), at: .now())
            let isFinished = other.isFinished
            #expect(!isFinished)
            #expect(allocations_of_this_thread() > before + allocations)
        }
    }
#endif
