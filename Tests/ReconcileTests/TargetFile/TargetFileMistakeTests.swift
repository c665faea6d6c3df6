import Prober
import Testing

@testable import Reconcile

/// Every mistake in a target file has a line, a column, what was found and what would be right.
@Suite struct TargetFileMistakeTests {
    struct Mistake: CustomTestStringConvertible {
        let text: String
        let line: Int
        let column: Int
        let problem: String
        let remedy: String
        var testDescription: String { "\(line):\(column) \(problem)" }

        init(_ text: String, _ line: Int, _ column: Int, _ problem: String, _ remedy: String) {
            self.text = text
            self.line = line
            self.column = column
            self.problem = problem
            self.remedy = remedy
        }
    }

    /// A mistake in line 5 or later of a file with one target.
    private static func inTarget(
        _ text: String, _ line: Int, _ column: Int, _ problem: String, _ remedy: String
    ) -> Mistake {
        Mistake(
            "version: 1\ntargets:\n  - name: a\n    addresses: [203.0.113.1]\n" + text, line,
            column,
            problem, remedy)
    }

    private static let file: [Mistake] = [
        Mistake("", 1, 1, "empty", "version: 1"),
        Mistake("# nothing\n", 1, 1, "empty", "version: 1"),
        Mistake("- a\n", 1, 1, "the file is a list, not a mapping", "version: 1"),
        Mistake("hello", 1, 1, "the file is \"hello\", not a mapping", "version: 1"),
        Mistake("targets: []", 1, 1, "no \"version\"", "version: 1"),
        Mistake("version: 2\n", 1, 10, "version \"2\"", "version: 1"),
        Mistake("version: \"1\"\n", 1, 10, "text in quotes", "version: 1"),
        Mistake("version:\n", 1, 9, "empty", "version: 1"),
        Mistake("version: 1\n", 1, 1, "neither targets nor exclude", "targets:"),
        Mistake("version: 1\ntarget: []", 2, 1, "\"target\"", "Did you mean \"targets\"?"),
        Mistake(
            "version: 1\nzebra: []", 2, 1, "\"zebra\"",
            "version, defaults, groups, targets, exclude"),
        Mistake("version: 1\n<<: {}", 2, 1, "merge keys", "defaults"),
        Mistake("version: 1\n[a]: 1", 2, 1, "no word", "plain words"),
        Mistake("version: 1\n[a]: 1\n[a]: 2", 2, 1, "no word", "plain words"),
        Mistake("version: 1\na: &a b\n*a : 1\n*a : 2", 3, 1, "no word", "plain words"),
        Mistake("version: 1\nx: &x 1\nexclude: [*.example.net]", 3, 12, "not YAML", "Check"),
        Mistake("version: 1\ntargets:\n", 2, 1, "\"targets\" has no value", "delete the line"),
        Mistake("version: 1\ntargets: []", 2, 10, "\"targets\" is empty", "a list"),
        Mistake("version: 1\ntargets: web", 2, 10, "\"web\", not a list", "a list"),
        Mistake("version: 1\ntargets: [web]", 2, 11, "an item of \"targets\" is \"web\"", "name:"),
        Mistake("version: 1\nversion: 1", 2, 1, "already in line 1", "one of the two"),
        Mistake("version: 1\nexclude: []\n---\na: 1", 3, 1, "second document", "one document"),
        Mistake("version: 1\n\tdefaults: {}", 2, 1, "a tab", "spaces"),
        Mistake("version: 1\ndefaults:\n  \trate: auto", 3, 3, "a tab", "spaces"),
        Mistake("version: 1\nexclude: [\"\u{7}\"]", 2, 12, "U+7", "escape"),
        Mistake("version: 1\n#\u{c}\n", 2, 2, "U+C", "escape"),
        Mistake("version: 1\n# a\u{202e}b\u{feff}", 2, 6, "U+FEFF", "escape"),
        Mistake("version: 1\nexclude: [\"192.0.2.1]\n", 2, 11, "never closed", "Close it"),
        Mistake("version: 1\nexclude: *never", 2, 10, "alias", "&name"),
        Mistake("version: 1\nexclude: a: b", 2, 11, "a colon", "quotes"),
        Mistake("version: 1\nexclude: @a", 2, 10, "cannot begin", "quotes"),
        Mistake("version: 1\nexclude: [a, b\n", 3, 1, "not YAML", "Check"),
        Mistake("version: 1\n exclude: []\n", 2, 9, "a colon", "Indent keys"),
    ]

    private static let settings: [Mistake] = [
        Mistake("version: 1\ndefaults: []", 2, 11, "a list, not a mapping", "vantage"),
        Mistake("version: 1\ndefaults: { rat: 1 }", 2, 13, "\"rat\"", "Did you mean \"rate\"?"),
        Mistake("version: 1\ndefaults: { host: 1 }", 2, 13, "\"host\"", "Keys of \"defaults\""),
        Mistake("version: 1\ndefaults: { vantage: moon }", 2, 22, "\"moon\"", "namespace"),
        Mistake("version: 1\ndefaults: { vantage: ssh:a@b }", 2, 22, "yet", "prober scan"),
        Mistake("version: 1\ndefaults: { vantage: [] }", 2, 22, "a list, not a vantage", "direct"),
        Mistake("version: 1\ndefaults: { rate: fast }", 2, 19, "\"fast\"", "auto, max"),
        Mistake("version: 1\ndefaults: { rate: 0 }", 2, 19, "\"0\"", "from 1 to"),
        Mistake("version: 1\ndefaults: { rate: -5 }", 2, 19, "\"-5\"", "from 1 to"),
        Mistake("version: 1\ndefaults: { rate: 1e3 }", 2, 19, "\"1e3\"", "from 1 to"),
        Mistake("version: 1\ndefaults: { timeout: 2 }", 2, 22, "\"2\"", "1500ms or 2s"),
        Mistake("version: 1\ndefaults: { timeout: 0s }", 2, 22, "\"0s\"", "1500ms or 2s"),
        Mistake("version: 1\ndefaults: { timeout: s }", 2, 22, "\"s\"", "1500ms or 2s"),
        Mistake("version: 1\ndefaults: { timeout: 601s }", 2, 22, "\"601s\"", "600s"),
        Mistake("version: 1\ndefaults: { retries: -1 }", 2, 22, "\"-1\"", "from 0 to 20"),
        Mistake("version: 1\ndefaults: { retries: many }", 2, 22, "\"many\"", "from 0 to 20"),
        Mistake("version: 1\ndefaults: { retries: 21 }", 2, 22, "\"21\"", "from 0 to 20"),
        Mistake("version: 1\ndefaults: { retries: '1' }", 2, 22, "in quotes", "from 0 to 20"),
        Mistake("version: 1\ndefaults: { retries: 9999999999999999999999 }", 2, 22, "99", "20"),
        Mistake("version: 1\ndefaults: { probe: 22 }", 2, 20, "\"22\", not a mapping", "tcp:"),
        Mistake("version: 1\ndefaults: { probe: {} }", 2, 20, "names no port", "tcp: 1-65535"),
        Mistake("version: 1\ndefaults: { probe: { udp: 53000x } }", 2, 27, "53000x", "65535"),
        Mistake("version: 1\ndefaults: { probe: { udp: [53, comon] } }", 2, 32, "comon", "number"),
        Mistake("version: 1\ndefaults: { probe: { udp: ssh } }", 2, 27, "no udp service", "number"),
        Mistake("version: 1\ndefaults: { probe: { udp: [] } }", 2, 27, "is empty", "[22, 80"),
        Mistake(
            "version: 1\ndefaults: { probe: { udp: 'T:53' } }", 2, 27, "tcp:53 stands under udp",
            "under tcp:"),
        Mistake(
            "version: 1\ndefaults: { probe: { tcp: [22, 'udp:common'] } }", 2, 27,
            "stands under tcp", "under udp:"),
        Mistake("version: 1\ndefaults: { probe: { tpc: 53 } }", 2, 22, "tpc", "\"tcp\""),
        Mistake("version: 1\ndefaults: { probe: { tcp: 70000 } }", 2, 27, "\"70000\"", "65535"),
        Mistake(
            "version: 1\ndefaults: { probe: { tcp: '1,x9' } }", 2, 30, "\"x9\"", "/etc/services"),
        Mistake("version: 1\ndefaults: { probe: { tcp: [1, 9-2] } }", 2, 31, "backwards", "2-9"),
        Mistake("version: 1\ndefaults: { probe: { tcp: [] } }", 2, 27, "is empty", "[22, 80"),
        Mistake(
            "version: 1\ndefaults: { probe: { tcp: [[1]] } }", 2, 28, "a list, not ports", "[22,"),
        Mistake(
            "version: 1\ndefaults: { probe: { tcp: 'U:53' } }", 2, 27, "udp:53 stands under tcp",
            "under udp:"),
        Mistake("version: 1\ndefaults: { probe: { tcp: 'x:53' } }", 2, 28, "no transport", "tcp:"),
    ]

    private static let targets: [Mistake] = [
        Mistake("version: 1\ntargets:\n  - addresses: [a]", 3, 5, "no \"name\"", "name: web1"),
        Mistake("version: 1\ntargets:\n  - name: a", 3, 5, "no \"addresses\"", "[this-host]"),
        Mistake("version: 1\ntargets:\n  - name: [a]\n    addresses: [b]", 3, 11, "a list", "web1"),
        Mistake(
            "version: 1\ntargets:\n  - name: ' '\n    addresses: [b]", 3, 11, "no name", "1 to 100"),
        Mistake(
            "version: 1\ntargets:\n  - name: a\u{202e}b\n    addresses: [b]", 3, 11, "no name",
            "1 to 100"),
        Mistake(
            "version: 1\ntargets:\n  - name: a\n    addresses: []", 4, 16, "is empty", "this-host"),
        Mistake("version: 1\ntargets:\n  - name: a\n    addresses: b", 4, 16, "not a list", "list"),
        Mistake(
            "version: 1\ntargets:\n  - name: a\n    adresses: [b]", 4, 5,
            "unknown key \"adresses\"",
            "Did you mean \"addresses\"?"),
        Mistake(
            "version: 1\ntargets:\n  - name: a\n    addresses: [203.0.113.1/+24]", 4, 29,
            "\"+24\" is no IPv4 prefix length", "from 0 to 32"),
        Mistake(
            "version: 1\ntargets:\n  - name: a\n    addresses:\n      - 'FF::FF/129'", 5, 17,
            "\"129\"",
            "from 0 to 128"),
        Mistake(
            "version: 1\ntargets:\n  - name: a\n    addresses: [ok, \"fe80::1%eth0\"]", 4, 29,
            "is a zone", "not link-local"),
        Mistake(
            "version: 1\ntargets:\n  - name: é\n    addresses: [bücher.example]", 4, 18, "\"ü\"",
            "xn--"),
        Mistake("version: 1\ntargets:\n  - name: a\n    addresses: [~]", 4, 17, "empty", "list"),
        Mistake(
            "version: 1\ntargets:\n  - name: a\n    addresses: [{}]", 4, 17, "a mapping", "list"),
        inTarget("  - name: a\n    addresses: [b]", 5, 11, "by the target in line 3", "of its own"),
        inTarget("    name: b", 5, 5, "already in line 3", "one of the two"),
        inTarget("    host: live", 5, 11, "\"live\", not a mapping", "{ live: true }"),
        inTarget("    host: {}", 5, 11, "is empty", "{ live: true }"),
        inTarget("    host: { live: false }", 5, 19, "not true", "leave host out"),
        inTarget("    host: { ssh: -oProxyCommand=x }", 5, 18, "no host for ssh", "USER@HOST"),
        inTarget("    host: { ssh: a@b, live: true }", 5, 13, "together", "or host"),
        inTarget("    host: { file: [a] }", 5, 13, "\"file\"", "Did you mean \"files\"?"),
        inTarget("    host: { files: a }", 5, 20, "not a list", "report.json"),
        inTarget("    host: { files: [] }", 5, 20, "is empty", "report.json"),
        inTarget("    host: { files: [''] }", 5, 21, "no path", "report.json"),
        inTarget("    host: { live: true, files: [a] }", 5, 25, "together", "or host"),
        Mistake("version: 1\nexclude: 192.0.2.1", 2, 10, "not a list", "hyphen"),
        Mistake("version: 1\nexclude: [web1.example]", 2, 11, "host name", "themselves"),
        Mistake("version: 1\nexclude: [[192.0.2.1]]", 2, 11, "a list, not a block", "block:"),
        Mistake("version: 1\nexclude: [192.0.2.1/33]", 2, 21, "\"33\"", "from 0 to 32"),
        Mistake("version: 1\nexclude: [{ why: x }]", 2, 11, "no \"block\"", "block:"),
        Mistake(
            "version: 1\nexclude: [{ block: 192.0.2.1, because: x }]", 2, 31, "because",
            "block, why"),
        Mistake(
            "version: 1\nexclude: [{ block: 192.0.2.1, why: [x] }]", 2, 36, "a list", "few words"),
    ]

    private static let policy: [Mistake] = [
        inTarget("    expect: open", 5, 13, "\"open\", not a list", "hyphen"),
        inTarget("    expect: [open]", 5, 14, "not a mapping", "open:"),
        inTarget("    expect:\n    - why: x", 6, 7, "neither open nor closed", "open:"),
        inTarget("    expect:\n    - opne: 22", 6, 7, "opne", "Did you mean \"open\"?"),
        inTarget("    expect:\n    - open: 22\n      closed: 23", 7, 7, "in one entry", "for each"),
        inTarget("    expect:\n    - open: rest", 6, 13, "only closed", "Name the ports"),
        inTarget("    expect:\n    - open: tcp:99999", 6, 13, "\"99999\"", "65535"),
        inTarget("    expect:\n    - open: [22, gopher7]", 6, 18, "\"gopher7\"", "number"),
        inTarget(
            "    expect:\n    - open: [22, udp:53]", 6, 13, "udp:53 is not probed", "udp: common"),
        inTarget("    expect:\n    - open: udp:53", 6, 13, "udp:53 is not probed", "write probe:"),
        inTarget(
            "    probe: { udp: common }\n    expect:\n    - open: [udp:53, udp:54]", 7, 13,
            "udp:54 is not probed", "probe in line 5"),
        inTarget(
            "    probe: { udp: 53 }\n    expect:\n    - open: 53", 7, 13, "tcp:53 is not probed",
            "probe in line 5"),
        inTarget(
            "    expect:\n    - open: 22\n      from: bastion", 7, 13, "host name", "themselves"),
        inTarget("    expect:\n    - open: 22\n      from: []", 7, 13, "is empty", "block"),
        inTarget(
            "    expect:\n    - open: 22\n      from: [192.0.2.0/x]", 7, 24, "\"x\"", "0 to 32"),
        inTarget(
            "    expect:\n    - closed: rest\n    - open: 22", 7, 7, "rest in line 6", "before"),
        inTarget(
            "    expect:\n    - closed: 1-1023\n    - open: 22", 7, 7,
            "the entry in line 6 covers", "before"),
        inTarget(
            "    expect:\n    - open: 22\n      from: 192.0.2.0/24\n    - open: 22\n      from: 192.0.2.7",
            8, 7, "the entry in line 6 covers", "before"),
        inTarget(
            "    probe: { tcp: 1-1023 }\n    expect:\n    - open: [22, 8443]", 7, 13,
            "tcp:8443 is not probed", "probe in line 5"),
        Mistake(
            "version: 1\ndefaults: { probe: { tcp: 80 } }\ntargets:\n  - name: a\n"
                + "    addresses: [203.0.113.1]\n    expect: [{ open: 22 }]", 6, 22,
            "tcp:22 is not probed", "probe in line 2"),
        inTarget("    expect:\n    - open: 0", 6, 13, "tcp:0 is not probed", "0-65535"),
    ]

    @Test(
        "a mistake is named with its place and its remedy",
        arguments: file + settings + targets + policy)
    func mistake(_ mistake: Mistake) {
        let error = #expect(throws: InputError.self) {
            try TargetFile(
                parsing: mistake.text, source: "t.yaml",
                services: ServiceTable(parsing: "ssh 22/tcp"))
        }
        #expect(error?.source == "t.yaml")
        #expect(error?.line == mistake.line)
        #expect(error?.column == mistake.column)
        #expect(error?.problem.contains(mistake.problem) == true, "\(error?.problem ?? "")")
        #expect(error?.remedy.contains(mistake.remedy) == true, "\(error?.remedy ?? "")")
    }
}
