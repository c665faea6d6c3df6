import Prober
import Testing

@testable import Reconcile

/// How packets are followed where it is not plain; each was measured.
@Suite struct EvaluationTests {
    @Test func `of two chains of a table with one priority the later one is first`() throws {
        func chain(_ name: String, _ handle: Int, _ verdict: String) -> String {
            """
            {"chain": {"family": "inet", "table": "t", "name": "\(name)", "handle": \(handle),
             "type": "filter", "hook": "input", "prio": 0, "policy": "accept"}},
            {"rule": {"family": "inet", "table": "t", "chain": "\(name)", "handle": \(handle + 1),
             "expr": [\(verdict)]}}
            """
        }
        let head = "{\"nftables\": [{\"table\": {\"family\": \"inet\", \"name\": \"t\"}},"
        let reject = "{\"reject\": {\"type\": \"icmpx\", \"expr\": \"no-route\"}}"
        let ruleset = try RulesetReadingTests.ruleset(
            head + chain("a", 2, "{\"drop\": null}") + "," + chain("b", 5, reject) + "]}")
        #expect(
            try RulesetReadingTests.answers(ruleset, .tcp, PortSet(ports: [7])) == [
                "7 rejected (icmp-net-unreachable)"
            ])
    }

    /// Measured on 6.18: such a drop lets everything through until a rule about connections is added.
    @Test(
        "a nat chain has a say only where connections are tracked",
        arguments: [("inet", "7 dropped"), ("ip", "7 dropped"), ("ip6", "7 undecided")])
    func tracking(family: String, expected: String) throws {
        let chain = """
            {"table": {"family": "inet", "name": "t"}},
            {"chain": {"family": "inet", "table": "t", "name": "c", "handle": 2,
             "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"}},
            {"rule": {"family": "inet", "table": "t", "chain": "c", "handle": 3,
             "expr": [{"drop": null}]}}
            """
        let other = """
            {"table": {"family": "\(family)", "name": "u"}},
            {"chain": {"family": "\(family)", "table": "u", "name": "f", "handle": 2,
             "type": "filter", "hook": "forward", "prio": 0, "policy": "accept"}},
            {"rule": {"family": "\(family)", "table": "u", "chain": "f", "handle": 3, "expr": [
             {"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": "new"}},
             {"accept": null}]}}
            """
        let ruleset = try RulesetReadingTests.ruleset(
            "{\"nftables\": [" + chain + "," + other + "]}")
        #expect(
            try RulesetReadingTests.answers(ruleset, .tcp, PortSet(ports: [7])) == [expected])
    }

    @Test(
        "marks come from maps, and without an entry the rule ends",
        arguments: [("{\"set\": [[7, 1], [9, 2]]}", "7 dropped", "8 accepted")])
    func mappedMarks(map: String, dropped: String, accepted: String) throws {
        let set = """
            {"mangle": {"key": {"meta": {"key": "mark"}}, "value": {"map": {
             "key": {"payload": {"protocol": "tcp", "field": "dport"}}, "data": \(map)}}}}
            """
        let drop = """
            {"match": {"op": "==", "left": {"meta": {"key": "mark"}}, "right": 1}}, {"drop": null}
            """
        let ruleset = try RulesetReadingTests.ruleset(RulesetReadingTests.nft(set, drop))
        #expect(
            Set(try RulesetReadingTests.answers(ruleset, .tcp, PortSet([7...8]))) == [
                dropped, accepted,
            ])
    }

    @Test(
        "fields that a packet does not have are no match, others are unknown",
        arguments: [
            ("udp", "length", "8 accepted"), ("tcp", "window", "8 undecided"),
            ("ip6", "hoplimit", "8 accepted"), ("ip", "ttl", "8 undecided"),
            ("sctp", "dport", "8 accepted"), ("ether", "saddr", "8 undecided"),
        ])
    func fields(name: String, field: String, expected: String) throws {
        let ruleset = try RulesetReadingTests.ruleset(
            RulesetReadingTests.nft(
                """
                {"match": {"op": "==", "left": {"payload": {"protocol": "\(name)",
                 "field": "\(field)"}}, "right": 5}}, {"drop": null}
                """))
        #expect(try RulesetReadingTests.answers(ruleset, .tcp, PortSet(ports: [8])) == [expected])
    }

    @Test(
        "a route back is there where an address says so, or where one is known to leave",
        arguments: [
            ("198.51.100.2", false, "undecided"), ("198.51.100.2", true, "accepted"),
            ("203.0.113.7", false, "accepted"),
        ])
    func reversePath(source: String, isAnsweredThere: Bool, expected: String) throws {
        let ruleset = try RulesetReadingTests.ruleset(
            "*raw\n:PREROUTING ACCEPT\n-A PREROUTING -m rpfilter --invert -j DROP\nCOMMIT\n")
        var flow = Flow(
            from: IPAddress(source), to: "203.0.113.10", over: .tcp, interface: "eth0")
        flow.isAnsweredThere = isAnsweredThere
        let host = FirewallHost(
            addresses: [HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0")],
            hasAllAddresses: true)
        let answers = ruleset.answers(to: flow, ports: PortSet(ports: [1]), on: host)
        #expect(answers.map { $0.decision?.explanation ?? "undecided" } == [expected])
    }

    @Test(
        "what the host sends itself sees no nat PREROUTING, and its answers come in too",
        arguments: [
            ("*nat\n:PREROUTING ACCEPT\n-A PREROUTING -p tcp -j REDIRECT --to-ports 9", "accepted"),
            (
                "*nat\n:OUTPUT ACCEPT\n-A OUTPUT -p tcp -j REDIRECT --to-ports 9",
                "translated to 127.0.0.1:9"
            ),
            ("*filter\n:INPUT ACCEPT\n-A INPUT -p tcp -m tcp --sport 7 -j DROP", "dropped"),
            (
                "*filter\n:INPUT ACCEPT\n-A INPUT -p tcp -j REJECT --reject-with tcp-reset",
                "dropped"
            ),
            (
                "*filter\n:INPUT ACCEPT\n-A INPUT -p tcp -m tcp --dport 7 -j REJECT --reject-with tcp-reset",
                "rejected (tcp-reset)"
            ),
            ("*filter\n:INPUT DROP\n-A INPUT -i lo -j ACCEPT", "accepted"),
        ])
    func loopback(rules: String, expected: String) throws {
        let ruleset = try RulesetReadingTests.ruleset("\(rules)\nCOMMIT\n")
        let flow = Flow(from: "203.0.113.10", to: "203.0.113.10", over: .tcp)
        let host = FirewallHost(
            addresses: [HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0")],
            hasAllAddresses: true)
        let answers = ruleset.answers(to: flow, ports: PortSet(ports: [7]), on: host)
        #expect(answers.map { $0.decision?.explanation ?? "undecided" } == [expected])
    }

    @Test func `from a loopback address nothing gets away`() throws {
        let ruleset = try RulesetReadingTests.ruleset(
            "*nat\n:OUTPUT ACCEPT\n-A OUTPUT -p tcp -j DNAT --to-destination 198.18.0.10\nCOMMIT\n")
        let host = FirewallHost(
            addresses: [HostAddress("198.18.0.1", prefixLength: 24, interface: "back")],
            hasAllAddresses: true)
        let answers = ruleset.answers(
            to: Flow(from: "127.0.0.1", to: "127.0.0.1", over: .tcp),
            ports: PortSet(ports: [7]), on: host)
        #expect(answers.map(\.decision) == [.drop])
    }

    @Test(
        "what a loopback address sends elsewhere may be lost before later chains, but for IPv6",
        arguments: [
            ("127.0.0.1", "198.18.0.10", "undecided"), ("::1", "2001:db8:c::10", "rejected"),
            ("127.0.0.1", "198.18.0.1", "rejected"),
        ])
    func loopbackElsewhere(address: String, target: String, expected: String) throws {
        let isSix = address.contains(":")
        let ruleset = try RulesetReadingTests.ruleset(
            """
            # Generated by \(isSix ? "ip6tables" : "iptables")-save v1.8.9 (nf_tables)
            *nat
            :OUTPUT ACCEPT
            -A OUTPUT -p tcp -j DNAT --to-destination \(target)
            COMMIT
            *filter
            :OUTPUT ACCEPT
            -A OUTPUT -p tcp --dport 7 -j REJECT
            COMMIT

            """)
        let host = FirewallHost(
            addresses: [
                HostAddress("198.18.0.1", prefixLength: 24, interface: "back"),
                HostAddress("2001:db8:c::1", prefixLength: 64, interface: "back"),
            ], hasAllAddresses: true)
        let answers = ruleset.answers(
            to: Flow(from: IPAddress(address), to: try #require(IPAddress(address)), over: .tcp),
            ports: PortSet(ports: [7]), on: host)
        #expect(
            answers.map {
                String(($0.decision?.explanation ?? "undecided").prefix { $0 != " " })
            } == [expected])
    }

    @Test(
        "an answer to the host itself comes in from where it asked, whatever it was translated to",
        arguments: [
            ("INPUT -p udp --sport 9", "translated to 127.0.0.1:9"),
            ("INPUT -p udp --sport 7", "dropped"),
            ("INPUT -s 127.0.0.1", "translated to 127.0.0.1:9"),
            ("INPUT -d 203.0.113.10", "dropped"),
            ("INPUT -m conntrack --ctdir REPLY --ctreplsrc 127.0.0.1", "dropped"),
            ("OUTPUT -p udp --sport 9", "dropped"),
            ("OUTPUT -p udp --sport 7", "translated to 127.0.0.1:9"),
        ])
    func answerFromTranslated(match: String, expected: String) throws {
        let ruleset = try RulesetReadingTests.ruleset(
            """
            *nat
            :OUTPUT ACCEPT
            -A OUTPUT -p udp --dport 7 -j REDIRECT --to-ports 9
            COMMIT
            *filter
            :INPUT ACCEPT
            :OUTPUT ACCEPT
            -A \(match) -j DROP
            COMMIT

            """)
        let host = FirewallHost(
            addresses: [HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0")],
            hasAllAddresses: true)
        let answers = ruleset.answers(
            to: Flow(
                from: "203.0.113.10", to: "203.0.113.10", over: .udp,
                sourcePorts: 32768...60999),
            ports: PortSet(ports: [7]), on: host)
        #expect(answers.map { $0.decision?.explanation ?? "undecided" } == [expected])
    }

    @Test(
        "a refusal belongs to the connection as the rules before it left it",
        arguments: [("0x2", "7 dropped"), ("0x0", "7 rejected (icmp-port-unreachable)")])
    func refusalOfMarked(mark: String, expected: String) throws {
        let ruleset = try RulesetReadingTests.ruleset(
            """
            *filter
            :INPUT ACCEPT
            :OUTPUT ACCEPT
            -A INPUT -j CONNMARK --set-xmark 0x2/0xffffffff
            -A INPUT -j REJECT
            -A OUTPUT -m connmark --mark \(mark) -j DROP
            COMMIT

            """)
        #expect(
            try RulesetReadingTests.answers(ruleset, .tcp, PortSet(ports: [7])) == [expected])
    }

    @Test(
        "an answer to what was not tracked is the original of its connection",
        arguments: [
            ("--ctorigdst 203.0.113.10", "accepted"), ("--ctorigdst 198.51.100.2", "dropped"),
            ("--ctorigsrc 203.0.113.10", "dropped"), ("--ctorigsrcport 7", "dropped"),
            ("--ctreplsrc 198.51.100.2", "dropped"), ("--ctreplsrc 203.0.113.10", "accepted"),
            ("--ctrepldstport 7", "dropped"), ("--ctdir REPLY", "accepted"),
        ])
    func originalOfAnswer(match: String, expected: String) throws {
        let ruleset = try RulesetReadingTests.ruleset(
            """
            *raw
            :PREROUTING ACCEPT
            -A PREROUTING -p udp -j CT --notrack
            COMMIT
            *filter
            :OUTPUT ACCEPT
            -A OUTPUT -p udp -m conntrack \(match) -j DROP
            COMMIT

            """)
        #expect(
            try RulesetReadingTests.answers(ruleset, .udp, PortSet(ports: [7]))
                == ["7 \(expected)"])
    }

    @Test(
        "before IPv4 is routed a refusal's source is that of the way back",
        arguments: [
            ("prerouting", "ip", "undecided"), ("input", "ip", "dropped"),
            ("prerouting", "ip6", "dropped"), ("input", "ip6", "dropped"),
        ])
    func sourceOfRefusal(hook: String, family: String, expected: String) throws {
        let (source, destination) =
            family == "ip" ? ("203.0.113.2", "198.18.0.1") : ("2001:db8:a::2", "2001:db8:c::1")
        let chains = [hook, "output"].enumerated().map { index, hook in
            """
            {"chain": {"family": "inet", "table": "t", "name": "\(hook)", "handle": \(index),
             "type": "filter", "hook": "\(hook)", "prio": -300, "policy": "accept"}}
            """
        }
        let ruleset = try RulesetReadingTests.ruleset(
            """
            {"nftables": [{"table": {"family": "inet", "name": "t"}}, \(chains[0]), \(chains[1]),
            {"rule": {"family": "inet", "table": "t", "chain": "\(hook)", "handle": 7, "expr": [
             {"reject": {"type": "icmpx", "expr": "admin-prohibited"}}]}},
            {"rule": {"family": "inet", "table": "t", "chain": "output", "handle": 8, "expr": [
             {"match": {"op": "==", "left": {"payload": {"protocol": "\(family)",
              "field": "saddr"}}, "right": "\(destination)"}}, {"drop": null}]}}]}
            """)
        let host = FirewallHost(
            addresses: [
                HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0"),
                HostAddress("198.18.0.1", prefixLength: 24, interface: "back"),
                HostAddress("2001:db8:c::1", prefixLength: 64, interface: "back"),
            ], hasAllAddresses: true)
        let flow = Flow(
            from: IPAddress(source), to: try #require(IPAddress(destination)), over: .tcp,
            interface: "eth0")
        let answers = ruleset.answers(to: flow, ports: PortSet(ports: [7]), on: host)
        #expect(answers.map { $0.decision?.explanation ?? "undecided" } == [expected])
    }

    @Test func `below every limit and in no set that rules fill, when that is assumed`() throws {
        let rules = """
            *filter
            :INPUT DROP
            -A INPUT -p tcp -m hashlimit --hashlimit-upto 5/sec --hashlimit-name a -j ACCEPT
            -A INPUT -p udp -m connlimit --connlimit-above 9 -j DROP
            -A INPUT -p udp -j ACCEPT
            COMMIT

            """
        let ruleset = try RulesetReadingTests.ruleset(rules)
        for transport in Transport.allCases {
            let flow = Flow(
                from: "198.51.100.2", to: "203.0.113.10", over: transport, interface: "eth0")
            let ports = PortSet(ports: [7])
            #expect(ruleset.answers(to: flow, ports: ports).map(\.decision) == [nil])
            #expect(
                ruleset.answers(to: flow, ports: ports, assuming: .nominal).map(\.decision)
                    == [.accept])
        }
    }
}
