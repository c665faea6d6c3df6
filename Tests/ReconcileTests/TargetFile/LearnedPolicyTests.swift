import Prober
import Testing

@testable import Reconcile

/// What is learned describes what is there, and reads back.
@Suite struct LearnedPolicyTests {
    private static let services = ServiceTable(parsing: "")

    private static func heading(_ name: String = "web1", holders: Bool = false) throws
        -> LearnedPolicy.Heading
    {
        LearnedPolicy.Heading(
            name: name, origins: ["What listens is what web1 said."],
            day: try #require(CalendarDay("2026-11-24")), declaresHolders: holders)
    }

    private static func file(_ text: String) throws -> TargetFile {
        try TargetFile(parsing: text, source: "learned.yaml", services: services)
    }

    private static let sshd = Listener(
        .tcp, .dual, "::", 22, owners: [ProcessIdentity(pid: 7, name: "sshd", user: "root")],
        unit: "ssh.service", inode: 1)
    private static let postgres = Listener(
        .tcp, .ipv4, "127.0.0.1", 5432, owners: [ProcessIdentity(pid: 8, name: "postgres")],
        inode: 2)
    private static let redis = Listener(
        .tcp, .ipv4, "0.0.0.0", 6379, owners: [ProcessIdentity(pid: 9, name: "redis-server")],
        unit: "redis-server.service", inode: 3)
    private static let nginx = [80, 443].map {
        Listener(
            .tcp, .ipv4, "0.0.0.0", $0, owners: [ProcessIdentity(pid: 10, name: "nginx")],
            unit: "nginx.service", inode: UInt64($0))
    }

    @Test func `a file of what listens is grouped, commented and marked for review`() throws {
        let report = HostReport(
            hostname: "web1", collected: "2026-11-24T03:04:05Z",
            addresses: [
                HostAddress("127.0.0.1", prefixLength: 8, interface: "lo"),
                HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0"),
                HostAddress("2001:db8:b::10", prefixLength: 64, interface: "eth0"),
            ],
            listeners: [Self.sshd, Self.postgres, Self.redis] + Self.nginx)
        let text = LearnedPolicy(of: nil, report).text(try Self.heading(holders: true))
        #expect(
            text == """
                # What is there on 2026-11-24, written by prober policy learn: a draft to review.
                # What listens is what web1 said.
                #
                # Declared below is what is open now. Nobody has said yet that it is meant:
                # delete what is not, and write why for what is.
                version: 1

                targets:
                  - name: web1
                    addresses: [203.0.113.10, "2001:db8:b::10"]
                    # host: { ssh: root@web1 } lets a check ask who listens.
                    probe:
                      tcp: [1-65535]
                    expect:
                      # sshd, unit ssh.service, on every address
                      - open: tcp:22
                        by: [ssh.service]
                        why: "learned on 2026-11-24"
                      # nginx, unit nginx.service, on every IPv4 address
                      - open: [tcp:80, tcp:443]
                        family: ipv4
                        by: [nginx.service]
                        why: "learned on 2026-11-24"
                      # redis-server, unit redis-server.service, on every IPv4 address
                      # REVIEW: databases and remote administration are seldom meant for everybody.
                      - open: tcp:6379
                        family: ipv4
                        by: [redis-server.service]
                        why: "learned on 2026-11-24: review"
                      # Left out, because only the host itself reaches it:
                      #   tcp:5432 postgres, on 127.0.0.1
                      - closed: rest

                """)
        let target = try #require(try Self.file(text).targets.first)
        #expect(target.name == "web1")
        #expect(target.policy.expectations.count == 4)
        #expect(target.policy.expectations[1].family == .ipv4)
    }

    private static func rules(_ lines: String) throws -> Ruleset {
        try Ruleset([
            try RulesetText(
                recognising: Array("*filter\n:INPUT DROP [0:0]\n\(lines)\nCOMMIT\n".utf8),
                origin: "rules")
        ])
    }

    private static let web = HostReport(
        hostname: "web1", collected: "",
        addresses: [HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0")],
        listeners: [sshd, redis] + nginx)

    @Test(
        "what listens and is let in is declared, for whom it is let in",
        arguments: [
            ("-A INPUT -p tcp --dport 22 -j ACCEPT", ["22"], ["stopped 80,443", "stopped 6379"]),
            ("-A INPUT -j ACCEPT", ["22", "80,443", "6379"], []),
            (
                "-A INPUT -s 198.51.100.0/25 -p tcp --dport 22 -j ACCEPT",
                ["22 from 198.51.100.0/25"], ["stopped 80,443", "stopped 6379"]
            ),
            // Of two networks, one within the other, the wider one is enough.
            (
                "-A INPUT -s 198.51.100.0/25 -p tcp --dport 22 -j ACCEPT\n"
                    + "-A INPUT -s 198.51.100.0/24 -p tcp --dport 22 -j ACCEPT\n"
                    + "-A INPUT -s 192.0.2.0/24 -p tcp --dport 22 -j ACCEPT",
                ["22 from 192.0.2.0/24 198.51.100.0/24"], ["stopped 80,443", "stopped 6379"]
            ),
            // Open to all but one is declared closed to the one, and open.
            (
                "-A INPUT -s 192.0.2.0/24 -j DROP\n-A INPUT -p tcp --dport 80 -j ACCEPT",
                ["closed 80 from 192.0.2.0/24", "80"],
                ["stopped 22", "stopped 443", "stopped 6379"]
            ),
            (
                "-A INPUT -p tcp --dport 80 -m limit --limit 3/min -j ACCEPT", [],
                ["stopped 22", "stopped 443", "stopped 6379", "undecided 80"]
            ),
        ])
    func rules(_ lines: String, give entries: [String], _ left: [String]) throws {
        let rules = try Self.rules(lines)
        let policy = LearnedPolicy(of: nil, Self.web, ruleset: rules)
        let target = try #require(policy.targets.first)
        #expect(target.entries.map(Self.outline) == entries)
        #expect(target.leftOut.map { "\($0.reason) \($0.ports)" } == left)
        // Whoever asks, from wherever the file speaks of: nothing fails.
        let read = try Self.file(policy.text(try Self.heading(holders: true)))
        let declared = try #require(read.targets.first).policy
        let vantages = Vantage.all(named: declared, of: Self.web, ruleset: rules)
        let failing = predict(for: Self.web, under: declared, from: vantages, ruleset: rules)
            .flatMap(\.findings).filter { $0.result == .fail }
        #expect(failing.isEmpty)
    }

    private static func outline(_ entry: LearnedPolicy.Entry) -> String {
        let from = entry.from.map(\.description).joined(separator: " ")
        return (entry.isOpen ? "" : "closed ") + "\(entry.ports)"
            + (from.isEmpty ? "" : " from \(from)") + (entry.isOfVantage ? " ?" : "")
    }

    @Test(
        "what a scan found open is declared for those whom the rules let in",
        arguments: [
            ("-A INPUT -p tcp --dport 6379 -j ACCEPT", ["6379"]),
            (
                "-A INPUT -s 198.51.100.0/24 -p tcp --dport 6379 -j ACCEPT",
                ["6379 from 198.51.100.0/24"]
            ),
            // Whoever probes, what is kept from others within the range stays so.
            (
                "-A INPUT -s 198.51.100.128/25 -j DROP\n"
                    + "-A INPUT -s 198.51.100.0/24 -p tcp --dport 6379 -j ACCEPT",
                ["6379 from 198.51.100.0/25"]
            ),
            (
                "-A INPUT -s 203.0.113.0/25 -j DROP\n-A INPUT -p tcp --dport 6379 -j ACCEPT",
                ["closed 6379 from 203.0.113.0/25", "6379"]
            ),
            // Nobody is let in by a name, and a rule that cannot be followed decides.
            (
                "-A INPUT -s 192.0.2.0/24 -p tcp --dport 6379 -j ACCEPT\n"
                    + "-A INPUT -s 198.51.100.2 -m string --string x --algo bm -j ACCEPT",
                ["6379 from 198.51.100.2 ?"]
            ),
        ])
    func scanWithRules(_ lines: String, gives entries: [String]) throws {
        let survey = Survey(
            id: "a", started: "", vantage: Vantage(name: "v", addresses: ["198.51.100.2"]), seed: 1,
            plan: SurveyPlan(
                targets: [AddressRange("203.0.113.10")],
                ports: PortSpec(tcp: PortSet([6379...6379]))),
            groups: [ReconcileTests.group(6379...6379, .handshake)])
        let policy = LearnedPolicy(of: survey, Self.web, ruleset: try Self.rules(lines))
        let target = try #require(policy.targets.first)
        #expect(target.entries.map(Self.outline) == entries)
        let text = policy.text(try Self.heading())
        let declared = try #require(try Self.file(text).targets.first).policy
        let whole = reconcile(survey, with: Self.web, under: declared)
        #expect(!whole.findings.contains { $0.result == .fail })
        #expect(text.contains("no range that they name") == entries.contains { $0.hasSuffix("?") })
    }

    @Test func `ranges are cut where others begin and end`() throws {
        let blocks: [(IPAddress, Int)] = [
            ("198.51.100.0", 24), ("198.51.100.128", 25), ("203.0.113.0", 24),
        ]
        let ranges = blocks.compactMap { AddressRange(block: $0, prefixLength: $1) }
        #expect(
            ranges.pieces.map(\.description) == [
                "198.51.100.0/25", "198.51.100.128/25", "203.0.113.0/24",
            ])
    }

    @Test func `tens of thousands of sockets are learned in seconds`() throws {
        let sockets = (UInt16(10_000)..<30_000).map { port in
            Listener(
                .udp, .ipv4, port < 20_000 ? "127.0.0.1" : "0.0.0.0", port,
                unit: "worker-\(port).service", inode: UInt64(port))
        }
        let report = HostReport(
            hostname: "web1", collected: "",
            addresses: [HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0")],
            listeners: sockets)
        let clock = ContinuousClock()
        let begin = clock.now
        let target = try #require(LearnedPolicy(of: nil, report).targets.first)
        // Pairs of them would take minutes.
        #expect(clock.now - begin < .seconds(30))
        #expect(target.entries.count == 10_000)
        #expect(target.leftOut.count == 10_000)
    }

    @Test func `hosts that differ are targets of their own, and quiet addresses are one`() throws {
        let survey = Survey(
            id: "a", started: "2026-11-24T03:04:05Z",
            vantage: Vantage(name: "v", addresses: ["198.51.100.2"]), seed: 1,
            plan: SurveyPlan(
                targets: [try #require(AddressRange(block: "203.0.113.8", prefixLength: 29))],
                ports: PortSpec(tcp: PortSet([1...100]), udp: PortSet([53...53]))),
            groups: [
                ReconcileTests.group(80...80, .handshake, at: "203.0.113.9"),
                ReconcileTests.group(80...80, .handshake, at: "203.0.113.12"),
                ReconcileTests.group(22...22, .handshake, at: "203.0.113.10"),
                ReconcileTests.group(53...53, .reply(nil), .udp, at: "203.0.113.10"),
                ReconcileTests.group(1...21, .reset, at: "203.0.113.11"),
            ])
        let text = LearnedPolicy(of: survey, nil).text(try Self.heading())
        let targets = try Self.file(text).targets
        #expect(targets.map(\.name) == ["web1", "web1-2", "web1-3"])
        #expect(
            targets.map { $0.policy.expectations.filter(\.isOpen).map(\.ports.description) } == [
                [], ["tcp:80"], ["tcp:22", "udp:53"],
            ])
        #expect(
            targets.map { target in
                target.addresses.compactMap { address -> [String]? in
                    guard case .word(.ranges(let ranges)) = address.kind else { return nil }
                    return ranges.map(\.description)
                }.joined().joined(separator: " ")
            } == [
                "203.0.113.8 203.0.113.11 203.0.113.13-203.0.113.15", "203.0.113.9 203.0.113.12",
                "203.0.113.10",
            ])
        for target in targets { #expect(target.settings.probe == survey.plan.ports) }
    }

    /// The addresses of a target that was read back.
    private static func addresses(of target: Target) -> TargetSet {
        TargetSet(
            target.addresses.flatMap { address -> [AddressRange] in
                guard case .word(.ranges(let ranges)) = address.kind else { return [] }
                return ranges
            })
    }

    /// What of `whole` fails at `addresses`, but for listeners that hide: no declaration helps there.
    private static func failures(
        _ whole: Reconciliation, at addresses: TargetSet
    ) -> [Finding] {
        whole.findings.filter {
            $0.result == .fail && $0.code != .e5 && addresses.contains($0.addresses.first)
        }
    }

    /// A scan whose ports, at addresses of `report` and of others, were seen in any way.
    private static func survey(
        of report: HostReport, _ generator: inout SplitMix64
    ) -> Survey {
        let own =
            report.addresses.map(\.address) + [ReconcileTests.web, "2001:db8:b::10", "127.0.0.1"]
        let evidence: [Evidence] = [
            .handshake, .reset, .silence,
            .icmp(ICMPError(.ipv4, type: 3, code: 13), reporter: "203.0.113.1"),
        ]
        let listened = report.listeners.map(\.port)
        var groups: [ObservationGroup] = []
        for address in Set(own) {
            for transport in Transport.allCases {
                for port in Set(listened + [22, 443, 5432]) {
                    guard Bool.random(using: &generator) else { continue }
                    groups.append(
                        ObservationGroup(
                            address, transport, PortSet(ports: [port]),
                            evidence.randomElement(using: &generator) ?? .reset,
                            attempts: 1))
                }
            }
        }
        let all = PortSet([0...UInt16.max])
        return Survey(
            id: "a", started: "", vantage: Vantage(name: "v", addresses: ["198.51.100.2"]), seed: 1,
            plan: SurveyPlan(
                targets: TargetSet(Set(own).map { AddressRange($0) }).ranges,
                ports: PortSpec(tcp: all, udp: all)), groups: groups)
    }

    @Test(arguments: UInt64(0)..<200)
    func `what was learned from a report and a scan fails nowhere under itself`(
        seed: UInt64
    ) throws {
        var generator = SplitMix64(state: seed)
        var report = HostReport.random(&generator)
        report.rulesets = []
        let survey = seed % 3 == 0 ? nil : Self.survey(of: report, &generator)
        let host = seed % 5 == 1 && survey != nil ? nil : report
        let policy = LearnedPolicy(of: survey, host)
        for holders in [false, true] {
            let text = policy.text(try Self.heading(report.hostname, holders: holders))
            let file = try Self.file(text)
            #expect(file.targets.count == policy.targets.count)
            for target in file.targets {
                let whole = reconcile(survey, with: host, under: target.policy)
                #expect(
                    Self.failures(whole, at: Self.addresses(of: target)).isEmpty, "\(text)")
            }
            guard let survey else { continue }
            let named = file.targets.reduce(TargetSet()) { $0.union(Self.addresses(of: $1)) }
            #expect(named == TargetSet(survey.plan.targets))
        }
    }

    @Test(arguments: [
        "a", "a b", "null", "rest", "- x", "a: b", "\"", "\\", "é", "\u{202e}", "1.5", "@", "#",
        "'",
    ])
    func `any name reads back as it was, or another stands for it`(name: String) throws {
        let policy = LearnedPolicy(of: nil, HostReport(hostname: "", collected: ""))
        let read = try Self.file(policy.text(try Self.heading(name))).targets.first?.name
        #expect(read == (name == "\u{202e}" ? "host-1" : name))
    }
}
