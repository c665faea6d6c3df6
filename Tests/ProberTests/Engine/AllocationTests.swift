// Debug builds allocate for reasons of their own; `scripts/test` runs this in a release build.
#if !DEBUG
    import BasicContainers
    import CAllocations
    import Testing

    @testable import Prober

    @Suite struct AllocationTests {
        /// A reference, a string or a growing array in the loop would show here, thousands of times.
        @Test(
            "turns of the engine allocate nothing",
            arguments: [
                // Many probes a turn, and then 100,000 turns with one probe each.
                (inFlight: 512, addresses: UInt32(1), leastTurns: 1),
                (inFlight: 1, addresses: 5, leastTurns: 100_000),
            ])
        func turns(inFlight: Int, addresses: UInt32, leastTurns: Int) throws {
            let first: UInt32 = 0x7f00_0001
            let targets = TargetSet((0..<addresses).map { AddressRange(.v4(first + $0)) })
            let ports = PortSpec(tcp: PortSet([1...20_000]))
            var plan = ScanPlan(try #require(ProbeSpace(targets, ports)), seed: 1)
            plan.workers = 1
            plan.inFlight = inFlight
            var engine = try ConnectEngine(
                plan, worker: 0, paths: PathTable(plan), on: .read(), at: .now())
            var outcomes = 0
            var turns = 0
            let before = allocations_of_this_thread()
            while !engine.isFinished {
                engine.turn(at: .now(), patience: 1_000_000)
                outcomes += engine.outcomes.count
                engine.outcomes.removeAll()
                turns += 1
            }
            let allocations = allocations_of_this_thread() - before
            #expect(outcomes == 20_000 * Int(addresses))
            #expect(turns >= leastTurns)
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
