import Prober
import Testing

@testable import Reconcile

@Suite struct UnprobedRangeTests {
    @Test func `what was asked and not seen is named in ranges`() throws {
        let block = try #require(AddressRange(block: "203.0.113.0", prefixLength: 24))
        let survey = Survey(
            id: "a", started: "", vantage: Vantage(name: "v", addresses: []), seed: 1,
            plan: SurveyPlan(targets: [block], ports: PortSpec(tcp: PortSet([1...10]))),
            groups: [
                ObservationGroup("203.0.113.16", .tcp, PortSet([1...10]), .reset, attempts: 1),
                ObservationGroup("203.0.113.17", .tcp, PortSet([1...4]), .reset, attempts: 1),
                ObservationGroup("203.0.113.17", .tcp, PortSet([5...5]), .silence, attempts: 1),
            ], ending: .interrupted)
        #expect(
            survey.unprobed.map { "\($0.addresses) \($0.transport.rawValue):\($0.ports)" } == [
                "203.0.113.0/28 tcp:1-10", "203.0.113.17 tcp:6-10",
                "203.0.113.18-203.0.113.255 tcp:1-10",
            ])
        #expect(survey.unprobed.reduce(0) { $0 + $1.count } == survey.totals[.notTested])
    }

    @Test func `a complete survey has nothing unprobed`() {
        let survey = Survey.of([
            ObservationGroup("203.0.113.10", .tcp, PortSet([1...9]), .reset, attempts: 1)
        ])
        #expect(survey.unprobed.isEmpty)
    }

    @Test func `a plan of two to the power of 64 endpoints is one range`() throws {
        let block = try #require(AddressRange(block: "2001:db8::", prefixLength: 65))
        let survey = Survey(
            id: "a", started: "", vantage: Vantage(name: "v", addresses: []), seed: 1,
            plan: SurveyPlan(targets: [block], ports: PortSpec(tcp: PortSet([80...81]))),
            groups: [], ending: .interrupted)
        #expect(survey.unprobed.map(\.count) == [1 << 64])
        #expect(survey.totals[.notTested] == 1 << 64)
    }
}
