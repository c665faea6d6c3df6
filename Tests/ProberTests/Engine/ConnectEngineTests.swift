import BasicContainers
import Testing

@testable import Prober

@Suite struct ConnectEngineTests {
    /// One turn may end probes that fail here, fill their places anew, and end those too.
    @Test("outcomes never outgrow their room", arguments: [UInt64(1), 2, 3, 4, 5, 6])
    func room(seed: UInt64) throws {
        // Nothing is sent to a multicast address: TCP refuses it at once.
        let targets = TargetSet([
            AddressRange(.v4(0x7f00_0001)), AddressRange(.v4(0xe000_0001)),
        ])
        let ports = PortSpec(tcp: PortSet([1...3000]))
        var plan = ScanPlan(try #require(ProbeSpace(targets, ports)), seed: seed)
        plan.workers = 1
        plan.inFlight = 4
        var engine = try ConnectEngine(
            plan, worker: 0, paths: PathTable(plan), on: .read(), at: .now())
        var now = MonotonicTime.now()
        var tally = ScanTally(requested: plan.requested)
        while !engine.isFinished {
            // Time runs fast, so that pauses are over at once; nothing is handed over until it must.
            now = now.advanced(byNanoseconds: 200_000_000)
            engine.turn(at: now, patience: 0)
            guard engine.outcomes.count >= ConnectEngine.handOverCount || engine.isFinished else {
                continue
            }
            for index in 0..<engine.outcomes.count { tally.add(engine.outcomes[index]) }
            engine.outcomes.removeAll()
        }
        for index in 0..<engine.outcomes.count { tally.add(engine.outcomes[index]) }
        #expect(tally.observed == 6000)
        #expect(tally[.notTested] == 3000)
        #expect(tally[.open] + tally[.closed] == 3000)
    }
}
