import Prober
import Testing

@testable import Reconcile

/// How packets are followed where it is not plain; each was measured.
@Suite struct TranslationTests {
    private static let router = FirewallHost(
        addresses: [
            HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0"),
            HostAddress("198.18.0.1", prefixLength: 24, interface: "back"),
        ], hasAllAddresses: true)

    @Test(
        "chains after a translation of the source do not see the old one",
        arguments: [(90, "dropped"), (120, "undecided")])
    func laterChains(priority: Int, expected: String) throws {
        let chains = """
            {"table": {"family": "ip", "name": "t"}},
            {"chain": {"family": "ip", "table": "t", "name": "n", "handle": 2,
             "type": "nat", "hook": "postrouting", "prio": 100, "policy": "accept"}},
            {"rule": {"family": "ip", "table": "t", "chain": "n", "handle": 3,
             "expr": [{"masquerade": null}]}},
            {"chain": {"family": "ip", "table": "t", "name": "f", "handle": 4,
             "type": "filter", "hook": "postrouting", "prio": \(priority), "policy": "accept"}},
            {"rule": {"family": "ip", "table": "t", "chain": "f", "handle": 5,
             "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ip",
             "field": "saddr"}}, "right": "203.0.113.2"}}, {"drop": null}]}}
            """
        let ruleset = try RulesetReadingTests.ruleset("{\"nftables\": [" + chains + "]}")
        let flow = Flow(from: "203.0.113.2", to: "198.18.0.10", over: .tcp, interface: "eth0")
        let answers = ruleset.answers(to: flow, ports: PortSet(ports: [7]), on: Self.router)
        #expect(answers.map { $0.decision?.explanation ?? "undecided" } == [expected])
    }

    @Test func `an answer to a translated source is lost where it is not tracked`() throws {
        let ruleset = try RulesetReadingTests.ruleset(
            """
            *raw
            :PREROUTING ACCEPT
            -A PREROUTING -i back -j CT --notrack
            COMMIT
            *nat
            :PREROUTING ACCEPT
            :POSTROUTING ACCEPT
            -A PREROUTING -p tcp -m tcp --dport 7 -j DNAT --to-destination :9
            -A POSTROUTING -j MASQUERADE
            COMMIT

            """)
        let flow = Flow(from: "203.0.113.2", to: "198.18.0.10", over: .tcp, interface: "eth0")
        let answers = ruleset.answers(to: flow, ports: PortSet([7...8]), on: Self.router)
        #expect(answers.allSatisfy { $0.decision == .drop })
        #expect(answers.reduce(0) { $0 + $1.ports.count } == 2)
    }

    @Test(
        "an answer to what was not tracked begins a connection, and may be translated",
        arguments: [
            ("-A PREROUTING -p udp -j DNAT --to-destination 198.18.0.99", "undecided"),
            ("-A POSTROUTING -j MASQUERADE", "undecided"), ("-A POSTROUTING -j ACCEPT", "accepted"),
        ])
    func untrackedAnswer(rule: String, expected: String) throws {
        let ruleset = try RulesetReadingTests.ruleset(
            """
            *raw
            :PREROUTING ACCEPT
            -A PREROUTING -i eth0 -j CT --notrack
            COMMIT
            *nat
            :PREROUTING ACCEPT
            :POSTROUTING ACCEPT
            \(rule)
            COMMIT

            """)
        let flow = Flow(from: "203.0.113.2", to: "198.18.0.10", over: .udp, interface: "eth0")
        let answers = ruleset.answers(to: flow, ports: PortSet(ports: [7]), on: Self.router)
        #expect(answers.map { $0.decision?.explanation ?? "undecided" } == [expected])
    }

    /// Whichever chain is first, what comes after a translation does not see the packet.
    @Test func `of two nat chains with one priority the first translation ends the other`() throws {
        func table(_ name: String, _ verdict: String) -> String {
            """
            {"table": {"family": "inet", "name": "\(name)"}},
            {"chain": {"family": "inet", "table": "\(name)", "name": "c", "handle": 2,
             "type": "nat", "hook": "prerouting", "prio": -100, "policy": "accept"}},
            {"rule": {"family": "inet", "table": "\(name)", "chain": "c", "handle": 3,
             "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp",
             "field": "dport"}}, "right": 7}}, \(verdict)]}}
            """
        }
        let redirect = table("t", "{\"redirect\": {\"port\": 9}}")
        func answers(_ other: String) throws -> [String] {
            let ruleset = try RulesetReadingTests.ruleset(
                "{\"nftables\": [" + redirect + "," + table("u", other) + "]}")
            return try RulesetReadingTests.answers(ruleset, .tcp, PortSet(ports: [7, 8]))
        }
        #expect(Set(try answers("{\"drop\": null}")) == ["7 undecided", "8 accepted"])
        let accepted = try answers("{\"accept\": null}")
        #expect(accepted.count == 2 && accepted.contains("8 accepted"))
        #expect(!accepted.contains("7 undecided"))
    }
}
