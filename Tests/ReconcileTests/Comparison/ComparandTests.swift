import Prober
import Testing

@testable import Reconcile

/// Files of each kind, compared.
@Suite struct ComparandTests {
    private static func survey(
        _ groups: [ObservationGroup], vantage: String = "monitor",
        ports: ClosedRange<UInt16> = 1...100, ending: Survey.Ending = .complete
    ) -> Survey {
        Survey(
            id: "a", started: "2026-11-24T03:04:05Z",
            vantage: Vantage(name: vantage, addresses: ["198.51.100.2"]), seed: 1,
            plan: SurveyPlan(
                targets: [AddressRange(ReconcileTests.web)], ports: PortSpec(tcp: PortSet([ports]))),
            groups: groups, ending: ending)
    }

    private static let before = survey([
        ReconcileTests.group(22...22, .handshake), ReconcileTests.group(1...21, .reset),
        ReconcileTests.group(23...100, .reset),
    ])
    private static let after = survey([
        ReconcileTests.group(22...22, .handshake), ReconcileTests.group(80...80, .handshake),
        ReconcileTests.group(1...21, .reset), ReconcileTests.group(23...79, .reset),
        ReconcileTests.group(81...100, .silence),
    ])

    private static func outline(_ difference: Difference) -> [String] {
        difference.changes.map { "\($0.kind.rawValue) \($0.ports)" }
    }

    @Test func `two scans show what opened`() throws {
        let difference = try Difference(from: .scan(Self.before), to: .scan(Self.after))
        #expect(Self.outline(difference) == ["opened 80"])
        #expect(difference.unchangedCount == 99)
        #expect(difference.conclusion == .grown)
        let back = try Difference(from: .scan(Self.after), to: .scan(Self.before))
        #expect(Self.outline(back) == ["closed 80"])
    }

    private static func findings(
        _ survey: Survey, _ listeners: [Listener]? = nil, _ policy: Policy = Policy()
    ) throws -> Comparand {
        let whole = reconcile(
            survey, with: listeners.map { ReconcileTests.report($0) }, under: policy)
        return try Comparand(parsing: whole.json(target: "web"), source: "f.json")
    }

    private static func listener(_ port: UInt16, _ name: String, pid: Int32 = 7) -> Listener {
        Listener(
            .tcp, .dual, "::", port, owners: [ProcessIdentity(pid: pid, name: name)],
            inode: UInt64(pid))
    }

    @Test func `two findings files show owners, codes and what opened`() throws {
        let open = Policy([Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([22...22])))])
        let old = try Self.findings(Self.before, [Self.listener(22, "sshd")], open)
        let same = try Self.findings(Self.before, [Self.listener(22, "sshd", pid: 99)], open)
        #expect(try Self.outline(Difference(from: old, to: same)).isEmpty)
        let other = try Self.findings(Self.before, [Self.listener(22, "nc")], open)
        #expect(try Self.outline(Difference(from: old, to: other)) == ["owner-changed 22"])
        let undeclared = try Self.findings(Self.before, [Self.listener(22, "sshd")])
        #expect(try Self.outline(Difference(from: old, to: undeclared)) == ["code-changed 22"])
        let more = try Self.findings(
            Self.after, [Self.listener(22, "sshd"), Self.listener(80, "nginx")], open)
        let difference = try Difference(from: old, to: more)
        #expect(Self.outline(difference) == ["opened 80", "code-changed 81-100"])
        #expect(difference.changes.first?.new.owner == "nginx")
    }

    @Test func `what only the new scan asked is newly seen, never opened`() throws {
        let narrow = Self.survey([ReconcileTests.group(22...22, .handshake)], ports: 22...22)
        let difference = try Difference(from: .scan(narrow), to: .scan(Self.after))
        #expect(Self.outline(difference) == ["newly-seen 80"])
        #expect(difference.noise == [.notTestedBefore: 98])
        #expect(difference.conclusion == .undecided)
    }

    @Test func `a scan that was interrupted leaves it undecided`() throws {
        let cut = Self.survey([ReconcileTests.group(1...21, .reset)], ending: .interrupted)
        let difference = try Difference(from: .scan(Self.before), to: .scan(cut))
        #expect(difference.isNewIncomplete)
        #expect(difference.conclusion == .undecided)
    }

    @Test func `what different vantages saw is compared only when that is asked for`() throws {
        let office = Self.survey(Self.after.groups, vantage: "office")
        let problem = #expect(throws: ComparisonProblem.self) {
            try Difference(from: .scan(Self.before), to: .scan(office))
        }
        #expect(problem == .vantages(["monitor"], ["office"]))
        let across = try Difference(
            from: .scan(Self.before), to: .scan(office), acrossVantages: true)
        #expect(Self.outline(across) == ["opened 80"])
    }

    @Test func `files of different kinds are not compared`() {
        let problem = #expect(throws: ComparisonProblem.self) {
            try Difference(from: .scan(Self.before), to: .host(ReconcileTests.report()))
        }
        #expect(problem == .kinds("scan", "host"))
    }

    @Test func `two host reports show sockets that came, went and moved`() throws {
        let old = ReconcileTests.report([
            Self.listener(22, "sshd"), Self.listener(80, "apache2"),
            Listener(.tcp, .ipv4, "127.0.0.1", 6379, inode: 3), Self.listener(25, "exim"),
        ])
        let new = ReconcileTests.report([
            Self.listener(22, "sshd", pid: 99), Self.listener(80, "nginx"), ReconcileTests.redis,
            Listener(.udp, .ipv4, "0.0.0.0", 40_000, inode: 4),
        ])
        let difference = try Difference(from: .host(old), to: .host(new))
        let outline = Set(Self.outline(difference))
        #expect(outline == ["opened 6379", "owner-changed 80", "closed 25"])
        #expect(difference.noise.keys.map(\.rawValue) == ["client-udp"])
        #expect(difference.conclusion == .grown)
    }

    private static func withRules(_ report: HostReport, _ text: String) -> HostReport {
        var report = report
        report.rulesets = [
            RulesetText(.iptables, origin: "iptables-save", text: Array(text.utf8))
        ]
        return report
    }

    @Test func `a rule that goes opens what listens behind it`() throws {
        let report = HostReport(
            hostname: "web1", collected: "",
            addresses: [HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0")],
            listeners: [Self.listener(22, "sshd"), Self.listener(80, "nginx")])
        let closed = Self.withRules(
            report,
            """
            *filter
            :INPUT DROP [0:0]
            -A INPUT -p tcp --dport 22 -j ACCEPT
            COMMIT

            """)
        let opened = Self.withRules(
            report,
            """
            *filter
            :INPUT DROP [0:0]
            -A INPUT -p tcp --dport 22 -j ACCEPT
            -A INPUT -p tcp --dport 80 -j ACCEPT
            COMMIT

            """)
        let difference = try Difference(from: .host(closed), to: .host(opened))
        #expect(Self.outline(difference) == ["opened 80"])
        // Rules on one side only say nothing of a change.
        let half = try Difference(from: .host(closed), to: .host(report))
        #expect(half.changes.isEmpty)
        // And that nothing opened nobody knows.
        #expect(half.hasRulesOnOneSide)
        #expect(half.conclusion == .undecided)
        let known = try Difference(from: .host(report), to: .host(report))
        #expect(known.conclusion == .notGrown)
    }

    private static let dropAll = "*filter\n:INPUT DROP [0:0]\nCOMMIT\n"
    private static let acceptAll = "*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"

    @Test func `rules that are predicted to let in what they stopped have grown the exposure`()
        throws
    {
        func predicted(_ text: String) throws -> Comparand {
            let report = Self.withRules(ReconcileTests.report([ReconcileTests.redis]), text)
            let vantage = Vantage(name: "office", addresses: ["198.51.100.2"])
            let whole = predict(
                for: report, under: Policy(), at: TargetSet([AddressRange(ReconcileTests.web)]),
                from: [vantage])
            return try Comparand(
                parsing: try #require(whole.first).json(target: "web"), source: "f.json")
        }
        let closed = try predicted(Self.dropAll)
        let opened = try predicted(Self.acceptAll)
        let difference = try Difference(from: closed, to: opened)
        #expect(difference.changes.first?.kind == .opened)
        #expect(difference.changes.first?.ports == PortSet([6379...6379]))
        #expect(difference.conclusion == .grown)
        let back = try Difference(from: opened, to: closed)
        #expect(back.changes.last?.kind == .closed)
        #expect(back.conclusion == .notGrown)
    }

    @Test func `listeners that nobody could read leave a host undecided`() throws {
        let old = ReconcileTests.report([Self.listener(22, "sshd")])
        let new = ReconcileTests.report(
            [], coverage: [CoverageGap(.listeners, reason: "the lists could not be read")])
        let difference = try Difference(from: .host(old), to: .host(new))
        #expect(difference.changes.isEmpty)
        #expect(difference.noise[.undecided] == nil)
        #expect(difference.noise[.undecidedByHost] ?? 0 > 65536)
        #expect(difference.conclusion == .undecided)
    }

    @Test func `a port that was refused and now answers at times is newly seen`() throws {
        let ssh = Self.survey([ReconcileTests.group(22...22, .reset)], ports: 22...22)
        let both = Self.survey(
            [ReconcileTests.group(22...22, .reset), ReconcileTests.group(22...22, .handshake)],
            ports: 22...22)
        let difference = try Difference(from: .scan(ssh), to: .scan(both))
        #expect(Self.outline(difference) == ["newly-seen 22"])
        #expect(difference.changes.first?.new.reach == .openAtTimes)
        #expect(difference.conclusion == .undecided)
    }

    @Test(
        "a port that nobody listens on and that is now sent elsewhere is told",
        arguments: [
            ("203.0.113.10:6379", ["opened 8080"], Difference.Conclusion.grown),
            ("203.0.113.10:81", [], .notGrown), ("198.18.0.2:80", [], .undecided),
        ])
    func forwarding(
        to destination: String, gives outline: [String], _ conclusion: Difference.Conclusion
    ) throws {
        let report = HostReport(
            hostname: "web1", collected: "",
            addresses: [HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0")],
            listeners: [ReconcileTests.redis])
        let sent = """
            *nat
            :PREROUTING ACCEPT [0:0]
            -A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination \(destination)
            COMMIT

            """
        let difference = try Difference(
            from: .host(Self.withRules(report, Self.acceptAll)),
            to: .host(Self.withRules(report, Self.acceptAll + sent)))
        #expect(Self.outline(difference) == outline)
        #expect(difference.conclusion == conclusion)
    }

    @Test(
        "each kind of file is told by what stands in it",
        arguments: [
            ("", "neither"), ("{}", "neither"), ("hello", "neither"),
            (#"{"type":"payloads"}"#, "neither"), (#"{"type": "host"}"#, "x.json"),
            (#"{"type":"scan","format":9}"#, "x.json:1"), (#"{"type":"reconciliation"}"#, "format"),
        ])
    func kind(_ text: String, says message: String) {
        let error = #expect(throws: InputError.self) {
            try Comparand(parsing: Array(text.utf8), source: "x.json")
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(.enabled(if: Validator.hasJSONSchema, "needs the Python package jsonschema"))
    func `the JSON fits its schema`() throws {
        let narrow = Self.survey([ReconcileTests.group(22...22, .handshake)], ports: 22...22)
        for (old, new) in [(Self.before, Self.after), (narrow, Self.after), (Self.after, narrow)] {
            let difference = try Difference(from: .scan(old), to: .scan(new))
            let json = difference.json(old: ("a", .scan(old)), new: ("b", .scan(new)))
            #expect(try Validator.faults(of: json, in: "difference.json").isEmpty)
        }
        let report = ReconcileTests.report([Self.listener(22, "sshd")])
        let half = try Difference(
            from: .host(Self.withRules(report, Self.dropAll)), to: .host(report))
        let json = half.json(old: ("a", .host(report)), new: ("b", .host(report)))
        #expect(try Validator.faults(of: json, in: "difference.json").isEmpty)
    }
}
