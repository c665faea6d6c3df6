import Prober
import Testing

@testable import Reconcile

@Suite struct FailureRuleTests {
    /// A finding of each result and severity that go together.
    private static func finding(
        _ code: FindingCode, _ result: FindingResult, _ severity: Severity
    ) -> Finding {
        var finding = Finding(
            addresses: AddressRange(ReconcileTests.web), transport: .tcp, ports: PortSet([1...1]),
            sighting: nil, inside: .none, firewall: .undecided([.rulesNotRead]),
            stance: .undeclared, verdict: .exposed)
        finding.code = code
        finding.result = result
        finding.severity = severity
        return finding
    }

    private static let critical = finding(.e1, .fail, .critical)
    private static let high = finding(.e1, .fail, .high)
    private static let warning = finding(.h1, .warn, .medium)
    private static let open = finding(.u2, .inconclusive, .medium)
    private static let noted = finding(.a5, .info, .info)
    private static let passed = finding(.c1, .pass, .info)

    @Test(
        "words choose what fails",
        arguments: [
            ([], [critical, high]), (["critical"], [critical]), (["high"], [critical, high]),
            (["HIGH"], [critical, high]), (["medium"], [critical, high, warning]),
            (["critical", "medium"], [critical, high, warning]),
            (["info"], [critical, high, warning, noted]), (["H1"], [warning]), (["h1"], [warning]),
            (["critical", "H1", "U2"], [critical, warning, open]), (["C1"], [passed]),
        ] as [([String], [Finding])])
    func words(_ words: [String], choose expected: [Finding]) throws {
        let rule = try FailureRule.parsing(words).get()
        let all = [
            Self.critical, Self.high, Self.warning, Self.open, Self.noted, Self.passed,
        ]
        #expect(all.filter(rule.fails) == expected)
    }

    @Test("a word that is neither severity nor code is named", arguments: ["E99", "", "worst"])
    func unknown(_ word: String) {
        #expect(FailureRule.parsing(["E1", word]) == .failure(.init(word: word)))
    }

    @Test(arguments: ["C1s", "c1s", "C1S"])
    func `a code with a letter behind its number is one in any case`(word: String) {
        #expect(FailureRule.parsing([word]) == .success(.any(severity: nil, codes: [.c1s])))
    }

    @Test func `a note of the host fails by its code only`() throws {
        let note = Reconciliation.HostNote.noFilter(isIPv6: true)
        #expect(try FailureRule.parsing(["H2"]).get().fails(note))
        #expect(try !FailureRule.parsing(["info"]).get().fails(note))
        #expect(!FailureRule.policy.fails(note))
    }

    @Test(
        "the conclusion follows the rule",
        arguments: [
            ([], false, .violates), (["critical"], false, .undecided),
            (["critical"], true, .conforms),
            (["U2"], true, .violates),
        ] as [([String], Bool, Reconciliation.Conclusion)])
    func conclusion(
        _ words: [String], _ allowsInconclusive: Bool, is expected: Reconciliation.Conclusion
    ) throws {
        let survey = Survey(
            id: "a", started: "", vantage: Vantage(name: "v", addresses: []), seed: 1,
            plan: SurveyPlan(
                targets: [AddressRange(ReconcileTests.web)],
                ports: PortSpec(tcp: PortSet([8080...8080]), udp: PortSet([53...53]))),
            groups: [
                ReconcileTests.group(8080...8080, .handshake),
                ReconcileTests.group(53...53, .silence, .udp),
            ])
        let whole = reconcile(survey, with: nil, under: Policy())
        let rule = try FailureRule.parsing(words).get()
        #expect(
            whole.conclusion(allowsInconclusive: allowsInconclusive, failing: rule) == expected)
        #expect(
            Reconciliation.conclusion(
                of: [whole], allowsInconclusive: allowsInconclusive, failing: rule) == expected)
    }

    @Test func `where nothing was judged, nothing is decided`() {
        #expect(Reconciliation.conclusion(of: []) == .undecided)
        #expect(Reconciliation.conclusion(of: [], allowsInconclusive: true) == .undecided)
        let report = FindingsReport([], version: "1")
        #expect(report.headline == "not decided")
    }

    @Test func `more endpoints than there are numbers are the greatest number`() throws {
        let everything = TargetSet([try #require(AddressRange(block: "::", prefixLength: 0))])
        let found = predict(
            for: nil, under: Policy(), at: everything,
            from: [Vantage(name: "six", addresses: ["2001:db8::2"])],
            ruleset: try SituationTests.rules())
        #expect(found.map { $0.endpointCount(.inconclusive) } == [.max])
        #expect(found.map(\.requestedCount) == [.max])
        let twice = FindingsReport(
            [.init(found[0]), .init(found[0])], version: "1",
            failing: try FailureRule.parsing(["U1"]).get())
        #expect(twice.endpointCount(.inconclusive) == .max)
        #expect(twice.headline.hasSuffix("endpoints are not as was asked"))
    }
}
