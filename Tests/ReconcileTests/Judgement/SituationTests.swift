import Prober
import Testing

@testable import Reconcile

/// Hosts in a situation that has a name, and what is found on them.
@Suite struct SituationTests {
    private static let web = ReconcileTests.web
    private static let web6: IPAddress = "2001:db8::10"
    private static let blue = HostNamespace(
        "blue", inode: 4_026_532_345, container: "0123456789abcdef",
        addresses: [HostAddress("198.18.0.2", prefixLength: 24, interface: "eth0")])

    /// Rules as iptables-save prints them, and nothing for IPv6.
    static func rules(_ filter: [String] = [], nat: [String] = []) throws -> Ruleset {
        func table(_ name: String, _ chains: [String], _ rules: [String]) -> String {
            (["*\(name)"] + chains.map { ":\($0) ACCEPT [0:0]" } + rules + ["COMMIT", ""])
                .joined(separator: "\n")
        }
        let four =
            table("filter", ["INPUT", "FORWARD", "OUTPUT"], filter)
            + table("nat", ["PREROUTING", "INPUT", "OUTPUT", "POSTROUTING"], nat)
        let six = table("filter", ["INPUT", "FORWARD", "OUTPUT"], [])
        return try Ruleset([
            RulesetText(.iptables, origin: "v4", text: Array(four.utf8)),
            RulesetText(.ip6tables, origin: "v6", text: Array(six.utf8)),
        ])
    }

    private static func report(
        _ listeners: [Listener], namespaces: [HostNamespace] = [], coverage: [CoverageGap] = [],
        verification: PortVerification? = nil
    ) -> HostReport {
        var report = ReconcileTests.report(listeners, coverage: coverage)
        report.namespaces = namespaces
        report.verification = verification
        return report
    }

    static func outline(_ reconciliation: Reconciliation) -> [String] {
        reconciliation.findings.map { finding in
            "\(finding.code.rawValue) \(finding.ports) \(finding.result.rawValue)"
                + (finding.isSupplement ? " +" : "")
        }
    }

    private static func owned(_ name: String, _ address: IPAddress = "0.0.0.0") -> Listener {
        Listener(
            .tcp, .ipv4, address, 8080, owners: [ProcessIdentity(pid: 9, name: name)], inode: 5)
    }

    private static let open8080 = Expectation(
        isOpen: true, ports: PortSpec(tcp: PortSet([8080...8080])))
    private static let toBlue = [
        "-A PREROUTING -p tcp --dport 8080 -j DNAT --to-destination 198.18.0.2:80"
    ]
    private static let inBlue = Listener(
        .tcp, .ipv4, "0.0.0.0", 80, container: "0123456789abcdef", namespace: "blue", inode: 77)

    @Test(
        "a port that rules send into another namespace",
        arguments: [
            ([inBlue], Evidence.handshake, false, ["E9 8080 fail"]),
            ([inBlue], .handshake, true, ["C5 8080 pass"]),
            (
                [inBlue, owned("docker-proxy")], .handshake, false,
                ["E9 8080 fail", "E10 8080 warn +"]
            ),
            ([owned("docker-proxy")], .reset, true, ["A8 8080 fail", "H7 8080 info +"]),
            ([], .handshake, false, ["E3 8080 fail"]), ([], .silence, false, ["A8 8080 info"]),
            ([inBlue], .reset, true, ["A8 8080 fail"]),
        ])
    func forwarded(
        to listeners: [Listener], seen evidence: Evidence, isMeant: Bool, gives expected: [String]
    ) throws {
        let reconciliation = reconcile(
            .of([
                ReconcileTests.group(8080...8080, evidence),
                ReconcileTests.group(9...9, .reset),
            ]), with: Self.report(listeners, namespaces: [Self.blue]),
            under: Policy(isMeant ? [Self.open8080] : []), ruleset: try Self.rules(nat: Self.toBlue)
        )
        #expect(
            Self.outline(reconciliation).filter { !$0.hasPrefix("C2") }
                == expected)
        let main = reconciliation.findings.first { !$0.isSupplement && $0.ports.contains(8080) }
        let target = try #require(main?.target)
        #expect(target.port == 80)
        #expect(target.listeners == listeners.filter { $0.namespace == "blue" })
    }

    @Test func `where rules send packets is unknown if no report has the address`() throws {
        let reconciliation = reconcile(
            .of([ReconcileTests.group(8080...8080, .handshake)]), with: Self.report([]),
            under: Policy([Self.open8080]), ruleset: try Self.rules(nat: Self.toBlue))
        #expect(Self.outline(reconciliation) == ["C5 8080 pass"])
        #expect(reconciliation.findings.first?.target?.place == .unknown)
    }

    @Test func `another port of the host is looked up, and its listener named`() throws {
        let redirect = ["-A PREROUTING -p tcp --dport 8080 -j REDIRECT --to-ports 80"]
        let listener = Listener(.tcp, .ipv4, "0.0.0.0", 80, inode: 3, lines: [])
        for (listeners, code) in [([listener], "C5 8080 pass"), ([], "E3 8080 warn")] {
            let reconciliation = reconcile(
                .of([ReconcileTests.group(8080...8080, .handshake)]),
                with: Self.report(listeners, coverage: [CoverageGap(.owners, reason: "no root")]),
                under: Policy([Self.open8080]), ruleset: try Self.rules(nat: redirect))
            #expect(Self.outline(reconciliation) == [code])
            #expect(reconciliation.findings.first?.target?.listeners == listeners)
        }
    }

    @Test func `an address of another namespace is answered from there`() throws {
        let groups = [
            ReconcileTests.group(80...80, .handshake, at: "198.18.0.2"),
            ReconcileTests.group(81...81, .reset, at: "198.18.0.2"),
        ]
        let reconciliation = reconcile(
            .of(groups), with: Self.report([Self.inBlue], namespaces: [Self.blue]), under: Policy())
        #expect(Self.outline(reconciliation) == ["E9 80 fail", "C2 81 pass"])
        let finding = try #require(reconciliation.findings.first)
        #expect(finding.inside == .inNamespace([Self.inBlue]))
        #expect(
            finding.causes == [.publishedContainer("0123456789abcdef"), .inNamespace("blue")])
        #expect(finding.actions.first == .stop(.container("0123456789abcdef")))
    }

    @Test func `an address that two namespaces have is that of the one that is joined`() {
        var red = Self.blue
        red.name = "red"
        var joined = Self.blue
        joined.links = [.init(interface: "eth0", kind: "veth", peer: "port0")]
        func inside(_ namespaces: [HostNamespace]) -> ListenerView? {
            reconcile(
                .of([ReconcileTests.group(80...80, .handshake, at: "198.18.0.2")]),
                with: Self.report([Self.inBlue], namespaces: namespaces), under: Policy()
            ).findings.first?.inside
        }
        #expect(inside([Self.blue, red]) == .unknown([.addressNotOfHost], [Self.inBlue]))
        #expect(inside([joined, red]) == .inNamespace([Self.inBlue]))
        #expect(inside([red, joined]) == .inNamespace([Self.inBlue]))
        red.links = joined.links
        #expect(inside([joined, red]) == .unknown([.addressNotOfHost], [Self.inBlue]))
    }

    @Test(
        "a listener of another namespace is a hint only where that is joined to the host",
        arguments: [(false, "A3 80 fail"), (true, "A4 80 fail")])
    func hint(isJoined: Bool, gives expected: String) {
        var blue = Self.blue
        if isJoined { blue.links = [.init(interface: "eth0", kind: "veth", peer: "port0")] }
        let open = Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([80...80])))
        let reconciliation = reconcile(
            .of([ReconcileTests.group(80...80, .reset)]),
            with: Self.report([Self.inBlue], namespaces: [blue]), under: Policy([open]))
        #expect(Self.outline(reconciliation) == [expected])
    }

    @Test func `what a namespace hides is unknown`() {
        let gap = CoverageGap(.namespaces, reason: "in blue: no socket was listed (no root)")
        let reconciliation = reconcile(
            .of([ReconcileTests.group(82...82, .handshake, at: "198.18.0.2")]),
            with: Self.report([], namespaces: [Self.blue], coverage: [gap]), under: Policy())
        #expect(
            reconciliation.findings.first?.inside == .unknown([.listenersMissing(gap.reason)], []))
    }

    private static func queue(_ waiting: UInt32, inode: UInt64 = 5) -> Listener {
        Listener(
            .tcp, .ipv4, "0.0.0.0", 8080, owners: [ProcessIdentity(pid: 9, name: "app")],
            inode: inode, queue: AcceptQueue(waiting: waiting, limit: 4))
    }

    @Test(
        "a listener whose queue is full explains silence",
        arguments: [
            (UInt32(5), [String](), "A6 8080 fail"), (4, [], "A2 8080 fail"),
            (5, ["-A INPUT -p tcp --dport 8080 -j DROP"], "A1 8080 fail"),
        ])
    func stalled(waiting: UInt32, filter: [String], gives expected: String) throws {
        let groups = [
            ReconcileTests.group(8080...8080, .silence), ReconcileTests.group(9...9, .reset),
        ]
        let reconciliation = reconcile(
            .of(groups), with: Self.report([Self.queue(waiting)]), under: Policy([Self.open8080]),
            ruleset: try Self.rules(filter))
        #expect(Self.outline(reconciliation).first == expected)
    }

    @Test func `the Docker daemon's own socket takes nothing in`() throws {
        let groups = [
            ReconcileTests.group(8080...8080, .silence), ReconcileTests.group(9...9, .reset),
        ]
        let reconciliation = reconcile(
            .of(groups), with: Self.report([Self.owned("dockerd")]),
            under: Policy([Self.open8080]), ruleset: try Self.rules())
        #expect(Self.outline(reconciliation).first == "A6 8080 fail")
        #expect(reconciliation.findings.first?.causes == [.takesNothing(Self.owned("dockerd"))])
    }

    @Test(
        "connections that wait before the scan and after it are not accepted",
        arguments: [
            (UInt32(1), UInt32(2), "A7 8080 fail"), (0, 1, "C1 8080 pass"), (1, 0, "C1 8080 pass"),
        ])
    func neglected(before: UInt32, after: UInt32, gives expected: String) {
        let reconciliation = reconcile(
            .of([ReconcileTests.group(8080...8080, .handshake)]),
            with: Self.report([Self.queue(before)]), after: Self.report([Self.queue(after)]),
            under: Policy([Self.open8080]))
        #expect(Self.outline(reconciliation) == [expected])
    }

    @Test func `a wildcard behind the rules is latent, unless it is meant for others`() throws {
        let listener = Self.owned("app")
        let drop = try Self.rules(["-A INPUT -p tcp --dport 8080 -j DROP"])
        let groups = [
            ReconcileTests.group(8080...8080, .silence), ReconcileTests.group(9...9, .reset),
        ]
        func outline(_ policy: Policy, _ listener: Listener) -> [String] {
            Self.outline(
                reconcile(
                    .of(groups), with: Self.report([listener]), under: policy, ruleset: drop)
            ).filter { !$0.hasPrefix("C2") }
        }
        #expect(outline(Policy(), listener) == ["E11 8080 warn +", "C3 8080 pass"])
        #expect(outline(Policy(), Self.owned("app", "203.0.113.10")) == ["C3 8080 pass"])
        let office = try #require(AddressRange(block: "192.0.2.0", prefixLength: 24))
        var scoped = Self.open8080
        scoped.from = [office]
        #expect(outline(Policy([scoped]), listener) == ["C3 8080 pass"])
    }

    @Test(
        "a refusal that looks like a closed port is said to be none",
        arguments: [
            ("tcp-reset", Evidence.reset, true),
            (
                "icmp-port-unreachable",
                .icmp(ICMPError(.ipv4, type: 3, code: 3), reporter: web), true
            ),
            (
                "icmp-admin-prohibited",
                .icmp(ICMPError(.ipv4, type: 3, code: 13), reporter: web), false
            ),
        ])
    func looksClosed(kind: String, seen evidence: Evidence, isSaid: Bool) throws {
        let reconciliation = reconcile(
            .of([ReconcileTests.group(8080...8080, evidence)]), with: Self.report([]),
            under: Policy(),
            ruleset: try Self.rules([
                "-A INPUT -p tcp --dport 8080 -j REJECT --reject-with \(kind)"
            ]))
        #expect(
            Self.outline(reconciliation)
                == (isSaid ? ["H3 8080 info +", "C3 8080 pass"] : ["C3 8080 pass"]))
    }

    @Test(
        "nearly every port open is one thing of the host, and proves no port",
        arguments: [
            (2000...2999, 0, "E4"), (2000...2014, 0, "E3"), (2000...2999, 200, "E3"),
            (2000...2999, 50, "E4"),
        ])
    func allOpen(open: ClosedRange<UInt16>, closed: UInt16, code: String) {
        var groups = [ReconcileTests.group(open, .handshake)]
        if closed > 0 { groups.append(ReconcileTests.group(3000...(2999 + closed), .reset)) }
        let reconciliation = reconcile(.of(groups), with: Self.report([]), under: Policy())
        #expect(reconciliation.findings.first?.code.rawValue == code)
        #expect(reconciliation.conclusion() == (code == "E4" ? .undecided : .violates))
    }

    @Test func `ports that are declared or sent elsewhere do not make a host all open`() throws {
        let groups = [ReconcileTests.group(2000...2999, .handshake)]
        let range = Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([2000...2999])))
        let declared = reconcile(.of(groups), with: nil, under: Policy([range]))
        #expect(declared.findings.map(\.code) == [.u5])
        let sent = reconcile(
            .of(groups), with: Self.report([]), under: Policy(),
            ruleset: try Self.rules(nat: [
                "-A PREROUTING -p tcp --dport 2000:2999 -j DNAT --to-destination 198.18.0.2"
            ]))
        #expect(Set(sent.findings.map(\.code)) == [.e1])
    }

    @Test func `what hides is found where it answers, and where it does not`() {
        let verification = PortVerification(unlisted: [
            UnlistedPort(.tcp, .ipv4, 8080, .hidden, lacks: [.proc]),
            UnlistedPort(.tcp, .ipv4, 9090, .hidden, lacks: [.proc]),
            UnlistedPort(.udp, .ipv4, 500, .reserved, lacks: [.proc]),
            UnlistedPort(.udp, .ipv6, 501, .boundOrHidden, lacks: [.proc]),
        ])
        let reconciliation = reconcile(
            .of([ReconcileTests.group(8080...8080, .handshake)]),
            with: Self.report([], verification: verification), under: Policy())
        #expect(
            Self.outline(reconciliation) == [
                "E5 9090 fail +", "E5 8080 fail", "U5 501 inconclusive +", "H6 500 info +",
            ])
        #expect(reconciliation.endpointCount(.fail) == 1)
    }

    @Test func `sockets that no process holds are the kernel's, or a question`() {
        let kernel = Listener(
            .udp, .ipv4, "0.0.0.0", 4789, kernelHolder: KernelHolder(.vxlan, interface: "vx0"))
        let ownerless = Listener(.tcp, .ipv4, "0.0.0.0", 7777, inode: 6)
        let usual = Self.owned("app", "127.0.0.1")
        func outline(_ coverage: [CoverageGap]) -> [String] {
            Self.outline(
                reconcile(
                    .of([ReconcileTests.group(9...9, .reset)]),
                    with: Self.report([kernel, ownerless, usual], coverage: coverage),
                    under: Policy())
            ).filter { !$0.hasPrefix("C2") }
        }
        #expect(outline([]) == ["H5 7777 warn +", "H5 4789 info +"])
        #expect(outline([CoverageGap(.owners, reason: "no root")]) == ["H5 4789 info +"])
    }

    @Test func `a client's socket needs two signs`() {
        func udp(_ port: UInt16, _ inode: UInt64, _ remarks: [Remark] = []) -> Listener {
            Listener(
                .udp, .ipv4, "0.0.0.0", port, owners: [ProcessIdentity(pid: 9, name: "app")],
                inode: inode, remarks: remarks)
        }
        let stays = udp(40_000, 1)
        let comes = udp(40_001, 2)
        let goes = udp(40_002, 3)
        let low = udp(514, 4)
        let marked = udp(40_003, 5, [.likelyClient])
        let silent = Evidence.unanswered(Silence(isExpected: false, controls: .answered))
        let reconciliation = reconcile(
            .of([
                ReconcileTests.group(40_000...40_002, silent, .udp),
                ReconcileTests.group(9...9, .reset),
            ]), with: Self.report([stays, goes, marked]),
            after: Self.report([stays, comes, low, marked]), under: Policy())
        #expect(
            Self.outline(reconciliation).filter { !$0.hasPrefix("C2") } == [
                "U2 40000 inconclusive", "U4 40001 inconclusive", "H4 40003 info +",
                "H4 40002 info",
            ])
        // Where the ports are declared closed, no guess excuses a socket.
        let closed = Policy([
            Expectation(isOpen: false, ports: PortSpec(udp: PortSet([40_000...40_100])))
        ])
        let strict = reconcile(
            .of([
                ReconcileTests.group(40_002...40_002, silent, .udp),
                ReconcileTests.group(9...9, .reset),
            ]), with: Self.report([goes, marked]), after: Self.report([marked]), under: closed)
        #expect(
            Self.outline(strict).filter { !$0.hasPrefix("C2") } == ["U4 40002 inconclusive"])
    }

    @Test func `a prober that a set holds since the scan has tested nothing`() throws {
        func rules(_ members: [String]) throws -> Ruleset {
            let filter = ["-A INPUT -m set --match-set banned src -j DROP"]
            let text = """
                *filter
                :INPUT ACCEPT [0:0]
                :FORWARD ACCEPT [0:0]
                :OUTPUT ACCEPT [0:0]
                \(filter[0])
                COMMIT

                """
            let set =
                "create banned hash:ip family inet hashsize 1024 maxelem 65536 timeout 600\n"
                + members.map { "add banned \($0) timeout 590\n" }.joined()
            return try Ruleset([
                RulesetText(.iptables, origin: "v4", text: Array(text.utf8)),
                RulesetText(.ipset, origin: "set", text: Array(set.utf8)),
            ])
        }
        let groups = [
            ReconcileTests.group(80...80, .handshake), ReconcileTests.group(81...90, .silence),
        ]
        func outline(_ members: [String]) throws -> [String] {
            let judge = Judge(
                ["198.51.100.2"], host: Self.report([]), after: Self.report([]), policy: Policy(),
                probe: nil, alsoProbed: [], isThroughOwnLink: false,
                firewall: FirewallModel(
                    try rules([]), later: try rules(members), report: Self.report([])))
            var findings: [Finding] = []
            for sighting in AddressSighting.all(in: groups) {
                judge.findings(on: sighting, into: &findings)
            }
            return findings.map { "\($0.code.rawValue) \($0.ports)" }
        }
        #expect(try outline(["198.51.100.2"]) == ["E3 80", "U6 81-90"])
        // Somebody else was banned: the rules are the same for this prober.
        #expect(try outline(["198.51.100.9"]) == ["E3 80", "A2 81-90"])
    }

    private static let dual = Listener(
        .tcp, .dual, "::", 8080, owners: [ProcessIdentity(pid: 9, name: "app")], inode: 5)

    @Test func `a family that the rules forgot is a gap, with both traces`() throws {
        let drop = try Self.rules(["-A INPUT -p tcp --dport 8080 -j DROP"])
        let groups = [
            ReconcileTests.group(8080...8080, .silence), ReconcileTests.group(9...9, .reset),
            ReconcileTests.group(8080...8080, .handshake, at: Self.web6),
        ]
        func gap(_ policy: Policy, _ listeners: [Listener]) -> Finding? {
            reconcile(
                .of(groups), with: Self.report(listeners), under: policy, ruleset: drop
            ).findings.first { $0.code == .e7 }
        }
        let found = try #require(gap(Policy(), [Self.dual]))
        #expect(found.addresses.first == Self.web6)
        #expect(found.result == .warn)
        #expect(found.counterpart?.address == Self.web)
        #expect(found.counterpart?.verdict == .filteredAsModelled)
        #expect(found.causes.last == .takesBothFamilies(Self.dual))
        let closed = Expectation(isOpen: false, ports: PortSpec(tcp: PortSet([8080...8080])))
        #expect(gap(Policy([closed]), [Self.dual])?.result == .fail)
        #expect(gap(Policy([Self.open8080]), [Self.dual])?.result == .info)
        // What is stopped at an address of somebody else hides no gap.
        let foreign: IPAddress = "203.0.113.9"
        let beside = reconcile(
            .of([ReconcileTests.group(8080...8080, .silence, at: foreign)] + groups),
            with: Self.report([Self.dual]), under: Policy(), ruleset: drop)
        #expect(
            beside.findings.filter { $0.code == .e7 }.map(\.counterpart?.address) == [Self.web])
        // Two programs that have the port by chance are no gap.
        let six = Listener(
            .tcp, .ipv6, "::", 8080, owners: [ProcessIdentity(pid: 10, name: "other")], inode: 6)
        #expect(gap(Policy(), [Self.owned("app"), six]) == nil)
    }

    @Test func `two vantages that the rules tell apart are a scope`() throws {
        let scoped = try Self.rules([
            "-A INPUT -p tcp --dport 8080 -s 198.51.100.0/24 -j ACCEPT",
            "-A INPUT -p tcp --dport 8080 -j DROP",
        ])
        let inside = Survey.of(
            [
                ReconcileTests.group(8080...8080, .handshake), ReconcileTests.group(9...9, .reset),
            ], from: ["198.51.100.2"])
        let outside = Survey.of(
            [ReconcileTests.group(8080...8080, .silence), ReconcileTests.group(9...9, .reset)],
            from: ["192.0.2.9"])
        let both = reconcile(
            [inside, outside], with: Self.report([Self.owned("app")]), under: Policy(),
            ruleset: scoped)
        #expect(both.map(\.scan?.vantage.addresses) == [["198.51.100.2"], ["192.0.2.9"]])
        let found = try #require(both[0].findings.first { $0.code == .e8 })
        #expect(found.result == .warn)
        #expect(found.counterpart?.vantage?.addresses == ["192.0.2.9"])
        #expect(found.causes.count == 2)
        #expect(!both[1].findings.contains { $0.code == .e8 })
        // Rules that do not ask for the source explain no difference.
        let plain = reconcile(
            [inside, outside], with: Self.report([Self.owned("app")]), under: Policy(),
            ruleset: try Self.rules())
        #expect(!plain.contains { $0.findings.contains { $0.code == .e8 } })
    }
}
