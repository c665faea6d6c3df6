import Prober
import Testing

@testable import Reconcile

@Suite struct HostReportJSONTests {
    private let report = HostReport(
        hostname: "web1", collected: "2026-01-02T03:04:05Z",
        sources: [HostReport.Source(kind: "sock_diag", origin: "tcp")],
        coverage: [CoverageGap(.firewall, reason: "firewall rules were not read")],
        addresses: [HostAddress(.v4(0xc000_0201), prefixLength: 24, interface: "eth0")],
        listeners: [
            Listener(
                .tcp, .dual, .v6(high: 0, low: 0), 22, device: "eth0",
                owners: [
                    ProcessIdentity(pid: 812, name: "sshd", user: "root", command: "sshd -D")
                ],
                unit: "ssh.service", container: "c1", namespace: "ns1", userID: 0,
                inode: .max, queue: AcceptQueue(waiting: 1, limit: 128))
        ],
        sysctls: [.icmpRateLimit: "1000", .icmpv6RateMask: "0-1,3-127"])

    @Test func `the text is stable and names every fact`() {
        let services = ServiceTable(parsing: "ssh 22/tcp")
        let expected = """
            {
              "addresses" : [
                {
                  "address" : "192.0.2.1",
                  "interface" : "eth0",
                  "prefix_length" : 24
                }
              ],
              "collected" : "2026-01-02T03:04:05Z",
              "coverage" : [
                {
                  "reason" : "firewall rules were not read",
                  "subject" : "firewall"
                }
              ],
              "format" : 1,
              "hostname" : "web1",
              "listeners" : [
                {
                  "address" : "::",
                  "container" : "c1",
                  "device" : "eth0",
                  "family" : "dual",
                  "inode" : 18446744073709551615,
                  "namespace" : "ns1",
                  "owners" : [
                    {
                      "command" : "sshd -D",
                      "name" : "sshd",
                      "pid" : 812,
                      "user" : "root"
                    }
                  ],
                  "port" : 22,
                  "queue" : {
                    "limit" : 128,
                    "waiting" : 1
                  },
                  "service" : "ssh",
                  "transport" : "tcp",
                  "uid" : 0,
                  "unit" : "ssh.service"
                }
              ],
              "sources" : [
                {
                  "kind" : "sock_diag",
                  "origin" : "tcp"
                }
              ],
              "sysctls" : {
                "net.ipv4.icmp_ratelimit" : "1000",
                "net.ipv6.icmp.ratemask" : "0-1,3-127"
              },
              "type" : "host"
            }

            """
        #expect(String(decoding: report.json(services: services), as: UTF8.self) == expected)
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `what is written reads back the same`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let report = HostReport.random(&generator)
        #expect(try HostReport(json: report.json(), source: "-") == report)
    }

    /// What replaces what in the text above, and what the error then says.
    @Test(arguments: [
        ("\"type\" : \"host\"", "\"type\" : \"scan\"", "type is \"scan\""),
        ("\"type\" : \"host\"", "\"kind\" : \"host\"", "type is missing"),
        ("\"format\" : 1", "\"format\" : 2", "format is 2"),
        ("\"format\" : 1", "\"format\" : \"1\"", "format is text"),
        ("\"hostname\" : \"web1\"", "\"hostname\" : [1]", "hostname is a list"),
        ("\"port\" : 22", "\"port\" : 65536", "listeners[0].port is 65536"),
        ("\"port\" : 22", "\"port\" : -1", "listeners[0].port is -1.0"),
        ("\"port\" : 22", "\"port\" : 2.5", "listeners[0].port is 2.5"),
        ("\"pid\" : 812", "\"pid\" : null", "listeners[0].owners[0].pid is missing"),
        (
            "\"address\" : \"::\"", "\"address\" : \"fe80::1%eth0\"",
            "listeners[0].address is \"fe80::1%eth0\""
        ),
        ("\"family\" : \"dual\"", "\"family\" : \"both\"", "listeners[0].family is \"both\""),
        (
            "\"family\" : \"dual\"", "\"family\" : \"ipv4\"",
            "listeners[0].family is \"ipv4\", but the address is ::"
        ),
        (
            "\"transport\" : \"tcp\"", "\"transport\" : \"sctp\"",
            "listeners[0].transport is \"sctp\""
        ),
        ("\"prefix_length\" : 24", "\"prefix_length\" : 33", "addresses[0].prefix_length is 33"),
        ("\"subject\" : \"firewall\"", "\"subject\" : \"x\"", "coverage[0].subject is \"x\""),
        ("\"limit\" : 128", "\"limit\" : true", "listeners[0].queue.limit is true or false"),
        (
            "\"net.ipv4.icmp_ratelimit\" : \"1000\"", "\"net.ipv4.icmp_ratelimit\" : 1000",
            "sysctls.net.ipv4.icmp_ratelimit is a number"
        ),
    ])
    func `a wrong value is named by its key`(old: String, new: String, problem: String) throws {
        let text = String(decoding: report.json(), as: UTF8.self)
        #expect(text.contains(old))
        let broken = text.replacing(old, with: new, maxReplacements: 1)
        let error = #expect(throws: InputError.self) {
            try HostReport(json: Array(broken.utf8), source: "web1.json")
        }
        #expect(error?.source == "web1.json")
        #expect(error?.problem == problem)
    }

    @Test func `rules that are taken out leave nothing but the gap`() {
        var full = report
        full.rulesets = [RulesetText(.nftJSON, origin: "nft -j list ruleset", text: [0x7b, 0x7d])]
        full.sources.append(HostReport.Source(kind: "nft-json", origin: "nft -j list ruleset"))
        full.coverage.append(CoverageGap(.firewall, reason: "ipset was not read"))
        full.removeRulesets()
        #expect(full == report)
    }

    @Test func `keys of later versions are passed over`() throws {
        let text = String(decoding: report.json(), as: UTF8.self)
            .replacing("\"format\" : 1,", with: "\"format\" : 1, \"novelties\" : [{\"kind\":1}],")
        #expect(try HostReport(json: Array(text.utf8), source: "-") == report)
    }

    @Test func `a report of a version that wrote no sysctls has none`() throws {
        let text = String(decoding: report.json(), as: UTF8.self)
            .replacing("\"sysctls\"", with: "\"others\"")
        var old = report
        old.sysctls = [:]
        #expect(try HostReport(json: Array(text.utf8), source: "-") == old)
        let later = String(decoding: report.json(), as: UTF8.self)
            .replacing("net.ipv4.icmp_ratelimit", with: "net.ipv4.icmp_new")
        old.sysctls = [.icmpv6RateMask: "0-1,3-127"]
        #expect(try HostReport(json: Array(later.utf8), source: "-") == old)
    }

    @Test func `a file cut off at any byte is said to be incomplete`() {
        let text = Array(report.json().dropLast())
        for length in 0..<text.count {
            let error = #expect(throws: InputError.self) {
                try HostReport(json: Array(text[..<length]), source: "-")
            }
            let expected =
                length == 0 ? "the file is empty" : "the file is incomplete: it ends here"
            #expect(error?.problem == expected, "after \(length) bytes")
        }
    }

    @Test(arguments: [
        ("{\"a\": x}", 1, 7), ("{\n \"a\": 1,\n x}", 3, 2), ("{\"a\" 1}", 1, 6), ("[1 2]", 1, 4),
        ("{} x", 1, 4), ("{\"é\": ]}", 1, 7), ("[1}", 1, 3), ("{1: 2}", 1, 2), ("<x>", 1, 1),
        ("\u{feff}[1 2]", 1, 4), ("\u{feff}{\"é\": ]}", 1, 7),
        ("{\"a\": \"\u{1}\"}", 1, 8), ("[]]", 1, 3), ("[tru]", 1, 2), ("[\"a\\q\"]", 1, 5),
    ])
    func `what is not JSON is shown by line and column`(text: String, line: Int, column: Int) {
        let error = #expect(throws: InputError.self) {
            try HostReport(json: Array(text.utf8), source: "-")
        }
        #expect(error?.line == line)
        #expect(error?.column == column)
    }

    @Test(arguments: [Array("{\"a\": 1.2.3}".utf8), [0x22, 0xff, 0x22], Array("tru".utf8)])
    func `what is whole but not JSON is not called incomplete`(text: [UInt8]) {
        let error = #expect(throws: InputError.self) { try HostReport(json: text, source: "-") }
        #expect(error?.problem == "this is not JSON")
        #expect(error?.line == nil)
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `no bytes trap the reader`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let letters = Array("{}[]\",:\\ \n01-.etrufalsn\u{80}\u{1}".unicodeScalars).map {
            UInt8(truncatingIfNeeded: $0.value)
        }
        for _ in 0..<300 {
            let bytes = (0..<24).map { _ in letters.randomElement(using: &generator) ?? 0 }
            #expect(throws: InputError.self) { try HostReport(json: bytes, source: "-") }
        }
    }
}
