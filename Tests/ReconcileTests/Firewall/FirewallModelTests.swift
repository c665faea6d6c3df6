import Prober
import Testing

@testable import Reconcile

/// What a reconciliation makes of rules.
@Suite struct FirewallModelTests {
    private static let source: IPAddress = "198.51.100.2"
    private static let address: IPAddress = "203.0.113.10"

    private static func report(_ rulesets: [RulesetText]) -> HostReport {
        HostReport(
            hostname: "web1", collected: "2026-01-01T00:00:00Z",
            addresses: [HostAddress(address, prefixLength: 24, interface: "eth0")],
            rulesets: rulesets)
    }

    private static func rules(_ text: String, packets: Int = 0) -> RulesetText {
        RulesetText(
            .iptables, origin: "rules",
            text: Array("*filter\n:INPUT ACCEPT\n[\(packets):0] \(text)\nCOMMIT\n".utf8))
    }

    private static func views(
        _ report: HostReport, after: HostReport? = nil, at address: IPAddress = address
    ) throws -> [FirewallView] {
        let model = try #require(FirewallModel(nil, report: report, after: after))
        return model.views(
            of: PortSet(ports: [22]), over: .tcp, at: address,
            from: FlowSource(toward: address, from: [source])
        ).map(\.0)
    }

    @Test func `the rules of the report decide, and are named`() throws {
        let views = try Self.views(
            Self.report([Self.rules("-A INPUT -p tcp -m tcp --dport 22 -j DROP")]))
        guard case .decided(.drop, let rules)? = views.first else {
            Issue.record("\(views)")
            return
        }
        #expect(rules.map(\.place) == [.line(3)])
        #expect(rules.map(\.text) == ["-A INPUT -p tcp -m tcp --dport 22 -j DROP"])
    }

    private static let silence = Evidence.unanswered(
        Silence(isExpected: false, controls: .answered))
    private static let unreachable = Evidence.icmp(
        ICMPError(.ipv4, type: 3, code: 3), reporter: address)

    @Test(
        "rules that decide say what came or did not come back over UDP",
        arguments: [
            ("DROP", silence, "C3 pass"), ("DROP", .reply(.dns), "E2 fail"),
            ("DROP", unreachable, "U7 info"), ("REJECT", unreachable, "C3 pass"),
            ("REJECT", silence, "U7 info"), ("ACCEPT", silence, "U2 inconclusive"),
            ("ACCEPT", .reply(nil), "E1 fail"), ("ACCEPT", unreachable, "A5 info"),
        ] as [(String, Evidence, String)])
    func datagrams(meeting target: String, seen evidence: Evidence, are expected: String) throws {
        var report = Self.report([Self.rules("-A INPUT -p udp -m udp --dport 53 -j \(target)")])
        report.listeners = [Listener(.udp, .ipv4, "0.0.0.0", 53)]
        let survey = Survey.of([
            ObservationGroup(Self.address, .udp, PortSet(ports: [53]), evidence, attempts: 1)
        ])
        let finding = try #require(
            reconcile(survey, with: report, under: Policy()).findings.first { !$0.isSupplement })
        #expect("\(finding.code.rawValue) \(finding.result.rawValue)" == expected)
        #expect(finding.causes.contains(.filteredByHost) == false)
    }

    @Test func `a report without rules is no model`() {
        let model = FirewallModel(nil, report: Self.report([]), after: nil)
        #expect(model.map { $0.observations } == nil)
    }

    @Test func `rules that changed meanwhile tell nothing, counters do not count`() throws {
        let before = Self.report([Self.rules("-A INPUT -j DROP")])
        let counted = Self.report([Self.rules("-A INPUT -j DROP", packets: 7)])
        let other = Self.report([Self.rules("-A INPUT -j ACCEPT")])
        #expect(try Self.views(before, after: counted) != [.undecided([.changed])])
        #expect(try Self.views(before, after: other) == [.undecided([.changed])])
    }

    @Test func `what the report could not read makes it undecided`() throws {
        var report = Self.report([Self.rules("-A INPUT -j DROP")])
        report.coverage = [CoverageGap(.firewall, reason: "IPVS was not read")]
        #expect(
            try Self.views(report)
                == [.undecided([.unknown(.gap(.unread("IPVS was not read")))])])
    }

    @Test func `rules as text are undecided, and nothing else is said of them`() throws {
        let text = Array("table inet t {\n}\n".utf8)
        let report = Self.report([RulesetText(.nftText, origin: "rules", text: text)])
        #expect(
            try Self.views(report) == [.undecided([.unknown(.gap(.textListing("rules")))])])
    }

    @Test func `an address that is not the host's is translated in front of it`() throws {
        let report = Self.report([Self.rules("-A INPUT -j DROP")])
        #expect(
            try Self.views(report, at: "203.0.113.99")
                == [.undecided([.unknown(.hostAddresses)])])
    }
}
