import Prober
import Testing

@testable import Reconcile

/// Rules that can never match, and rules that only look so.
@Suite struct ShadowTests {
    private static func lines(_ rules: [String]) throws -> Ruleset {
        try RulesetReadingTests.ruleset(
            (["*filter", ":INPUT ACCEPT [0:0]", ":A - [0:0]"] + rules + ["COMMIT", ""])
                .joined(separator: "\n"))
    }

    /// The places of rules that never match, each with the places of those that see to it.
    private static func shadows(_ ruleset: Ruleset) -> [String] {
        ruleset.observations.compactMap { observation in
            switch observation {
            case .shadowed(let rule, let others):
                "\(place(rule)) by \(others.map(place).joined(separator: " "))"
            case .contradictory(let rule): "\(place(rule)) by itself"
            case .emptySet, .unreachable, .noFilter, .looksClosed: nil
            }
        }
    }

    private static func place(_ rule: RuleReference) -> String {
        switch rule.place {
        case .handle(let handle): "\(handle)"
        case .line(let line): "\(line)"
        case nil: "policy"
        }
    }

    // The first rule stands in line 4.
    @Test(
        "a rule is shadowed when rules before it decide all that it matches",
        arguments: [
            (["-p tcp -j DROP", "-p tcp -m tcp --dport 22 -j ACCEPT"], ["5 by 4"]),
            (["-s 198.51.100.0/24 -j DROP", "-s 198.51.100.7/32 -j ACCEPT"], ["5 by 4"]),
            (
                [
                    "-p tcp -m tcp --dport 1:100 -j DROP",
                    "-p tcp -m tcp --dport 101:200 -j ACCEPT",
                    "-p tcp -m tcp --dport 50:150 -j DROP",
                ], ["6 by 4 5"]
            ),
            (
                [
                    "-p tcp -m multiport --dports 22,80 -j ACCEPT",
                    "-p tcp -m tcp --dport 80 -j DROP", "-p udp -m udp --dport 80 -j DROP",
                ], ["5 by 4"]
            ),
            (["-j DROP", "-p tcp -m string --string x --algo bm -j ACCEPT"], ["5 by 4"]),
            (
                [
                    "-m conntrack --ctstate NEW,INVALID -j DROP",
                    "-m conntrack --ctstate NEW -j ACCEPT",
                ],
                ["5 by 4"]
            ),
            (
                [
                    "-p tcp -m tcp ! --dport 22 -j REJECT", "-p tcp -m tcp --dport 80 -j ACCEPT",
                    "-p tcp -m tcp --dport 20:25 -j ACCEPT",
                ], ["5 by 4"]
            ),
            (["-p tcp -m tcp --dport 9 -m tcp --dport 10 -j DROP"], ["4 by itself"]),
            (["-j RETURN", "-p tcp -j ACCEPT"], ["5 by 4"]),
        ])
    func shadowed(rules: [String], expected: [String]) throws {
        #expect(Self.shadows(try Self.lines(rules.map { "-A INPUT \($0)" })) == expected)
    }

    @Test(
        "a rule is not called shadowed when a packet may come to it",
        arguments: [
            ["-p tcp -m tcp --dport 22 -j DROP", "-p tcp -j ACCEPT"],
            ["-p tcp -m limit --limit 1/s -j DROP", "-p tcp -j ACCEPT"],
            ["-p tcp -m string --string x --algo bm -j DROP", "-p tcp -j ACCEPT"],
            ["-p tcp -j LOG", "-p tcp -j ACCEPT"], ["-p tcp -j A", "-p tcp -j ACCEPT"],
            // A packet of another mark comes to the second rule with this one.
            [
                "-m mark --mark 0x1 -j DROP", "-j MARK --set-xmark 0x1/0xffffffff",
                "-m mark --mark 0x1 -j DROP",
            ],
            // A reset is sent for TCP alone.
            ["-p udp -j REJECT --reject-with tcp-reset", "-p udp -j ACCEPT"],
            [
                "-p tcp -m tcp --dport 1:100 -j DROP", "-p tcp -m tcp --dport 102:200 -j DROP",
                "-p tcp -m tcp --dport 50:150 -j DROP",
            ],
            ["-p tcp -m tcp --dport 22 -j DROP", "-m mark --mark 0x1 -j DROP"],
            ["-m set --match-set s src -j DROP", "-m set --match-set s src -j ACCEPT"],
        ])
    func reached(rules: [String]) throws {
        #expect(try Self.shadows(Self.lines(rules.map { "-A INPUT \($0)" })).isEmpty)
    }

    @Test func `a port of nftables implies its transport, and a refusal of IPv4 spares IPv6`()
        throws
    {
        let drop = "{\"drop\": null}"
        let th = """
            {"match": {"op": "==", "left": {"payload": {"protocol": "th", "field": "dport"}}, "right": 22}}
            """
        let ruleset = try RulesetReadingTests.ruleset(
            RulesetReadingTests.nft(
                "\(th), \(drop)", "\(RulesetReadingTests.port("==", "22")), \(drop)",
                "{\"reject\": {\"type\": \"icmp\", \"expr\": \"port-unreachable\"}}",
                "{\"accept\": null}", drop))
        #expect(Self.shadows(ruleset) == ["3 by 2", "6 by 5"])
    }

    @Test func `chains that nobody leads to and sets without elements are told`() throws {
        let ruleset = try RulesetReadingTests.ruleset(
            """
            {"nftables": [{"table": {"family": "inet", "name": "t", "handle": 1}},
            {"set": {"family": "inet", "table": "t", "name": "s", "type": "ipv4_addr", "handle": 9}},
            {"chain": {"family": "inet", "table": "t", "name": "i", "handle": 1, "type": "filter",
             "hook": "input", "prio": 0, "policy": "accept"}},
            {"chain": {"family": "inet", "table": "t", "name": "lost", "handle": 2}},
            {"rule": {"family": "inet", "table": "t", "chain": "lost", "handle": 3, "expr": [{"drop": null}]}},
            {"rule": {"family": "inet", "table": "t", "chain": "i", "handle": 4, "expr": [
             {"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "@s"}},
             {"drop": null}]}}]}
            """)
        let told = ruleset.observations.map(\.explanation)
        #expect(told.contains("inet t lost is never reached: no chain leads there"))
        #expect(told.contains("inet t i handle 4 matches nothing now: the set s is empty"))
    }

    /// A ruleset of rules that often have to do with each other.
    private static func random(_ seed: UInt64) throws -> Ruleset {
        var random = SplitMix64(state: seed)
        func pick(_ choices: [String]) -> String {
            choices[Int.random(in: choices.indices, using: &random)]
        }
        func port() -> Int { Int.random(in: 1...12, using: &random) }
        func match() -> String {
            let low = port()
            return pick([
                "-p tcp -m tcp --dport \(port())", "-p tcp -m tcp --dport \(low):\(low + 4)",
                "-p tcp -m tcp ! --dport \(port())", "-p udp -m udp --dport \(low):",
                "-p tcp -m multiport --dports \(port()),\(low):\(low + 3)", "-p tcp", "-p udp",
                "! -p tcp", "-s 198.51.100.0/24", "! -s 198.51.100.0/25", "-s 198.51.100.2/32",
                "-m conntrack --ctstate NEW", "-m conntrack --ctstate NEW,RELATED",
                "-m conntrack ! --ctstate NEW", "-m mark --mark 0x1", "-m mark ! --mark 0x1",
                "-i eth0", "-m limit --limit 1/s", "-d 203.0.113.10/32", "",
            ])
        }
        let rules = ["INPUT", "A", "B"].flatMap { chain in
            (0..<Int.random(in: 2...9, using: &random)).map { _ in
                let target = pick([
                    "ACCEPT", "DROP", "ACCEPT", "DROP", "RETURN", "REJECT", "LOG",
                    "MARK --set-xmark 0x1/0xffffffff", chain == "INPUT" ? "A" : "DROP",
                    chain == "B" ? "DROP" : "B",
                ])
                let jump = target == "B" && Bool.random(using: &random) ? "-g" : "-j"
                return
                    "-A \(chain) \([match(), match(), ""][Int.random(in: 0...2, using: &random)])"
                    + " \(jump) \(target)"
            }
        }
        return try RulesetReadingTests.ruleset(
            (["*filter", ":INPUT ACCEPT [0:0]", ":A - [0:0]", ":B - [0:0]"] + rules
                + ["COMMIT", ""]).joined(separator: "\n"))
    }

    private static func decisions(_ ruleset: Ruleset) -> [String] {
        var found: [String] = []
        for transport in Transport.allCases {
            for source in ["198.51.100.2", "198.51.100.200", "192.0.2.9"] {
                for assumption in FirewallAssumption.allCases {
                    let flow = Flow(
                        from: IPAddress(source), to: "203.0.113.10", over: transport,
                        interface: "eth0")
                    let answers = ruleset.answers(
                        to: flow, ports: PortSet([0...20]), assuming: assumption)
                    for port in UInt16(0)...20 {
                        let answer = answers.first { $0.ports.contains(port) }
                        let actions = Set((answer?.outcomes ?? []).map { "\($0.action)" }).sorted()
                        found.append("\(transport) \(source) \(port) \(actions)")
                    }
                }
            }
        }
        return found
    }

    @Test("without a rule that never matches every answer stays", arguments: UInt64(1)...60)
    func removal(seed: UInt64) throws {
        let ruleset = try Self.random(seed)
        var search = ShadowSearch(ruleset.tables[0])
        for (index, chain) in ruleset.tables[0].chains.enumerated() {
            let shadows = search.shadows(in: chain)
            guard !shadows.isEmpty else { continue }
            var smaller = ruleset
            smaller.tables[0].change(index) { chain in
                for shadow in shadows.reversed() { chain.rules.remove(at: shadow.rule) }
            }
            #expect(Self.decisions(smaller) == Self.decisions(ruleset))
        }
    }

    @Test func `random rules have many that never match`() throws {
        let count = try (UInt64(1)...60).reduce(0) { count, seed in
            count + Self.shadows(try Self.random(seed)).count
        }
        #expect(count > 60)
    }
}
