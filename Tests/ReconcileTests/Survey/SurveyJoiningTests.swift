import Prober
import Testing

@testable import Reconcile

@Suite struct SurveyJoiningTests {
    static let first = Survey.of([
        ObservationGroup("203.0.113.10", .tcp, PortSet([1...9]), .reset, attempts: 1)
    ])

    @Test func `scans of one vantage add up`() throws {
        let second = Survey.of([
            ObservationGroup("203.0.113.11", .tcp, PortSet([1...9]), .silence, attempts: 3)
        ])
        let whole = try #require(try Survey.joined([(Self.first, "a"), (second, "b")]))
        #expect(whole.groups == Self.first.groups + second.groups)
        #expect(whole.totals.requested == 18)
        #expect(whole.totals[.closed] == 9)
        #expect(whole.totals[.filtered] == 9)
        #expect(whole.plan.targets.count == 2)
        #expect(whole.isComplete)
    }

    @Test(
        "scans that do not fit are refused",
        arguments: [
            (
                Survey.of(first.groups, from: ["192.0.2.1"]),
                "the scan is from another vantage than a"
            ),
            (first, "an endpoint of 203.0.113.10 is in more than one of the scans"),
            (
                Survey.of([
                    ObservationGroup("203.0.113.11", .tcp, PortSet([80...80]), .reset, attempts: 1)
                ]), "the scan has other targets and other ports than the ones before"
            ),
        ])
    func refusal(of second: Survey, saying problem: String) throws {
        let error = try #require(throws: InputError.self) {
            try Survey.joined([(Self.first, "a"), (second, "b")])
        }
        #expect(error.problem == problem)
        #expect(error.source == "b")
    }

    @Test func `no scan is no survey`() throws {
        #expect(try Survey.joined([]) == nil)
    }
}
