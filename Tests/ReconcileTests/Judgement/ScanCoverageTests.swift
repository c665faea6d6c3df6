import Prober
import Testing

@testable import Reconcile

/// What no probe asked about is never taken for checked.
@Suite struct ScanCoverageTests {
    /// A complete scan of one part of ports 1 to 4 of one host.
    private static func part(
        _ shard: String?, _ ports: ClosedRange<UInt16>, at address: IPAddress = ReconcileTests.web
    ) -> Survey {
        Survey(
            id: "a", started: "", vantage: Vantage(name: "v", addresses: []), seed: 1,
            plan: SurveyPlan(
                targets: [AddressRange(address)], ports: PortSpec(tcp: PortSet([1...4])),
                shard: shard, requested: UInt128(ports.count)),
            groups: [ReconcileTests.group(ports, .reset, at: address)])
    }

    @Test func `a shard says nothing of what the other shards have`() {
        let expectation = Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([2...2])))
        let reconciliation = reconcile(
            Self.part("1/4", 1...1), with: nil, under: Policy([expectation]))
        #expect(reconciliation.requestedCount == 4)
        #expect(reconciliation.unlocatedCount == 3)
        #expect(reconciliation.endpointCount(.inconclusive) == 3)
        #expect(reconciliation.conclusion() == .undecided)
        #expect(reconciliation.conclusion(allowsInconclusive: true) == .conforms)
    }

    @Test func `all shards together are the whole`() throws {
        let shards = (1...4 as ClosedRange<UInt16>).map { (Self.part("\($0)/4", $0...$0), "\($0)") }
        let reconciliation = reconcile(
            try Survey.joined(shards), with: ReconcileTests.report(), under: Policy())
        #expect(reconciliation.requestedCount == 4)
        #expect(reconciliation.unlocatedCount == 0)
        #expect(reconciliation.conclusion() == .conforms)
    }

    @Test func `a shard stays a part when a whole scan of another host joins it`() throws {
        let joined = try Survey.joined([
            (Self.part("1/2", 1...2), "a"), (Self.part(nil, 1...4, at: "203.0.113.11"), "b"),
        ])
        #expect(reconcile(joined, with: nil, under: Policy()).unlocatedCount == 2)
    }
}
