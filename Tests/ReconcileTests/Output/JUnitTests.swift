import Prober
import Testing

@testable import Reconcile

@Suite struct JUnitTests {
    private func text(_ report: FindingsReport) -> String {
        String(decoding: report.junit(), as: UTF8.self)
    }

    /// The names of the cases of one outcome.
    private func names(
        _ part: FindingsReport.Part, where isWanted: (JUnitCase.Outcome) -> Bool
    ) -> [String] {
        part.cases(failing: .policy).filter { isWanted($0.outcome) }.map(\.name)
    }

    @Test(
        "a file fits the schema, whatever a host says",
        .enabled(if: Validator.hasXMLLint, "needs the package libxml2-utils"),
        arguments: ["redis-server", Example.hostile])
    func schema(text: String) throws {
        #expect(try Validator.faults(ofXML: Example.report(text).junit(), in: "junit.xsd") == "")
    }

    @Test func `each declaration is a case for each family`() {
        let part = Example.report().parts[0]
        #expect(
            names(part) { $0 == .passed } == [
                "open tcp:443,9999 over IPv4", "nothing else is reachable over IPv6",
            ])
        let failed = names(part) { if case .failed = $0 { true } else { false } }
        #expect(
            failed == [
                "open tcp:22,80 over IPv4: redis-server",
                "undeclared and not reachable: 203.0.113.10:6379/tcp",
                "undeclared and not reachable: [2001:db8::10]:6379/tcp",
            ])
    }

    @Test func `a failure says how to mend it`() {
        let part = FindingsReport.Part(
            reconcile(
                .of([ReconcileTests.group(6379...6379, .handshake)]),
                with: ReconcileTests.report([ReconcileTests.redis]), under: Policy()))
        let text = text(FindingsReport([part], version: "0.1.0"))
        #expect(text.contains("\n     systemctl disable --now redis-server.service\n"))
        #expect(text.contains("\n     in /etc/redis/redis.conf: bind 127.0.0.1"))
    }

    @Test(
        "a suite begins at a time, or at none",
        arguments: [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05"), ("2026-01-02T03:04:05+02:00", nil),
            ("2026-01-02T03:04:05", nil), ("2026-01-02 03:04:05Z", nil),
            ("2026-02-29T03:04:05Z", nil), ("2026-01-02T24:04:05Z", nil),
            ("2026-01-02T03:4:055Z", nil), ("2026-01-02T+3:04:05Z", nil),
            ("yesterday, about nine", nil), ("20\"<>&-01-02T03:04:05Z", nil), ("", nil),
            (String(repeating: "é", count: 10), nil),
        ])
    func time(_ started: String, is expected: String?) throws {
        var whole = Example.mixed()
        whole.scan?.started = started
        #expect(whole.scan?.startTime == expected)
        let report = FindingsReport([FindingsReport.Part(whole)], version: "0.1.0")
        let time = expected ?? "1970-01-01T00:00:00"
        #expect(text(report).contains("timestamp=\"\(time)\""))
        let log = String(decoding: report.sarif(), as: UTF8.self)
        #expect(log.contains("startTimeUtc") == (expected != nil))
    }

    @Test func `what is not decided is an error, and nothing is skipped`() {
        let text = text(Example.report())
        #expect(!text.contains("skipped"))
        let open = names(Example.report().parts[0]) {
            if case .undecided = $0 { true } else { false }
        }
        #expect(open.contains("nothing else is reachable over IPv4"))
        #expect(open.contains("declared tcp:9999 was asked about"))
        #expect(open.contains("every address was scanned"))
        #expect(open.contains("every port was scanned"))
        #expect(text.contains("<testcase name=\"the target was checked\""))
    }

    @Test("cases say what the exit status says", arguments: 0..<200 as Range<UInt64>)
    func conclusion(seed: UInt64) {
        let reconciliation = Example.random(seed)
        let part = FindingsReport.Part(reconciliation)
        let failures = names(part) { if case .failed = $0 { true } else { false } }
        let errors = names(part) { if case .undecided = $0 { true } else { false } }
        switch reconciliation.conclusion() {
        case .conforms: #expect(failures.isEmpty && errors.isEmpty)
        case .violates: #expect(!failures.isEmpty)
        case .undecided: #expect(!errors.isEmpty)
        }
        let inconclusive = reconciliation.findings.contains { $0.result == .inconclusive }
        #expect(!inconclusive || !(failures.isEmpty && errors.isEmpty))
        #expect(
            Set(part.cases(failing: .policy).map(\.name)).count
                == part.cases(failing: .policy).count)
        let text = text(FindingsReport([part], version: "0.1.0"))
        #expect(text.components(of: "<testcase ") == part.cases(failing: .policy).count)
        #expect(text.components(of: "<failure ") == failures.count)
        #expect(text.components(of: "<error ") == errors.count)
        #expect(
            text.contains(
                "<testsuites name=\"prober\" tests=\"\(part.cases(failing: .policy).count)\" "
                    + "failures=\"\(failures.count)\" errors=\"\(errors.count)\""))
    }

    @Test(
        "no text leaves its element",
        arguments: [
            ("a<b>&\"c\"", "a&lt;b&gt;&amp;&quot;c&quot;"), ("]]>", "]]&gt;"),
            ("\u{0}\u{b}\u{1f}\u{7f}", "\\u{0}\\u{b}\\u{1f}\\u{7f}"), ("\u{fffe}", "\\u{fffe}"),
            ("\u{202e}a\u{2028}", "\\u{202e}a\\u{2028}"), ("a\nb", "a\nb"), ("a\r\tb", "a\\r\\tb"),
            ("zoë 漢字 😀", "zoë 漢字 😀"), ("<\u{301}b", "&lt;\u{301}b"),
            ("\"\u{301}&\u{301}>\u{301}", "&quot;\u{301}&amp;\u{301}&gt;\u{301}"),
            ("a\r\nb", "a\\r\nb"),
        ])
    func escaped(_ text: String, is expected: String) {
        #expect(XMLWriter.escaped(text) == expected)
    }
}

extension String {
    /// How often `part` is in the text.
    fileprivate func components(of part: String) -> Int { ranges(of: part).count }
}
