import Prober
import Testing

@testable import Reconcile

@Suite struct MarkdownTests {
    @Test(
        "text is shown as it is",
        arguments: [
            ("203.0.113.10:22/tcp", "203.0.113.10:22/tcp"),
            (
                "a|b `c` *d* _e_ [f](g)",
                "a&#124;b &#96;c&#96; &#42;d&#42; &#95;e&#95; &#91;f&#93;(g)"
            ),
            ("<b>&amp;", "&#60;b&#62;&#38;amp;"), ("\\", "&#92;"), ("$x$", "&#36;x&#36;"),
            ("@octocat", "&#64;&#8203;octocat"), ("a/b#1", "a/b&#35;&#8203;1"),
            ("http://evil.example", "http&#58;&#8203;//evil.example"),
            ("www.evil.example", "www&#46;&#8203;evil.example"),
            ("a\n# b\u{202e}", "a&#92;n&#35;&#8203; b&#92;u&#123;202e&#125;"),
        ])
    func markdown(_ text: String, is expected: String) {
        #expect(text.markdown == expected)
    }

    @Test(
        "code ends where it ends",
        arguments: [
            ("nft list", "`nft list`"), ("a`b", "``a`b``"), ("``", "``` `` ```"), ("", ""),
            ("a|b", "<code>a&#124;b</code>"), ("a\n", "`a\\n`"),
            ("|\u{301}", "<code>&#124;\u{301}</code>"), ("a`\u{301}b", "``a`\u{301}b``"),
            ("`\u{301}", "`` `\u{301} ``"),
        ])
    func code(_ text: String, is expected: String) {
        #expect(text.markdownCode == expected)
    }

    @Test func `commands in a sentence are code, and an odd backtick is text`() {
        #expect("Run `a | b` now.".markdownSentence == "Run <code>a &#124; b</code> now.")
        #expect("Declare `- open: tcp:80`.".markdownSentence == "Declare `- open: tcp:80`.")
        #expect("a ` b".markdownSentence == "a &#96; b")
    }

    @Test func `a report has a headline, a table and details`() {
        let text = Example.report().markdown()
        #expect(text.hasPrefix("## Prober: not finished, 3 endpoints against what was declared\n"))
        #expect(
            text.contains(
                "| **fail** | E1 | `203.0.113.10 and 1 more tcp 6379` | "
                    + "Reachable, but not declared. | `redis-server` |"))
        #expect(text.contains("<details><summary>fail A3 service-down: "))
        #expect(text.contains("Not begun, because the run was stopped first: redis-server."))
    }

    @Test(
        "the headline says what it comes to",
        arguments: [
            (Evidence.reset, "## Prober: as declared"),
            (.handshake, "## Prober: 1 endpoint is against"),
            (.silence, "## Prober: not decided"),
        ])
    func headline(_ evidence: Evidence, is expected: String) {
        let part = FindingsReport.Part(
            reconcile(.of([Example.group(8080...8080, evidence)]), with: nil, under: Policy()))
        #expect(FindingsReport([part], version: "0.1.0").markdown().hasPrefix(expected))
    }

    @Test func `hostile text stays in its cell and its line`() throws {
        let text = Example.report(Example.hostile).markdown()
        #expect(!text.unicodeScalars.contains { $0.isDeceptive && $0 != "\n" })
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            #expect(!line.hasPrefix("# h"))
            // A bar of a cell stands between spaces; none is left of the text.
            if line.hasPrefix("| ") {
                #expect(line.unicodeScalars.count { $0 == "|" } == 6, "\(line)")
            }
        }
        #expect(!text.contains("@octocat") || text.contains("`"))
        #expect(text.ranges(of: "<details>").count == text.ranges(of: "</details>").count)
    }

    @Test(
        "a comment is never too long, and says what it leaves out",
        arguments: [2_000, 10_000, 65_536])
    func limit(_ limit: Int) {
        let groups = (1...2_000).map { port in
            Example.group(UInt16(port)...UInt16(port), .handshake)
        }
        let listeners = (1...2_000).map { Example.listener(UInt16($0), "p\($0)") }
        let part = FindingsReport.Part(
            reconcile(.of(groups), with: ReconcileTests.report(listeners), under: Policy()))
        let text = FindingsReport([part], version: "0.1.0").markdown(limit: limit)
        #expect(text.utf8.count <= limit)
        #expect(text.contains("| and "))
        let shown = text.ranges(of: "| **fail** |").count
        #expect(text.contains("| and \(2_000 - shown) more |"))
        let opened = text.ranges(of: "<details>").count
        #expect(text.contains("The details of \(2_000 - opened) more are left out"))
    }
}
