import Prober
import Testing

@testable import Reconcile

/// Hosts that are judged by their rules and listeners alone.
@Suite struct PredictionTests {
    private static let anywhere = Vantage(name: "anywhere else", addresses: ["198.51.100.2"])
    private static let open22 = Expectation(
        isOpen: true, ports: PortSpec(tcp: PortSet([22...22])))

    private static func listener(
        _ address: IPAddress, _ port: UInt16, family: Listener.Family = .ipv4
    ) -> Listener {
        Listener(
            .tcp, family, address, port, owners: [ProcessIdentity(pid: 9, name: "app")],
            inode: UInt64(port))
    }

    private static func host(_ listeners: [Listener]) -> HostReport {
        var report = ReconcileTests.report(listeners)
        report.addresses = [
            HostAddress("127.0.0.1", prefixLength: 8, interface: "lo"),
            HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0"),
        ]
        return report
    }

    private func predicted(
        _ listeners: [Listener], _ filter: [String], nat: [String] = [], under policy: Policy,
        from vantages: [Vantage] = [anywhere]
    ) throws -> [Reconciliation] {
        predict(
            for: Self.host(listeners), under: policy, from: vantages,
            ruleset: try SituationTests.rules(filter, nat: nat))
    }

    /// What is found of TCP port 22.
    private func rulings(_ reconciliation: Reconciliation, port: UInt16 = 22) -> [String] {
        reconciliation.findings.filter { $0.transport == .tcp && $0.ports.contains(port) }
            .map { "\($0.code.rawValue) \($0.result.rawValue)" }
    }

    private static let drop = ["-A INPUT -p tcp --dport 22 -j DROP"]
    private static let allow = [
        "-A INPUT -p tcp --dport 22 -j ACCEPT", "-A INPUT -j DROP",
    ]

    @Test(
        "the rules stand for what would be seen",
        arguments: [
            ([listener("0.0.0.0", 22)], [], true, ["C1 pass"]),
            ([listener("0.0.0.0", 22)], [], false, ["E1 fail"]),
            ([listener("0.0.0.0", 22)], drop, true, ["A1 fail"]),
            ([listener("0.0.0.0", 22)], drop, false, ["E11 warn", "C3 pass"]),
            ([listener("203.0.113.10", 22)], drop, false, ["C3 pass"]),
            ([listener("127.0.0.1", 22)], [], true, ["A4 fail"]),
            ([listener("127.0.0.1", 22)], drop, true, ["A1 fail", "A4 fail"]),
            ([listener("127.0.0.1", 22)], [], false, ["C4 pass"]),
            ([], [], true, ["A3 fail"]), ([], [], false, ["C2 pass"]),
            ([], allow, false, ["H1 warn"]), ([], drop, false, ["C3 pass"]),
            (
                [listener("0.0.0.0", 22)],
                ["-A INPUT -p tcp --dport 22 -m limit --limit 1/s -j DROP"], false,
                ["U1 inconclusive"]
            ),
            (
                [listener("0.0.0.0", 22)],
                ["-A INPUT -p tcp --dport 22 -m limit --limit 1/s -j DROP"], true,
                ["U1 inconclusive"]
            ),
        ])
    func prediction(
        of listeners: [Listener], behind filter: [String], isMeant: Bool, is expected: [String]
    ) throws {
        let found = try predicted(
            listeners, filter, under: Policy(isMeant ? [Self.open22] : []))
        #expect(found.count == 1)
        #expect(rulings(found[0]) == expected)
        for finding in found[0].findings where finding.isPredicted {
            #expect(finding.sighting == nil)
            #expect(finding.explanation.hasPrefix("Not probed; by the rules: "))
        }
        #expect(found[0].requestedCount == 131_070)
        let counted = FindingResult.allCases.reduce(0) { $0 + found[0].endpointCount($1) }
        #expect(counted == 131_070)
    }

    @Test func `the file says that nothing was probed`() throws {
        let found = try predicted([], [], under: Policy())
        #expect(found[0].mode == .predicted(from: Self.anywhere))
        #expect(
            found[0].notes.first?.explanation
                == "Nothing was probed: the rules stand for what anywhere else (198.51.100.2) "
                + "would see of 203.0.113.10.")
        let text = String(decoding: found[0].json(), as: UTF8.self)
        #expect(text.contains(#""mode":"predicted""#))
        #expect(
            text.contains(#""from":{"addresses":["198.51.100.2"],"name":"anywhere else"}"#))
        #expect(!text.contains(#""scan""#))
    }

    @Test func `rules alone decide what they stop, and nothing that they let in`() throws {
        let rules = try SituationTests.rules([
            "-A INPUT -p tcp --dport 22 -j DROP", "-A INPUT -p tcp --dport 23 -j ACCEPT",
        ])
        let found = predict(
            for: nil, under: Policy([Self.open22]),
            at: TargetSet([AddressRange("203.0.113.10")]), from: [Self.anywhere], ruleset: rules)
        #expect(rulings(found[0]) == ["A1 fail"])
        #expect(rulings(found[0], port: 23) == ["U5 inconclusive"])
    }

    @Test func `an address that the host does not have is not decided`() throws {
        let found = predict(
            for: Self.host([]), under: Policy([Self.open22]),
            at: TargetSet([AddressRange("198.18.0.9")]), from: [Self.anywhere],
            ruleset: try SituationTests.rules(Self.drop))
        #expect(rulings(found[0]) == ["U1 inconclusive"])
    }

    @Test func `who is named by the policy and who is not are told apart`() throws {
        let office = try #require(AddressRange(block: "192.0.2.0", prefixLength: 24))
        var scoped = Self.open22
        scoped.from = [office]
        let policy = Policy([scoped])
        let filter = [
            "-A INPUT -p tcp --dport 22 -s 192.0.2.128/25 -j ACCEPT",
            "-A INPUT -p tcp --dport 22 -j DROP",
        ]
        let rules = try SituationTests.rules(filter)
        let vantages = Vantage.all(named: policy, of: nil, ruleset: rules)
        #expect(
            vantages.dropLast().map(\.explanation) == [
                "192.0.2.0/24 (192.0.2.1)", "192.0.2.0/24 (192.0.2.129)",
            ])
        #expect(vantages.map(\.name).last == "anywhere else")
        #expect(vantages[2].addresses.map(\.family) == [.ipv4, .ipv6])
        let found = try predicted(
            [Self.listener("0.0.0.0", 22)], filter, under: policy, from: vantages)
        #expect(found.map { rulings($0) } == [["A1 fail"], ["E8 info", "C1 pass"], ["C3 pass"]])
    }

    @Test(arguments: UInt64(0)..<50)
    func `an address that nobody names is in no range of the rules`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let blocks = (0..<40).compactMap { _ in
            AddressRange(
                block: .v4(UInt32.random(in: 0...UInt32.max, using: &generator)),
                prefixLength: Int.random(in: 1...16, using: &generator))
        }
        let rules = try SituationTests.rules(blocks.map { "-A INPUT -s \($0) -j DROP" })
        let elsewhere = try #require(Vantage.all(named: Policy(), of: nil, ruleset: rules).last)
        for address in elsewhere.addresses where address.family == .ipv4 {
            #expect(!blocks.contains { $0.contains(address) })
        }
        #expect(elsewhere.addresses.contains { $0.family == .ipv6 })
    }

    @Test func `a family that the rules forgot is a gap without a packet`() throws {
        var host = Self.host([Self.listener("::", 22, family: .dual)])
        host.addresses.append(
            HostAddress("2001:db8::10", prefixLength: 64, interface: "eth0"))
        let found = predict(
            for: host, under: Policy(),
            from: [
                Vantage(name: "anywhere else", addresses: ["198.51.100.2", "2001:db8:a::2"])
            ], ruleset: try SituationTests.rules(Self.drop))
        let gap = try #require(found[0].findings.first { $0.code == .e7 })
        #expect(gap.addresses.first == "2001:db8::10")
        #expect(gap.isPredicted)
        #expect(gap.counterpart?.address == "203.0.113.10")
    }

    @Test func `nothing is said where there is no address to ask`() throws {
        let six = Vantage(name: "six", addresses: ["2001:db8:a::2"])
        let rules = try SituationTests.rules()
        #expect(
            predict(
                for: Self.host([]), under: Policy(), from: [six, Self.anywhere], ruleset: rules
            ).map(\.vantage) == [Self.anywhere])
        var host = Self.host([])
        host.addresses = []
        #expect(
            predict(for: host, under: Policy(), from: [Self.anywhere], ruleset: rules).isEmpty)
    }

    @Test func `a port sent into a namespace is reachable there by the rules`() throws {
        var host = Self.host([
            Listener(.tcp, .ipv4, "0.0.0.0", 80, namespace: "blue", inode: 4)
        ])
        host.namespaces = [
            HostNamespace(
                "blue", inode: 1,
                addresses: [HostAddress("198.18.0.2", prefixLength: 24, interface: "eth0")])
        ]
        let nat = ["-A PREROUTING -p tcp --dport 22 -j DNAT --to-destination 198.18.0.2:80"]
        let rules = try SituationTests.rules([], nat: nat)
        let found = predict(for: host, under: Policy(), from: [Self.anywhere], ruleset: rules)
        #expect(rulings(found[0]) == ["E9 fail"])
        host.listeners = []
        let gone = predict(
            for: host, under: Policy([Self.open22]), from: [Self.anywhere], ruleset: rules)
        #expect(rulings(gone[0]) == ["A8 fail"])
    }
}
