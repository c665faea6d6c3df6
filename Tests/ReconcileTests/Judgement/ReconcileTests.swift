import Prober
import Testing

@testable import Reconcile

@Suite struct ReconcileTests {
    static let web: IPAddress = "203.0.113.10"
    static let owner = ProcessIdentity(pid: 812, name: "redis-server", user: "redis")
    static let redis = Listener(
        .tcp, .ipv4, "0.0.0.0", 6379, owners: [owner], unit: "redis-server.service", inode: 7)
    static let open = Expectation(
        isOpen: true, ports: PortSpec(tcp: PortSet([22...22, 80...80])), location: "web.yaml:7:9")

    static func report(
        _ listeners: [Listener] = [], coverage: [CoverageGap] = []
    ) -> HostReport {
        HostReport(
            hostname: "web1", collected: "2026-01-02T03:04:05Z", coverage: coverage,
            addresses: ListenerIndexTests.addresses, listeners: listeners)
    }

    static func group(
        _ ports: ClosedRange<UInt16>, _ evidence: Evidence, _ transport: Transport = .tcp,
        at address: IPAddress = web
    ) -> ObservationGroup {
        ObservationGroup(address, transport, PortSet([ports]), evidence, attempts: 2)
    }

    /// Code, ports and result of every finding.
    private func outline(_ reconciliation: Reconciliation) -> [String] {
        reconciliation.findings.map {
            "\($0.code.rawValue) \($0.ports) \($0.result.rawValue) \($0.severity.rawValue)"
        }
    }

    private static let prohibited = ICMPError(.ipv4, type: 3, code: 13)

    @Test(
        "outside, inside and policy give the findings",
        arguments: [
            // Open.
            ([group(22...22, .handshake)], [Listener(.tcp, .dual, "::", 22)], ["C1 22 pass info"]),
            ([group(6379...6379, .handshake)], [redis], ["E1 6379 fail critical"]),
            (
                [group(8080...8080, .handshake)], [Listener(.tcp, .ipv4, "0.0.0.0", 8080)],
                ["E1 8080 fail high"]
            ),
            ([group(8080...8080, .handshake)], [], ["E3 8080 fail high"]),
            ([group(80...80, .handshake)], [], ["E3 80 warn medium"]),
            (
                [group(8080...8080, .handshake)], [Listener(.tcp, .ipv6, "::1", 8080)],
                ["E6 8080 fail high"]
            ),
            (
                [group(8080...8080, .handshake, at: "127.0.0.1")],
                [Listener(.tcp, .ipv4, "127.0.0.1", 8080)], ["C4 8080 pass info"]
            ),
            // Refused.
            ([group(100...200, .reset)], [], ["C2 100-200 pass info"]),
            ([group(80...81, .reset)], [], ["A3 80 fail high", "C2 81 pass info"]),
            (
                [group(80...80, .reset)], [Listener(.tcp, .ipv4, "127.0.0.1", 80)],
                ["A4 80 fail high"]
            ),
            (
                [group(80...80, .reset)], [Listener(.tcp, .ipv4, "203.0.113.11", 80)],
                ["A4 80 fail high"]
            ),
            (
                [group(80...80, .reset)], [Listener(.tcp, .ipv4, "0.0.0.0", 80)],
                ["A5 80 fail medium"]
            ),
            (
                [group(100...101, .reset)], [Listener(.tcp, .ipv4, "127.0.0.1", 100)],
                ["C2 101 pass info", "C4 100 pass info"]
            ),
            // Filtered, by a host that is alive.
            (
                [group(22...22, .silence), group(81...90, .silence), group(99...99, .reset)], [],
                ["U1 22 fail high", "C2 99 pass info", "U1 81-90 pass info"]
            ),
            (
                [group(80...81, .icmp(prohibited, reporter: web))], [],
                ["U1 80 fail high", "U1 81 pass info"]
            ),
            (
                [
                    group(80...81, .icmp(prohibited, reporter: "198.51.100.1")),
                    group(99...99, .reset),
                ], [], ["A2 80 fail high", "C2 99 pass info", "U1 81 pass info"]
            ),
            // No sign of life.
            (
                [group(80...81, .silence)], [],
                ["U3 80 inconclusive medium", "U3 81 inconclusive medium"]
            ),
            (
                [group(80...81, .icmp(prohibited, reporter: "198.51.100.1"))], [],
                ["A2 80 fail high", "U3 81 inconclusive medium"]
            ),
            (
                [
                    group(
                        80...80,
                        .icmp(ICMPError(.ipv4, type: 3, code: 1), reporter: "198.51.100.1"))
                ], [], ["U3 80 inconclusive medium"]
            ),
            // Failed here, and contradictions.
            (
                [group(80...80, .localFailure(.selfConnect)), group(99...99, .reset)], [],
                ["U8 80 inconclusive medium", "C2 99 pass info"]
            ),
            (
                [group(99...99, .localFailure(.interrupted)), group(99...99, .reset)], [],
                ["C2 99 pass info"]
            ),
            (
                [group(99...99, .reset), group(98...100, .silence)], [],
                ["U4 99 inconclusive medium", "U1 98,100 pass info"]
            ),
            (
                [group(99...99, .handshake), group(99...99, .reset)], [], ["E1 99 fail high"]
            ),
            (
                [group(53...53, .silence, .udp), group(99...99, .reset)], [],
                ["U2 53 inconclusive medium", "C2 99 pass info"]
            ),
        ])
    func findings(
        on groups: [ObservationGroup], with listeners: [Listener], are expected: [String]
    ) {
        let reconciliation = reconcile(
            .of(groups), with: Self.report(listeners), under: Policy([Self.open]))
        #expect(outline(reconciliation) == expected)
    }

    @Test func `without a report the observation alone decides`() {
        let reconciliation = reconcile(
            .of([Self.group(22...23, .handshake), Self.group(80...81, .reset)]), with: nil,
            under: Policy([Self.open]))
        #expect(
            outline(reconciliation) == [
                "E1 23 fail critical", "U5 80 fail high", "U5 22 pass info", "U5 81 pass info",
            ])
        #expect(
            reconciliation.notes == [.firewallUndetermined(.rulesNotRead), .noHostReport])
    }

    @Test func `a gap in the report is said once, and passes nothing that needs it`() {
        let gap = CoverageGap(.listeners, reason: "not root")
        let reconciliation = reconcile(
            .of([Self.group(22...22, .handshake), Self.group(100...200, .reset)]),
            with: Self.report(coverage: [gap]), under: Policy([Self.open]))
        #expect(outline(reconciliation) == ["U5 22 pass info", "U5 100-200 pass info"])
        #expect(
            reconciliation.notes
                == [.firewallUndetermined(.rulesNotRead), .inventoryIncomplete([gap])])
    }

    @Test func `a listener that came or went during the scan makes its endpoint unstable`() {
        var restarted = Self.redis
        restarted.inode = 8
        let groups = [
            Self.group(6379...6379, .reset), Self.group(80...80, .handshake),
            Self.group(81...81, .handshake), Self.group(100...200, .reset),
        ]
        let web = [Listener(.tcp, .ipv4, "0.0.0.0", 80), Listener(.tcp, .ipv4, "0.0.0.0", 81)]
        let reconciliation = reconcile(
            .of(groups), with: Self.report([Self.redis] + web),
            after: Self.report([restarted]), under: Policy([Self.open]))
        #expect(
            outline(reconciliation) == [
                "E1 81 fail high", "U4 6379 inconclusive medium", "C2 100-200 pass info",
                "U4 80 pass info",
            ])
    }

    @Test func `the same listener before and after is no change`() {
        let reconciliation = reconcile(
            .of([Self.group(6379...6379, .handshake)]), with: Self.report([Self.redis]),
            after: Self.report([Self.redis]), under: Policy())
        #expect(reconciliation.findings.map(\.inside) == [.listening([Self.redis], .wildcard)])
    }

    @Test func `what was never probed is not tested and never passes`() throws {
        let block = try #require(AddressRange(block: "203.0.113.8", prefixLength: 30))
        let survey = Survey(
            id: "a", started: "", vantage: Vantage(name: "v", addresses: []), seed: 1,
            plan: SurveyPlan(targets: [block], ports: PortSpec(tcp: PortSet([20...29]))),
            groups: [Self.group(20...25, .reset)], ending: .interrupted)
        let reconciliation = reconcile(survey, with: Self.report(), under: Policy())
        #expect(
            reconciliation.findings.map { "\($0.code.rawValue) \($0.addresses) \($0.ports)" } == [
                "U8 203.0.113.8/31 20-29", "U8 203.0.113.10 26-29", "U8 203.0.113.11 20-29",
                "C2 203.0.113.10 20-25",
            ])
        #expect(reconciliation.findings.first?.inside == .unknown([.manyAddresses], []))
        #expect(reconciliation.endpointCount(.inconclusive) == 34)
        #expect(reconciliation.endpointCount(.pass) == 6)
        #expect(reconciliation.conclusion(allowsInconclusive: true) == .undecided)
    }

    @Test func `what a shard did not probe is counted though it cannot be named`() {
        let plan = SurveyPlan(
            targets: [AddressRange(Self.web)], ports: PortSpec(tcp: PortSet([1...100])),
            shard: "1/2", requested: 50)
        let survey = Survey(
            id: "a", started: "", vantage: Vantage(name: "v", addresses: []), seed: 1, plan: plan,
            groups: [Self.group(1...20, .reset)], ending: .interrupted)
        let reconciliation = reconcile(survey, with: Self.report(), under: Policy())
        #expect(reconciliation.unlocatedCount == 80)
        #expect(reconciliation.endpointCount(.inconclusive) == 80)
    }

    @Test func `ports that were declared open and not asked about are an open question`() {
        let reconciliation = reconcile(
            .of([Self.group(22...22, .handshake)]),
            with: Self.report([Listener(.tcp, .ipv4, "0.0.0.0", 22)]), under: Policy([Self.open]))
        #expect(
            reconciliation.unaskedPorts == [
                Reconciliation.UnaskedPorts(
                    expectation: Self.open, transport: .tcp, ports: PortSet([80...80]))
            ])
        #expect(reconciliation.conclusion() == .undecided)
    }

    @Test func `listeners that no probe could reach are named`() {
        let listeners = [
            Listener(.tcp, .ipv4, "0.0.0.0", 22), Listener(.tcp, .ipv4, "0.0.0.0", 23),
            Listener(.tcp, .ipv4, "203.0.113.11", 22), Listener(.tcp, .ipv6, "::", 22),
            Listener(.tcp, .ipv4, "127.0.0.1", 25), Listener(.udp, .ipv4, "0.0.0.0", 22),
            Listener(.tcp, .ipv4, "0.0.0.0", 22, namespace: "red"),
        ]
        let reconciliation = reconcile(
            .of([Self.group(22...22, .handshake)]), with: Self.report(listeners), under: Policy())
        #expect(
            reconciliation.unprobedListeners.map(\.listener) == [
                listeners[1], listeners[2], listeners[3], listeners[5], listeners[6],
            ])
        #expect(
            reconciliation.unprobedListeners.map(\.missing)
                == [.port, .address, .address, .port, .namespace])
    }

    @Test func `without a survey nothing passes`() {
        let reconciliation = reconcile(
            nil, with: Self.report([Self.redis]), under: Policy([Self.open]))
        #expect(reconciliation.conclusion(allowsInconclusive: true) == .undecided)
        #expect(reconciliation.unprobedListeners.map(\.listener) == [Self.redis])
        #expect(reconciliation.unaskedPorts.count == 1)
    }

    @Test(arguments: UInt64(0)..<100)
    func `every endpoint asked about is counted once`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let survey = Survey.random(using: &generator)
        let reconciliation = reconcile(
            survey, with: seed.isMultiple(of: 3) ? nil : Self.report([Self.redis]),
            under: Policy([Self.open]))
        let counted = FindingResult.allCases.reduce(0) {
            $0 + reconciliation.endpointCount($1)
        }
        #expect(counted == survey.plan.endpointCount)
        #expect(reconciliation.requestedCount == counted)
        for finding in reconciliation.findings where finding.result == .pass {
            #expect(!finding.states.contains(.notTested))
            #expect(!finding.states.contains(.openOrFiltered))
        }
    }

    @Test func `65,535 refused ports are one finding`() {
        let reconciliation = reconcile(
            .of([Self.group(1...65535, .reset)]), with: Self.report(), under: Policy())
        #expect(reconciliation.findings.map(\.ports) == [.all])
    }

    @Test func `a million endpoints in rows of their own become few findings`() {
        let groups = (0..<16).flatMap { host in
            (1...62500).map { port in
                ObservationGroup(
                    .v4(0xcb00_7100 + UInt32(host)), .tcp, PortSet(ports: [UInt16(port)]),
                    port.isMultiple(of: 2) ? .reset : .silence, attempts: 1)
            }
        }
        let reconciliation = reconcile(.of(groups), with: nil, under: Policy())
        #expect(reconciliation.findings.count == 32)
        #expect(reconciliation.endpointCount(.pass) == 1_000_000)
    }

    @Test(
        "the conclusion",
        arguments: [
            ([FindingResult.pass, .info, .warn], Survey.Ending.complete, false, 0),
            ([.pass, .inconclusive], .complete, false, 2), ([.inconclusive], .complete, true, 0),
            ([.fail, .pass], .complete, false, 1), ([.fail, .inconclusive], .complete, false, 1),
            ([.fail, .inconclusive], .complete, true, 1), ([.fail], .interrupted, false, 2),
            ([.pass], .cut(lineCut: nil), true, 2), ([], .complete, false, 0),
        ] as [([FindingResult], Survey.Ending, Bool, Int32)])
    func conclusion(
        of results: [FindingResult], ending: Survey.Ending, allowsInconclusive: Bool,
        is status: Int32
    ) {
        var reconciliation = reconcile(
            .of([Self.group(1...5, .reset)], ending: ending), with: nil, under: Policy())
        reconciliation.findings = results.flatMap { result in
            reconciliation.findings.prefix(1).map { finding in
                var finding = finding
                finding.result = result
                return finding
            }
        }
        #expect(
            reconciliation.conclusion(allowsInconclusive: allowsInconclusive).rawValue == status)
    }

    @Test func `a rest that is written out gives its place and reason`() throws {
        let rest = Expectation(
            isOpen: false, ports: PortSpec(tcp: .all), reason: "closed shop",
            location: "web.yaml:9:9", isRest: true)
        let reconciliation = reconcile(
            .of([Self.group(8080...8080, .handshake)]), with: Self.report(),
            under: Policy([rest]))
        #expect(outline(reconciliation) == ["E3 8080 fail high"])
        let finding = try #require(reconciliation.findings.first)
        #expect(finding.stance == .closed(rest))
        #expect(
            finding.stance.explanation
                == "not declared, so closed like the rest at web.yaml:9:9: closed shop")
    }

    @Test func `what depends on an unknown source is not decided, and says what to do`() throws {
        let office = try #require(AddressRange(block: "198.51.100.0", prefixLength: 24))
        let scoped = Expectation(
            isOpen: true, ports: PortSpec(tcp: PortSet([22...22])), from: [office],
            location: "web.yaml:7:9")
        let reconciliation = reconcile(
            .of([Self.group(22...22, .handshake)], from: []),
            with: Self.report([Listener(.tcp, .ipv4, "0.0.0.0", 22)]), under: Policy([scoped]))
        #expect(outline(reconciliation) == ["U9 22 inconclusive medium"])
        #expect(reconciliation.conclusion() == .undecided)
        let finding = try #require(reconciliation.findings.first)
        #expect(
            finding.explanation
                == "Reachable; whether that is meant depends on where the probes come from, which "
                + "is not known.")
        #expect(
            finding.stance.explanation
                == "declared open from 198.51.100.0/24 only, at web.yaml:7:9")
        #expect(finding.causes == [.sourceUnknown])
        #expect(finding.actions == [.nameSource])
    }

    @Test func `a port for an unknown source that was not asked about is an open question`() throws
    {
        let office = try #require(AddressRange(block: "198.51.100.0", prefixLength: 24))
        let scoped = Expectation(
            isOpen: true, ports: PortSpec(tcp: PortSet([443...443])), from: [office])
        let policy = Policy([scoped])
        func unasked(_ sources: [IPAddress]) -> [PortSet] {
            reconcile(
                .of([Self.group(22...22, .reset)], from: sources), with: nil, under: policy
            ).unaskedPorts.map(\.ports)
        }
        #expect(unasked([]) == [PortSet([443...443])])
        #expect(unasked(["198.51.100.2"]) == [PortSet([443...443])])
        #expect(unasked(["192.0.2.1"]) == [])
    }

    @Test func `gaps of the second report are noted, and those of both once`() {
        let both = CoverageGap(.owners, reason: "the open files of 12 processes were hidden")
        let count = CoverageGap(.owners, reason: "the open files of 9 processes were hidden")
        let later = CoverageGap(.namespaces, reason: "1 other was not read")
        let reconciliation = reconcile(
            .of([Self.group(22...22, .reset)]), with: Self.report(coverage: [both]),
            after: Self.report(coverage: [count, later, CoverageGap(.firewall, reason: "")]),
            under: Policy())
        #expect(reconciliation.notes.last == .inventoryIncomplete([both, later]))
    }

    @Test func `what one report could not see did not change`() {
        let gap = CoverageGap(.listeners, reason: "the list changed each time it was read")
        let listener = Listener(.tcp, .ipv4, "0.0.0.0", 80)
        for (before, after) in [([gap], []), ([], [gap])] {
            let reconciliation = reconcile(
                .of([Self.group(22...22, .reset), Self.group(80...80, .handshake)]),
                with: Self.report([listener], coverage: before),
                after: Self.report([listener], coverage: after), under: Policy([Self.open]))
            #expect(outline(reconciliation) == ["U5 22 fail high", "C1 80 pass info"])
        }
    }

    @Test func `a wildcard whose device is not known listens, and the gap is noted`() {
        let gap = CoverageGap(.binding, reason: "/proc/net does not tell a socket's device")
        let reconciliation = reconcile(
            .of([Self.group(80...80, .handshake)]),
            with: Self.report([Listener(.tcp, .ipv4, "0.0.0.0", 80)], coverage: [gap]),
            under: Policy([Self.open]))
        #expect(outline(reconciliation) == ["C1 80 pass info"])
        #expect(
            reconciliation.notes.last?.explanation
                == "The host report does not see everything: binding, because "
                + "/proc/net does not tell a socket's device.")
    }
}
