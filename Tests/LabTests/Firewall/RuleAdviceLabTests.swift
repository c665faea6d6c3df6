import CPackets
import Foundation
import Prober
import Testing

@testable import Reconcile

/// Suggested rules on real kernels: random rulesets, the commands given to a shell as they are
/// written, and packets before and after.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct RuleAdviceLabTests {
    private struct Tally {
        var closed = 0
        var opened = 0
        var refused = 0
        var packets = 0
    }

    @Test("a suggested rule changes one endpoint", arguments: RulesetDraft.Tool.allCases)
    func changesOne(_ tool: RulesetDraft.Tool) throws {
        let environment = ProcessInfo.processInfo.environment
        if let wanted = environment["PROBER_FUZZ_TOOL"], wanted != tool.rawValue { return }
        let lab = try FirewallLab()
        let seconds = Double(environment["PROBER_FUZZ_SECONDS"] ?? "") ?? 12
        let end = Date(timeIntervalSinceNow: seconds)
        var tally = Tally()
        var seed: UInt64 = 1000
        while Date() < end {
            var draft: RulesetDraft
            switch tool {
            case .nft:
                var grammar = NFTGrammar(seed: seed)
                draft = grammar.draft()
            case .iptables, .legacy:
                var grammar = IPTablesGrammar(seed: seed, hasSets: false)
                draft = grammar.draft(tool)
            }
            seed += 1
            for _ in 0..<6 where tool == .nft {
                guard let refusal = try lab.load(draft) else { break }
                let lines = refusal.matches(of: /stdin:(\d+):/).compactMap { Int($0.output.1) }
                draft.removeRules(atLines: Set(lines.map { $0 - 1 }))
            }
            guard try lab.load(draft) == nil else { continue }
            try change(draft, seed, lab, &tally)
        }
        print("\(tool.rawValue): \(tally)")
        #expect(tally.closed + tally.opened > 5)
        // Some drops cannot be undone by a rule: of answers, or in chains of other kinds.
        #expect(tally.closed + tally.opened > tally.refused)
    }

    /// Takes the advice for a few flows, each on the rules as they were loaded.
    private func change(
        _ draft: RulesetDraft, _ seed: UInt64, _ lab: FirewallLab, _ tally: inout Tally
    ) throws {
        var random = SplitMix64(state: seed)
        let ruleset = try Ruleset(try lab.list(draft.tool))
        for _ in 0..<3 {
            let flow = FirewallDifference.flows[
                Int.random(in: FirewallDifference.flows.indices, using: &random)]
            let port = UInt16(1000 + Int.random(in: 0..<FirewallLab.portCount, using: &random))
            let ports = PortSet(ports: [port])
            guard
                let answer = ruleset.answers(to: flow, ports: ports, on: FirewallLab.host).first,
                let decision = answer.decision, let source = flow.source
            else { continue }
            let advice = RuleAdvice(
                ruleset: ruleset, host: FirewallLab.host, flow: flow, asked: port)
            let path = answer.outcomes[0].path
            let edits =
                decision.isPassing
                ? advice.closing(
                    ports, of: TargetSet([AddressRange(flow.destination)]), but: TargetSet(),
                    along: path, to: decision)
                : advice.opening(
                    ports, of: TargetSet([AddressRange(flow.destination)]),
                    from: TargetSet([AddressRange(source)]), along: path)
            guard let edits else {
                tally.refused += 1
                continue
            }
            var expected = ruleset
            var commands: [String] = []
            for edit in edits {
                commands += try #require(expected.commands(for: edit)).map(\.text)
                expected = expected.applying(edit)
            }
            for command in commands {
                let outcome = try lab.run(["sh", "-c", command])
                #expect(outcome.status == 0, "\(command): \(outcome.errors)")
            }
            let place =
                "\(draft.tool) seed \(seed): \(flow) \(port) \(path.map(\.text)) \(commands)\n"
                + draft.text(draft.tables) + draft.text(draft.tables6)
            let changed = try Ruleset(try lab.list(draft.tool))
            compare(ruleset, expected, changed, flow, port, isClosed: decision.isPassing, place)
            try packets(changed, flow, port, &random, lab, &tally, place)
            if decision.isPassing { tally.closed += 1 } else { tally.opened += 1 }
            #expect(try lab.load(draft) == nil)
        }
    }

    /// The kernel's own listing says what was predicted: one endpoint changed.
    private func compare(
        _ before: Ruleset, _ expected: Ruleset, _ after: Ruleset, _ flow: Flow, _ port: UInt16,
        isClosed: Bool, _ place: String
    ) {
        let all = PortSet([1000...1023])
        // The flow itself, all to the same port of the same address, and some others. The suggested
        // rule spares what the host sends to itself, which the model of it does not say.
        let own = Set(FirewallLab.host.addresses.map(\.address))
        let others = FirewallDifference.flows.enumerated().filter { index, other in
            guard let source = other.source, !source.isLoopback, !own.contains(source) else {
                return false
            }
            return index % 5 == Int(port) % 5
                || other.destination == flow.destination && other.transport == flow.transport
        }.map(\.element)
        for other in others {
            let old = before.answers(to: other, ports: all, on: FirewallLab.host)
            let new = after.answers(to: other, ports: all, on: FirewallLab.host)
            let predicted = expected.answers(to: other, ports: all, on: FirewallLab.host)
            #expect(new.differences(from: predicted).isEmpty, "\(place): \(other)")
            let isSame = other.destination == flow.destination && other.transport == flow.transport
            let changes = old.differences(from: new)
            if other == flow {
                #expect(changes == PortSet(ports: [port]), "\(place): \(changes)")
            } else if isSame && isClosed {
                #expect(changes.subtracting(PortSet(ports: [port])).isEmpty, "\(place): \(other)")
            } else {
                #expect(changes.isEmpty, "\(place): \(other)")
            }
        }
    }

    /// Packets to every port of the flow, and some of others, fare as the new rules say.
    private func packets(
        _ ruleset: Ruleset, _ flow: Flow, _ port: UInt16, _ random: inout SplitMix64,
        _ lab: FirewallLab, _ tally: inout Tally, _ place: String
    ) throws {
        var probes: [FirewallProbe] = []
        var expectations: [FirewallAction] = []
        var asked = (1000..<1024).map { (flow, UInt16($0)) }
        for _ in 0..<20 {
            let other = FirewallDifference.flows[
                Int.random(in: FirewallDifference.flows.indices, using: &random)]
            asked.append(
                (
                    other,
                    Bool.random(using: &random)
                        ? port : 1000 + UInt16.random(in: 0..<24, using: &random)
                ))
        }
        for (flow, port) in asked {
            let answers = ruleset.answers(
                to: flow, ports: PortSet(ports: [port]), on: FirewallLab.host)
            guard let decision = answers.first?.decision else { continue }
            var probe = FirewallProbe(flow, port: port)
            probe.packet.expects_answer = decision == .drop ? 0 : 1
            probes.append(probe)
            expectations.append(decision)
        }
        try lab.send(&probes, quiet: 3, patience: 150)
        tally.packets += probes.count
        for index in probes.indices where !probes[index].agrees(with: expectations[index]) {
            // Only what disagrees again, and with time, disagrees.
            for _ in 0..<2 where !probes[index].agrees(with: expectations[index]) {
                var again = [probes[index]]
                again[0].packet.expects_answer = 1
                try lab.send(&again, quiet: 300, patience: 300)
                probes[index] = again[0]
            }
            #expect(
                probes[index].agrees(with: expectations[index]),
                "\(place): \(probes[index].flow) port \(probes[index].port) \(probes[index].seen)")
        }
    }
}
