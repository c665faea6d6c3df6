import Prober
import Testing

@testable import Reconcile

/// What is suggested changes what was asked for, and nothing else.
@Suite struct RuleAdviceTests {
    private static let sources = [
        "198.51.100.2", "198.51.100.99", "2001:db8:a::2",
    ].compactMap { IPAddress($0) }
    private static let destinations = ["203.0.113.10", "2001:db8:b::10"].compactMap {
        IPAddress($0)
    }
    private static let ports = PortSet([1...1100, 2375...2376, 8000...8100, 30000...31000])

    private static func flow(
        _ source: IPAddress, _ destination: IPAddress, _ transport: Transport
    ) -> Flow {
        Flow(from: source, to: destination, over: transport, interface: "eth0")
    }

    /// Every kind of packet that the tests send at a ruleset.
    private static let flows: [Flow] = sources.flatMap { source in
        destinations.filter { $0.family == source.family }.flatMap { destination in
            Transport.allCases.map { flow(source, destination, $0) }
        }
    }

    /// Which ports of `flow` fare otherwise under `changed`.
    private func differences(
        _ ruleset: Ruleset, _ changed: Ruleset, _ flow: Flow
    ) -> PortSet {
        ruleset.answers(to: flow, on: RealRulesetTests.host).differences(
            from: changed.answers(to: flow, on: RealRulesetTests.host))
    }

    private static let rulesets = [
        "debian.json", "server.json", "firewalld.json", "docker.json",
        "docker-iptables.save", "fail2ban.json", "kube-proxy.json", "libvirt.json",
        "ufw.save",
    ]

    @Test("what is closed is one endpoint", arguments: rulesets)
    func closing(_ name: String) throws {
        let ruleset = try RealRulesetTests.ruleset(name)
        var closed = 0
        var refused = 0
        for flow in Self.flows {
            let answers = ruleset.answers(
                to: flow, ports: Self.ports, on: RealRulesetTests.host)
            for answer in answers.prefix(6) where answer.decision?.isPassing ?? false {
                let action = try #require(answer.decision)
                let port = answer.ports[answer.ports.count / 2]
                let advice = RuleAdvice(
                    ruleset: ruleset, host: RealRulesetTests.host, flow: flow, asked: port)
                let edits = advice.closing(
                    PortSet(ports: [port]), of: TargetSet([AddressRange(flow.destination)]),
                    but: TargetSet(), along: answer.outcomes[0].path, to: action)
                guard let edits, edits.allSatisfy({ ruleset.commands(for: $0) != nil }) else {
                    refused += 1
                    continue
                }
                closed += 1
                let changed = edits.reduce(ruleset) { $0.applying($1) }
                #expect(differences(ruleset, changed, flow) == PortSet(ports: [port]))
                let after = changed.answers(
                    to: flow, ports: PortSet(ports: [port]), on: RealRulesetTests.host)
                #expect(after.map(\.decision) == [.drop])
                for other in Self.flows where other != flow {
                    let isSame =
                        other.destination == flow.destination && other.transport == flow.transport
                    let allowed = isSame ? PortSet(ports: [port]) : PortSet()
                    #expect(
                        differences(ruleset, changed, other).subtracting(allowed).isEmpty,
                        "\(name) \(flow) \(other)")
                }
            }
        }
        #expect(closed > 0)
        #expect(refused == 0, "\(refused) of \(refused + closed) could not be closed")
    }

    @Test("what stays welcome is not closed", arguments: rulesets)
    func closingBut(_ name: String) throws {
        let ruleset = try RealRulesetTests.ruleset(name)
        for flow in Self.flows {
            let source = try #require(flow.source)
            var friend = flow
            friend.source = IPAddress(source.family, number: source.number ^ 0x41)
            let welcome = try TargetSet([AddressRange(#require(friend.source))])
            let answers = ruleset.answers(
                to: flow, ports: Self.ports, on: RealRulesetTests.host)
            for answer in answers.prefix(4) where answer.decision == .accept {
                let port = answer.ports[0]
                let advice = RuleAdvice(
                    ruleset: ruleset, host: RealRulesetTests.host, flow: flow, asked: port)
                let edits = advice.closing(
                    PortSet(ports: [port]), of: TargetSet([AddressRange(flow.destination)]),
                    but: welcome, along: answer.outcomes[0].path, to: .accept)
                let changed = try #require(edits).reduce(ruleset) { $0.applying($1) }
                #expect(differences(ruleset, changed, flow) == PortSet(ports: [port]))
                #expect(differences(ruleset, changed, friend).isEmpty)
            }
        }
    }

    @Test(
        "what is let in is what was declared",
        arguments: [
            "server.json", "fail2ban.json", "docker-iptables.save", "libvirt.json",
            "ufw.save",
        ])
    func opening(_ name: String) throws {
        let ruleset = try RealRulesetTests.ruleset(name)
        var opened = 0
        var stopped = 0
        for flow in Self.flows {
            let source = try #require(flow.source)
            let answers = ruleset.answers(
                to: flow, ports: Self.ports, on: RealRulesetTests.host)
            for answer in answers.prefix(4) {
                guard let decision = answer.decision, !decision.isPassing else { continue }
                stopped += 1
                let port = answer.ports[0]
                let advice = RuleAdvice(
                    ruleset: ruleset, host: RealRulesetTests.host, flow: flow, asked: port)
                let edits = advice.opening(
                    PortSet(ports: [port]), of: TargetSet([AddressRange(flow.destination)]),
                    from: TargetSet([AddressRange(source)]),
                    along: answer.outcomes[0].path)
                guard let edits, edits.allSatisfy({ ruleset.commands(for: $0) != nil }) else {
                    continue
                }
                opened += 1
                let changed = edits.reduce(ruleset) { $0.applying($1) }
                #expect(differences(ruleset, changed, flow) == PortSet(ports: [port]))
                let after = changed.answers(
                    to: flow, ports: PortSet(ports: [port]), on: RealRulesetTests.host)
                #expect(after.allSatisfy { $0.decision?.isPassing ?? false })
                for other in Self.flows where other != flow {
                    #expect(differences(ruleset, changed, other).isEmpty, "\(flow) \(other)")
                }
            }
        }
        // What fail2ban writes it writes anew.
        #expect(opened * 2 >= stopped, "\(opened) of \(stopped)")
    }

    private static func rule(
        _ ports: PortSet = PortSet(ports: [8080]), from sources: FlowRule.Sources = .everywhere,
        to addresses: [IPAddress] = ["203.0.113.10"], isTranslated: Bool = false,
        isFirst: Bool = false, accepts: Bool = false
    ) -> FlowRule {
        FlowRule(
            addresses: TargetSet(addresses.map { AddressRange($0) }), transport: .tcp,
            ports: ports, sources: sources, isTranslated: isTranslated, isFirst: isFirst,
            accepts: accepts)
    }

    private static func set(_ words: [(IPAddress, Int)]) -> TargetSet {
        TargetSet(words.compactMap { AddressRange(block: $0.0, prefixLength: $0.1) })
    }

    private static let texts: [(FlowRule, String, [String])] = [
        (
            rule(), " ip daddr 203.0.113.10 tcp dport 8080 counter drop",
            [" -d 203.0.113.10 -p tcp --dport 8080 -j DROP"]
        ),
        (
            rule(PortSet([80...80, 90...99]), to: ["2001:db8:b::10"], accepts: true),
            " ip6 daddr 2001:db8:b::10 tcp dport '{ 80, 90-99 }' counter accept",
            [" -d 2001:db8:b::10 -p tcp -m multiport --dports 80,90:99 -j ACCEPT"]
        ),
        (
            rule(from: .allBut(set([("198.51.100.0", 24)]))),
            " ip daddr 203.0.113.10 tcp dport 8080 ip saddr != 198.51.100.0/24 counter drop",
            [" ! -s 198.51.100.0/24 -d 203.0.113.10 -p tcp --dport 8080 -j DROP"]
        ),
        (
            rule(from: .allBut(set([("0.0.0.0", 1), ("192.0.2.0", 24)]))),
            " ip daddr 203.0.113.10 tcp dport 8080 ip saddr != '{ 0.0.0.0/1, 192.0.2.0/24 }' "
                + "counter drop",
            [
                " -m iprange --src-range 128.0.0.0-192.0.1.255 -d 203.0.113.10 -p tcp --dport 8080 "
                    + "-j DROP",
                " -m iprange --src-range 192.0.3.0-255.255.255.255 -d 203.0.113.10 -p tcp "
                    + "--dport 8080 -j DROP",
            ]
        ),
        (
            rule(from: .only(set([("198.51.100.0", 24), ("192.0.2.9", 32)])), accepts: true),
            " ip daddr 203.0.113.10 tcp dport 8080 ip saddr '{ 192.0.2.9, 198.51.100.0/24 }' "
                + "counter accept",
            [
                " -s 192.0.2.9 -d 203.0.113.10 -p tcp --dport 8080 -j ACCEPT",
                " -s 198.51.100.0/24 -d 203.0.113.10 -p tcp --dport 8080 -j ACCEPT",
            ]
        ),
        (
            rule(isTranslated: true),
            " ct direction original ct original ip daddr 203.0.113.10 meta l4proto tcp "
                + "ct original proto-dst 8080 counter drop",
            [
                " -p tcp -m conntrack --ctdir ORIGINAL --ctorigdst 203.0.113.10 "
                    + "--ctorigdstport 8080 -j DROP"
            ]
        ),
    ]

    @Test("a rule is written for both tools", arguments: texts)
    func text(_ rule: FlowRule, nft: String, iptables: [String]) {
        var command: HostCommand = ""
        command.parts = rule.nft
        #expect(command.text == nft)
        #expect(rule.iptables == iptables)
    }

    @Test func `what iptables reads back is what was meant`() throws {
        for (rule, _, _) in Self.texts {
            let lines = try #require(rule.iptables)
            let isSix = rule.family == .ipv6
            let text =
                "*filter\n:INPUT ACCEPT [0:0]\n"
                + lines.map { "-A INPUT\($0)\n" }.joined() + "COMMIT\n"
            let read = try Ruleset([
                RulesetText(isSix ? .ip6tables : .iptables, origin: "a", text: Array(text.utf8))
            ])
            var made = Ruleset()
            made.tables = [RuleTable(isSix ? .ip6 : .ip, "filter", .iptables)]
            made.tables[0].add(
                RuleChain(
                    "INPUT",
                    base: BaseChain(kind: .filter, hook: .input, priority: 0, drops: false)))
            made = made.applying(
                .insert(rule, into: .init(table: 0, chain: 0), before: nil))
            #expect(made.tables[0].chains[0].rules.count == lines.count)
            guard !rule.accepts else { continue }
            for flow in Self.flows where flow.destination.family == rule.family {
                #expect(differences(read, made, flow).isEmpty, "\(lines) \(flow)")
            }
        }
    }

    @Test func `more rules than anybody types are not suggested`() {
        let scattered = PortSet(ports: (0..<300).map { UInt16(2 * $0 + 1) })
        #expect(Self.rule(scattered).iptables == nil)
        #expect(Self.rule(PortSet(ports: (0..<30).map { UInt16(2 * $0 + 1) })).iptables?.count == 2)
    }

    @Test func `a name that nft would read as more makes no command`() throws {
        for name in ["x; flush ruleset", "a b", "", "1a", "a{", "ä"] {
            var ruleset = Ruleset()
            ruleset.tables = [RuleTable(.inet, name, .nftables)]
            ruleset.tables[0].add(
                RuleChain(
                    "input",
                    base: BaseChain(kind: .filter, hook: .input, priority: 0, drops: false)))
            let edit = RuleEdit.insert(
                Self.rule(), into: .init(table: 0, chain: 0), before: nil)
            #expect(ruleset.commands(for: edit) == nil, "\(name)")
            ruleset.tables[0].name = "filter"
            #expect(
                ruleset.commands(for: edit)?.map(\.text) == [
                    "nft add rule inet filter input ip daddr 203.0.113.10 tcp dport 8080 counter drop"
                ])
        }
    }

    @Test func `a rule that lets in other ports too is not removed`() throws {
        let text = """
            *filter
            :INPUT DROP [0:0]
            -A INPUT -p tcp -m multiport --dports 80,8080 -j ACCEPT
            -A INPUT -p tcp -m tcp --dport 8081 -m comment --comment "it's; reboot" -j ACCEPT
            COMMIT

            """
        let ruleset = try Ruleset([
            RulesetText(.iptables, origin: "a", text: Array(text.utf8))
        ])
        let flow = Self.flow("198.51.100.2", "203.0.113.10", .tcp)
        let answers = ruleset.answers(
            to: flow, ports: PortSet(ports: [8080, 8081]), on: RealRulesetTests.host)
        let advice = RuleAdvice(
            ruleset: ruleset, host: RealRulesetTests.host, flow: flow, asked: 8080)
        let paths = answers.map { $0.outcomes[0].path }
        #expect(paths.count == 2)
        #expect(advice.removing(paths[0][0], lettingIn: PortSet(ports: [8080])) == nil)
        #expect(advice.removing(paths[0][0], lettingIn: PortSet(ports: [80, 8080])) != nil)
        let edits = try #require(
            advice.removing(paths[1][0], lettingIn: PortSet(ports: [8081])))
        #expect(
            ruleset.commands(for: edits[0])?.map(\.text) == [
                "iptables -D INPUT -p tcp -m tcp --dport 8081 -m comment --comment "
                    + #"'it'\''s; reboot' -j ACCEPT"#
            ])
        let changed = ruleset.applying(edits[0])
        #expect(differences(ruleset, changed, flow) == PortSet(ports: [8081]))
    }

    @Test func `what is declared open from somewhere stays open from there alone`() {
        let from = Self.set([("198.51.100.0", 24)])
        let policy = Policy([
            Expectation(
                isOpen: false, ports: PortSpec(tcp: PortSet(ports: [22])),
                from: [AddressRange("198.51.100.7")]),
            Expectation(
                isOpen: true, ports: PortSpec(tcp: PortSet([22...23])),
                from: from.ranges),
            Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([24...25]))),
            Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([27...27])), vantages: ["b"]),
            Expectation(isOpen: true, ports: PortSpec(tcp: PortSet([28...28])), family: .ipv6),
        ])
        let all = TargetSet.everything(.ipv4)
        func sources(_ ports: ClosedRange<UInt16>) -> TargetSet? {
            policy.sources(declaredOpen: PortSet([ports]), over: .tcp, .ipv4)
        }
        #expect(sources(22...22) == from.subtracting(TargetSet([AddressRange("198.51.100.7")])))
        #expect(sources(23...23) == from)
        #expect(sources(22...23) == nil)
        #expect(sources(24...25) == all)
        #expect(sources(26...26)?.isEmpty == true)
        #expect(sources(27...27) == nil)
        #expect(sources(28...28)?.isEmpty == true)
        #expect(
            policy.sources(declaredOpen: PortSet([23...23]), over: .tcp, .ipv6)?.isEmpty == true)
    }
}
