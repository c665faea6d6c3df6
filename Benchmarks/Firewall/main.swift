import Glibc
import Prober
import Reconcile

// Processor time of reading a large ruleset and of asking it for every port of both transports, for
// rulesets of several shapes, drawn by a seed. `scripts/bench firewall` runs it. Processor time,
// since other work may share the machine; everything happens on one thread.

let count = 10_000
let rounds = 9

/// The processor time that `work` takes, in milliseconds: the median of `rounds`.
func milliseconds(_ rounds: Int, _ work: () throws -> Void) rethrows -> String {
    var times: [Int] = []
    for _ in 0..<rounds {
        let start = clock()
        try work()
        times.append(clock() - start)
    }
    let tenths = (times.sorted()[rounds / 2] + 50) / 100
    return "\(tenths / 10).\(tenths % 10) ms"
}

print("\(count) rules, 65,536 ports, TCP and UDP; processor time, medians")
for shape in RulesetShape.allCases {
    let text = RulesetText(shape.kind, origin: shape.rawValue, text: Array(shape.text(count).utf8))
    var ruleset = Ruleset()
    let reading = try milliseconds(3) { ruleset = try Ruleset([text]) }
    var answers: [FirewallAnswer] = []
    let evaluation = milliseconds(rounds) {
        answers = Transport.allCases.flatMap { transport in
            ruleset.answers(
                to: Flow(
                    from: .v4(0xc633_6402), to: .v4(0xcb00_710a), over: transport,
                    interface: "eth0"))
        }
    }
    let undecided = answers.count { !$0.isDecided }
    print(
        "\(shape.rawValue): evaluation \(evaluation), reading \(reading), "
            + "\(answers.count) answers, \(undecided) undecided")
}
