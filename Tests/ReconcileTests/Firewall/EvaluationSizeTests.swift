import Prober
import Testing

@testable import Reconcile

/// Rulesets as large as rulesets get.
@Suite struct EvaluationSizeTests {
    /// `count` rules, each of an address and a port of its own, drawn by a seed.
    private static func ruleset(_ count: Int) throws -> Ruleset {
        var random = SplitMix64(state: 7)
        var lines = ["*filter", ":INPUT DROP [0:0]"]
        for _ in 0..<count {
            let port = UInt16.random(in: 1...UInt16.max, using: &random)
            let source = Bool.random(using: &random) ? "-s 198.51.100.0/24 " : ""
            let target = Bool.random(using: &random) ? "ACCEPT" : "REJECT"
            lines.append("-A INPUT \(source)-p tcp -m tcp --dport \(port) -j \(target)")
        }
        let text = RulesetText(
            .iptables, origin: "rules",
            text: Array((lines + ["COMMIT", ""]).joined(separator: "\n").utf8))
        return try Ruleset([text])
    }

    @Test func `ten thousand rules answer every port of both transports`() throws {
        let ruleset = try Self.ruleset(10_000)
        #expect(ruleset.ruleCount == 10_000)
        let clock = ContinuousClock()
        var answers: [FirewallAnswer] = []
        let time = clock.measure {
            for transport in Transport.allCases {
                answers += ruleset.answers(
                    to: Flow(
                        from: "198.51.100.2", to: "203.0.113.10", over: transport,
                        interface: "eth0"))
            }
        }
        print("10,000 rules, 65,536 ports, both transports: \(time)")
        #expect(answers.reduce(0) { $0 + $1.ports.count } == 2 * 65_536)
        #expect(answers.allSatisfy { $0.isDecided })
        #expect(answers.contains { $0.decision == .accept && $0.ports.count == 1 })
    }

    @Test func `rules that fork without end are given up, and said to be`() throws {
        var lines =
            ["*filter", ":INPUT ACCEPT"] + (0...40).map { ":C\($0) -" } + ["-A INPUT -j C0"]
        for depth in 0..<40 {
            lines += Array(
                repeating: "-A C\(depth) -m limit --limit 1/s -j C\(depth + 1)", count: 9)
        }
        let text = RulesetText(
            .iptables, origin: "rules",
            text: Array((lines + ["COMMIT", ""]).joined(separator: "\n").utf8))
        let answers = try Ruleset([text]).answers(
            to: Flow(from: "198.51.100.2", to: "203.0.113.10", over: .tcp),
            ports: PortSet(ports: [1]))
        #expect(answers.map { $0.isDecided } == [false])
    }
}
