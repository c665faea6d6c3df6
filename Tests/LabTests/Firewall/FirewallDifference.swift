import CPackets
import Foundation
import Prober
import Reconcile
import Testing

/// Compares predictions with packets, ruleset after ruleset.
struct FirewallDifference {
    struct Tally {
        var rulesets = 0
        var refused = 0
        /// The seeds of rulesets that the tool could not list.
        var unlisted: [UInt64] = []
        var packets = 0
        var decided = 0
        var disagreements: [String] = []
        /// What packets came to, by the word of the prediction.
        var outcomes: [String: Int] = [:]
        var reasons: [String: Int] = [:]
        /// What the tools said of rulesets they refused.
        var refusals: [String: Int] = [:]
    }

    let lab: FirewallLab
    var tally = Tally()
    let packetCount: Int
    /// The sets of `ipset` that rules look into.
    private let addressSets: [RulesetText]

    init(_ lab: FirewallLab, packetCount: Int = 100) throws {
        self.lab = lab
        self.packetCount = packetCount
        let text = try lab.makeAddressSets() ? lab.run(["ipset", "save"]).output : ""
        addressSets =
            text.isEmpty
            ? [] : [RulesetText(.ipset, origin: "ipset save", text: Array(text.utf8))]
    }

    /// Every flow that packets may be of; most go to the address next to them.
    static let flows: [Flow] = {
        var flows: [Flow] = []
        func add(_ source: String, _ destination: String, _ interface: String?, _ count: Int) {
            guard let source = IPAddress(source), let destination = IPAddress(destination) else {
                return
            }
            for transport in Transport.allCases {
                let flow = Flow(
                    from: source, to: destination, over: transport, interface: interface,
                    sourcePorts: 32768...60999)
                flows += Array(repeating: flow, count: count)
            }
        }
        for (interface, four, six) in [
            ("lan0", "203.0.113", "2001:db8:a:"), ("lan1", "198.51.100", "2001:db8:b:"),
        ] {
            for last in 2...4 {
                add("\(four).\(last)", "\(four).10", interface, 8)
                add("\(six):\(last)", "\(six):10", interface, 8)
                // An address of another interface, and the host behind.
                add("\(four).\(last)", "198.18.0.1", interface, 1)
                add("\(six):\(last)", "2001:db8:c::1", interface, 1)
                add("\(four).\(last)", "198.18.0.10", interface, 1)
                add("\(six):\(last)", "2001:db8:c::10", interface, 1)
            }
            add("\(four).10", "\(four).10", nil, 2)
            add("\(six):10", "\(six):10", nil, 2)
        }
        add("127.0.0.1", "127.0.0.1", nil, 2)
        add("::1", "::1", nil, 2)
        return flows
    }()

    /// Loads the ruleset of `seed`, and sends packets at it.
    mutating func run(_ tool: RulesetDraft.Tool, seed: UInt64) throws {
        var draft: RulesetDraft
        switch tool {
        case .nft:
            var grammar = NFTGrammar(seed: seed)
            draft = grammar.draft()
        case .iptables, .legacy:
            var grammar = IPTablesGrammar(seed: seed, hasSets: !addressSets.isEmpty)
            draft = grammar.draft(tool)
        }
        tally.rulesets += 1
        if tool == .nft { try prune(&draft) }
        guard let wrong = try disagreement(draft, seed: seed, counts: true) else { return }
        // Take away rules as long as something disagrees.
        var smallest = (draft: draft, wrong: wrong)
        var isShrinking = true
        while isShrinking {
            isShrinking = false
            for smaller in smallest.draft.smaller {
                if let wrong = try disagreement(smaller, seed: seed, counts: false) {
                    smallest = (smaller, wrong)
                    isShrinking = true
                    break
                }
            }
        }
        draft = smallest.draft
        tally.disagreements.append(
            "\(tool.rawValue) seed \(seed): \(smallest.wrong)\n\(draft.text(draft.tables))"
                + draft.text(draft.tables6))
    }

    /// Takes away the rules that nft refuses, and says by their lines.
    private func prune(_ draft: inout RulesetDraft) throws {
        for _ in 0..<6 {
            guard let refusal = try lab.load(draft) else { return }
            let lines = refusal.matches(of: /stdin:(\d+):/).compactMap { Int($0.output.1) }
            guard !lines.isEmpty else { return }
            // The first line flushes.
            draft.removeRules(atLines: Set(lines.map { $0 - 1 }))
        }
    }

    /// The first packet that fares otherwise than predicted, if any.
    private mutating func disagreement(
        _ draft: RulesetDraft, seed: UInt64, counts: Bool
    ) throws -> String? {
        if let refusal = try lab.load(draft) {
            if counts {
                tally.refused += 1
                tally.refusals[String(refusal.prefix(300)), default: 0] += 1
            }
            return nil
        }
        let listing = try lab.list(draft.tool, addressSets: addressSets)
        guard let ruleset = try? Ruleset(listing) else {
            // Some rulesets make nft 1.0.6 itself fail when it lists them as JSON.
            if counts { tally.unlisted.append(seed) }
            return nil
        }
        var random = SplitMix64(state: seed ^ 0xabcdef)
        var answers: [Flow: [FirewallAnswer]] = [:]
        var probes: [FirewallProbe] = []
        var expectations: [FirewallAction] = []
        for _ in 0..<packetCount {
            let flow = Self.flows[Int.random(in: Self.flows.indices, using: &random)]
            let port = UInt16(1000 + Int.random(in: 0..<FirewallLab.portCount, using: &random))
            let all =
                answers[flow]
                ?? ruleset.answers(
                    to: flow, ports: PortSet([1000...1023]), on: FirewallLab.host)
            answers[flow] = all
            guard let answer = all.first(where: { $0.ports.contains(port) }) else {
                return "\(flow) port \(port): no answer"
            }
            if counts { count(answer) }
            guard let decision = answer.decision else { continue }
            var probe = FirewallProbe(flow, port: port)
            probe.packet.expects_answer = decision == .drop ? 0 : 1
            probes.append(probe)
            expectations.append(decision)
        }
        try lab.send(&probes, quiet: 10, patience: 150)
        let doubtful = probes.indices.filter {
            !probes[$0].agrees(with: expectations[$0])
        }
        for index in doubtful {
            if try !isExplained(&probes[index], expectations[index], isPatient: counts) {
                return text(of: probes[index], expectations[index], answers)
            }
        }
        return nil
    }

    /// Whether a packet that disagreed agrees when it is sent again, alone.
    ///
    /// Its source port may have been that of an earlier connection, and a busy machine may answer
    /// late. Where an answer is predicted, one that comes with more and more time is enough; where
    /// silence is, it must be silent twice.
    private func isExplained(
        _ probe: inout FirewallProbe, _ action: FirewallAction, isPatient: Bool
    ) throws -> Bool {
        let isSilence = action == .drop
        for patience: CInt in isSilence || !isPatient ? [300, 300] : [300, 300, 1000, 3000] {
            var again = [probe]
            again[0].packet.expects_answer = 1
            try lab.send(&again, quiet: patience, patience: patience)
            probe = again[0]
            if probe.agrees(with: action) != isSilence { return !isSilence }
        }
        return isSilence
    }

    /// What was predicted of a packet, what came of it, and by which rules.
    private func text(
        of probe: FirewallProbe, _ action: FirewallAction, _ answers: [Flow: [FirewallAnswer]]
    ) -> String {
        let (flow, port) = (probe.flow, probe.port)
        let path =
            answers[flow]?.first { $0.ports.contains(port) }?.outcomes
            .map { "\($0.action.word): " + $0.path.map(\.text).joined(separator: " / ") } ?? []
        return "\(flow.transport) \(flow.source.map { "\($0)" } ?? "?") to \(flow.destination) "
            + "port \(port): predicted \(probe.expected(action)), "
            + "seen \(probe.seen) [\(path.joined(separator: "; "))]"
    }

    private mutating func count(_ answer: FirewallAnswer) {
        tally.packets += 1
        guard let decision = answer.decision else {
            for reason in answer.unknowns { tally.reasons[reason.explanation, default: 0] += 1 }
            return
        }
        tally.decided += 1
        tally.outcomes[decision.word, default: 0] += 1
    }

    /// What was compared, in a few lines.
    var summary: String {
        let share = tally.packets == 0 ? 0 : 100 * Double(tally.decided) / Double(tally.packets)
        return
            "firewall difference: \(tally.rulesets) rulesets (\(tally.refused) refused, \(tally.unlisted.prefix(9)) not listed by the tools), "
            + "\(tally.packets) packets, \(String(format: "%.2f", share)) % decided, "
            + "\(tally.disagreements.count) disagreements, outcomes \(tally.outcomes.sorted { $0.key < $1.key }), "
            + "undecided because \(tally.reasons.sorted { $0.value > $1.value }.prefix(6))"
    }
}
