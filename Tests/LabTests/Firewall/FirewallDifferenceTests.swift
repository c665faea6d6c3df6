import Foundation
import Testing

/// The evaluation against the kernel: random rulesets, real packets.
///
/// A minute by default; `scripts/fuzz firewall` runs it for as long as wished.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct FirewallDifferenceTests {
    @Test(
        "the kernel does what was predicted, packet for packet",
        arguments: RulesetDraft.Tool.allCases)
    func agrees(_ tool: RulesetDraft.Tool) throws {
        let environment = ProcessInfo.processInfo.environment
        let seconds = Double(environment["PROBER_FUZZ_SECONDS"] ?? "") ?? 20
        let first = UInt64(environment["PROBER_FUZZ_SEED"] ?? "") ?? 1
        if let wanted = environment["PROBER_FUZZ_TOOL"], wanted != tool.rawValue { return }
        var difference = try FirewallDifference(try FirewallLab())
        let end = Date(timeIntervalSinceNow: seconds)
        var seed = first
        while Date() < end && difference.tally.disagreements.count < 5 {
            try difference.run(tool, seed: seed)
            seed += 1
        }
        print("\(tool.rawValue), seeds \(first)-\(seed - 1): \(difference.summary)")
        for (refusal, count) in difference.tally.refusals.prefix(40) {
            print("refused \(count) times: \(refusal)")
        }
        for wrong in difference.tally.disagreements { Issue.record("\(wrong)") }
        #expect(difference.tally.packets > 500)
        let tally = difference.tally
        #expect(tally.unlisted.count * 100 <= tally.rulesets)
        // Few rulesets say little of the share: a slow machine gets through some forty in its time.
        let least = tally.packets < 20_000 ? 0.93 : 0.97
        #expect(
            Double(tally.decided) >= least * Double(tally.packets),
            "too much is undecided: \(tally.reasons)")
    }
}
