import Prober
import Testing

@testable import Reconcile

/// What no probe asked about is never taken for checked.
@Suite struct ScanCoverageTests {
    /// A complete scan of one part of ports 1 to 4 of one host.
    private static func part(
        _ shard: String?, _ ports: ClosedRange<UInt16>, at address: IPAddress = ReconcileTests.web
    ) -> Survey {
        Survey(
            id: "a", started: "", vantage: Vantage(name: "v", addresses: []), seed: 1,
            plan: SurveyPlan(
                targets: [AddressRange(address)], ports: PortSpec(tcp: PortSet([1...4])),
                shard: shard, requested: UInt128(ports.count)),
            groups: [ReconcileTests.group(ports, .reset, at: address)])
    }

    @Test func `a shard says nothing of what the other shards have`() {
        let expectation = Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([2...2])))
        let reconciliation = reconcile(
            Self.part("1/4", 1...1), with: nil, under: Policy([expectation]))
        #expect(reconciliation.requestedCount == 4)
        #expect(reconciliation.unlocatedCount == 3)
        #expect(reconciliation.endpointCount(.inconclusive) == 3)
        #expect(reconciliation.conclusion() == .undecided)
        #expect(reconciliation.conclusion(allowsInconclusive: true) == .conforms)
    }

    @Test func `all shards together are the whole`() throws {
        let shards = (1...4 as ClosedRange<UInt16>).map { (Self.part("\($0)/4", $0...$0), "\($0)") }
        let reconciliation = reconcile(
            try Survey.joined(shards), with: ReconcileTests.report(), under: Policy())
        #expect(reconciliation.requestedCount == 4)
        #expect(reconciliation.unlocatedCount == 0)
        #expect(reconciliation.conclusion() == .conforms)
    }

    @Test func `a shard stays a part when a whole scan of another host joins it`() throws {
        let joined = try Survey.joined([
            (Self.part("1/2", 1...2), "a"), (Self.part(nil, 1...4, at: "203.0.113.11"), "b"),
        ])
        #expect(reconcile(joined, with: nil, under: Policy()).unlocatedCount == 2)
    }

    /// A complete scan of ports 22 and 80 of 203.0.113.10, refused.
    private static let scan = Survey(
        id: "a", started: "", vantage: Vantage(name: "v", addresses: []), seed: 1,
        plan: SurveyPlan(
            targets: [AddressRange(ReconcileTests.web)],
            ports: PortSpec(tcp: PortSet([22...22, 80...80]))),
        groups: [
            ObservationGroup(
                ReconcileTests.web, .tcp, PortSet([22...22, 80...80]), .reset, attempts: 1)
        ])

    @Test(
        "a listener that was not judged keeps a run from passing",
        arguments: [
            (Listener(.tcp, .ipv4, "203.0.113.11", 80), Reconciliation.Conclusion.undecided),
            (Listener(.tcp, .ipv6, "2001:db8::10", 22), .undecided),
            (Listener(.tcp, .ipv6, "::", 22), .undecided),
            // A device does not change where it listens, unless it is loopback.
            (Listener(.tcp, .ipv6, "::", 22, device: "eth0"), .undecided),
            (Listener(.tcp, .ipv6, "::", 22, device: "lo"), .conforms),
            // No target can name them: they need a zone.
            (Listener(.tcp, .ipv6, "fe80::1", 22), .conforms),
            (Listener(.tcp, .ipv6, "::1", 22), .conforms),
            (Listener(.tcp, .ipv4, "127.0.0.53", 22), .conforms),
            // Not asked over UDP at all, and not in this namespace.
            (Listener(.udp, .ipv4, "203.0.113.11", 80), .conforms),
            (Listener(.tcp, .ipv4, "203.0.113.11", 80, namespace: "red"), .conforms),
            // The scan was of other ports, as its owner wanted.
            (Listener(.tcp, .ipv4, "0.0.0.0", 8080), .conforms),
        ])
    func unjudged(_ listener: Listener, _ expected: Reconciliation.Conclusion) {
        let reconciliation = reconcile(
            Self.scan, with: ReconcileTests.report([listener]), under: Policy())
        #expect(reconciliation.conclusion() == expected)
        #expect(reconciliation.conclusion(allowsInconclusive: true) == .conforms)
    }

    @Test func `a listener on a port that the target file probes and the scan did not is open`() {
        let listener = Listener(.tcp, .ipv4, "0.0.0.0", 8080)
        func conclusion(_ probe: PortSpec) -> Reconciliation.Conclusion {
            reconcile(
                Self.scan, with: ReconcileTests.report([listener]), under: Policy(), probe: probe
            ).conclusion()
        }
        #expect(conclusion(PortSpec(tcp: .all)) == .undecided)
        #expect(conclusion(PortSpec(tcp: PortSet([22...22, 80...80]))) == .conforms)
    }

    @Test func `a port that the target file probes and the scan did not is open`() {
        let reconciliation = reconcile(
            Self.scan, with: nil, under: Policy(), probe: PortSpec(tcp: PortSet([22...23])))
        #expect(reconciliation.uncoveredPorts == PortSpec(tcp: PortSet([23...23])))
        #expect(reconciliation.conclusion() == .undecided)
        #expect(
            reconciliation.notes.contains {
                $0.explanation.contains("more ports than the scan has")
            })
    }

    @Test func `what another target of the run asks of the host is not open`() throws {
        let listener = Listener(.tcp, .ipv4, "203.0.113.11", 80)
        func conclusion(_ elsewhere: [ProbedElsewhere]) -> Reconciliation.Conclusion {
            reconcile(
                Self.scan, with: ReconcileTests.report([listener]), under: Policy(),
                alsoProbed: elsewhere
            ).conclusion()
        }
        let other = TargetSet([AddressRange("203.0.113.11")])
        #expect(conclusion([]) == .undecided)
        #expect(
            conclusion([ProbedElsewhere(other, PortSpec(tcp: PortSet([80...80])))]) == .conforms)
        #expect(
            conclusion([ProbedElsewhere(other, PortSpec(tcp: PortSet([81...81])))]) == .undecided)
    }

    @Test func `a wildcard of a family that the host has no address of is reached by nobody`() {
        let listener = Listener(.tcp, .ipv6, "::", 22)
        var report = ReconcileTests.report([listener])
        report.addresses.removeAll { $0.address.family == .ipv6 }
        report.addresses += [
            HostAddress("::1", prefixLength: 128, interface: "lo"),
            HostAddress("fe80::1", prefixLength: 64, interface: "eth0"),
        ]
        #expect(reconcile(Self.scan, with: report, under: Policy()).conclusion() == .conforms)
    }

    /// A packet through the prober's own link never comes in through another device.
    @Test("a listener on a device is judged through that device only", arguments: [true, false])
    func device(isThroughOwnLink: Bool) {
        let report = ReconcileTests.report([Listener(.tcp, .ipv4, "0.0.0.0", 80, device: "eth0")])
        let reconciliation = reconcile(
            Self.scan, with: report, under: Policy(), isThroughOwnLink: isThroughOwnLink)
        #expect(reconciliation.unprobedListeners.isEmpty != isThroughOwnLink)
        if isThroughOwnLink { #expect(reconciliation.conclusion() == .undecided) }
        // Refused by a listener that should have taken the packet, or by one that never saw it.
        let code = reconciliation.findings.first { $0.ports.contains(80) }?.code
        #expect(code == (isThroughOwnLink ? .u5 : .a5))
    }

    @Test(
        "declared addresses that no scan has keep a run from passing",
        arguments: [
            (nil, [], Reconciliation.Conclusion.conforms),
            ("203.0.113.10", [], .conforms),
            (
                "203.0.113.10 203.0.113.11",
                ["Nothing passes: no scan has the declared address 203.0.113.11."], .undecided
            ),
            (
                "203.0.113.12/31",
                [
                    "Nothing passes: no scan has the declared addresses 203.0.113.12/31.",
                    "The target does not have the scanned address 203.0.113.10, judged by its "
                        + "declarations all the same.",
                ], .undecided
            ),
        ] as [(String?, [String], Reconciliation.Conclusion)])
    func declared(
        _ declared: String?, saying notes: [String], _ expected: Reconciliation.Conclusion
    ) throws {
        let addresses = try declared.map { try TargetList(parsing: $0, source: "").addresses }
        let reconciliation = reconcile(
            Self.scan, with: ReconcileTests.report(), under: Policy(), declared: addresses)
        #expect(reconciliation.conclusion() == expected)
        #expect(reconciliation.notes.dropFirst().map(\.explanation) == notes)
        #expect(reconciliation.uncoveredAddresses.isEmpty == (expected == .conforms))
    }
}
