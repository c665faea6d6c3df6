import Prober
import Reconcile

// Times of reading a large ruleset and of asking it for every port of both transports, for
// rulesets of several shapes, drawn by a seed. `scripts/bench firewall` runs it.

let count = 10_000
let rounds = 9
let clock = ContinuousClock()

/// The median of some durations, in milliseconds.
func milliseconds(_ times: [Duration]) -> String {
    let middle = times.sorted()[times.count / 2]
    let tenths = Int((middle / .microseconds(100)).rounded())
    return "\(tenths / 10).\(tenths % 10) ms"
}

print("\(count) rules, 65,536 ports, TCP and UDP; medians of \(rounds)")
for shape in RulesetShape.allCases {
    let text = RulesetText(shape.kind, origin: shape.rawValue, text: Array(shape.text(count).utf8))
    var ruleset = Ruleset()
    let reading = try (0..<3).map { _ in
        try clock.measure { ruleset = try Ruleset([text]) }
    }
    var answers: [FirewallAnswer] = []
    let evaluation = (0..<rounds).map { _ in
        clock.measure {
            answers = Transport.allCases.flatMap { transport in
                ruleset.answers(
                    to: Flow(
                        from: .v4(0xc633_6402), to: .v4(0xcb00_710a), over: transport,
                        interface: "eth0"))
            }
        }
    }
    let undecided = answers.count { !$0.isDecided }
    print(
        "\(shape.rawValue): evaluation \(milliseconds(evaluation)), reading "
            + "\(milliseconds(reading)), \(answers.count) answers, \(undecided) undecided")
}
