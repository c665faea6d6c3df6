import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

@Suite struct HTMLTests {
    /// What the script of the page reads, as far as a test asks.
    private struct Page: Decodable {
        var results, severities, hosts, texts: [String]
        var codes, parts: [[String]]
    }

    private func text(_ report: FindingsReport) -> String {
        String(decoding: report.html(), as: UTF8.self)
    }

    /// What stands between `start` and the next `end`.
    private func piece(
        of text: String, from start: String, to end: String
    ) throws -> String {
        let first = try #require(text.firstRange(of: start))
        let last = try #require(text[first.upperBound...].firstRange(of: end))
        return String(text[first.upperBound..<last.lowerBound])
    }

    @Test func `the page allows its own style and script, and nothing else`() throws {
        let text = text(Example.report())
        let policy = try piece(of: text, from: "Content-Security-Policy\" content=\"", to: "\"")
        let style = try piece(of: text, from: "<style>", to: "</style>")
        let script = try piece(of: text, from: "<script>", to: "</script>")
        #expect(policy.hasPrefix("default-src 'none'; "))
        #expect(policy.contains("style-src 'sha256-\(SHA256(Array(style.utf8)).base64)';"))
        #expect(policy.contains("script-src 'sha256-\(SHA256(Array(script.utf8)).base64)';"))
        #expect(!policy.contains("unsafe"))
        for word in [" src=", "url(", "@import", "fetch(", "XMLHttpRequest", "innerHTML", "eval("] {
            #expect(!text.contains(word), "\(word)")
        }
    }

    @Test(
        "text of a host is never markup",
        arguments: [
            Example.hostile, "<img src=x onerror=alert(1)>", "{{data}}", "--><script>",
            "' onclick='",
            "</script><script>alert(1)</script>",
        ])
    func hostile(_ name: String) throws {
        let report = Example.report(name)
        let text = text(report)
        // One for the data and one for the script; one list of findings that a page without scripts has.
        #expect(text.ranges(of: "<script").count == 2)
        #expect(text.ranges(of: "</script").count == 2)
        #expect(!text.contains("<img"))
        #expect(!text.contains("<!--"))
        #expect(!text.unicodeScalars.contains { $0.isDeceptive && $0 != "\n" })
        let data = try piece(of: text, from: "id=\"data\">", to: "</script>")
        #expect(!data.contains("<") && !data.contains(">") && !data.contains("&"))
        let page = try JSONDecoder().decode(Page.self, from: Data(data.utf8))
        #expect(page.texts.contains(name.visible))
        #expect(page.parts == [[name.visible, "outside", "observed"]])
        #expect(page.hosts == ["203.0.113.10", "2001:db8::10"])
        #expect(page.results == FindingResult.allCases.map(\.rawValue))
    }

    @Test func `a text is written once, however often it is said`() throws {
        let addresses = (0..<200).map { IPAddress.v4(0xc612_0000 + $0) }
        let groups = addresses.map { Example.group(6379...6379, .handshake, at: $0) }
        let part = FindingsReport.Part(reconcile(.of(groups), with: nil, under: Policy()))
        let text = text(FindingsReport([part], version: "0.1.0"))
        let data = try piece(of: text, from: "id=\"data\">", to: "</script>")
        #expect(data.ranges(of: "Reachable, but not declared").count == 1)
        #expect(data.utf8.count < 200 * 200)
    }

    @Test func `without scripts the worst is there, and the rest is counted`() throws {
        let ports = (1...300).map { UInt16($0) }
        let part = FindingsReport.Part(
            reconcile(
                .of(ports.map { Example.group($0...$0, .handshake) }),
                with: ReconcileTests.report(ports.map { Example.listener($0, "p\($0)") }),
                under: Policy()))
        let text = text(FindingsReport([part], version: "0.1.0"))
        let summary = try piece(of: text, from: "<noscript>", to: "</noscript>")
        #expect(summary.ranges(of: "<tr>").count == 201)
        #expect(summary.contains("and 100 more"))
        #expect(text.contains("<h1>300 endpoints are against what was declared</h1>"))
    }

    @Test func `a combining mark does not hide markup`() {
        #expect(
            "<\u{301}\"\u{301}'\u{301}".html == "&lt;\u{301}&quot;\u{301}&#39;\u{301}")
    }

    @Test func `a template fills each place once, and obeys no value`() {
        let template = HTMLTemplate("a{{x}}b{{y}}c{{x}}d{{")
        #expect(template.filled(with: ["x": "{{y}}", "y": "1"]) == "a{{y}}b1c{{y}}d{{")
        #expect(HTMLTemplate("").filled(with: [:]) == "")
    }

    @Test(
        "thousands are set apart",
        arguments: [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")])
    func grouped(_ number: Int, is expected: String) {
        #expect(number.grouped == expected)
    }
}
