import Prober

/// Makes answers of where packets ended.
struct AnswerBuilder {
    private let evaluation: Evaluation
    private let classes: PortClasses
    /// For each node with several entries, those of each class.
    private let entries: [ClassIndex?]

    /// An outcome before it is put in words.
    private struct Outcome: Hashable {
        var action: FirewallAction
        var steps: [PathArena.Step]
        var reasons: [FirewallUnknown]
    }

    init(_ evaluation: Evaluation) {
        self.evaluation = evaluation
        let classes = PortClasses(
            of: evaluation.ports,
            partedBy: evaluation.nodes.flatMap { $0.entries.map(\.ports) }
                + evaluation.ends.map(\.ports))
        self.classes = classes
        entries = evaluation.nodes.map { node in
            guard node.entries.count > 1 else { return nil }
            // Those that are certain come first.
            let isSure = node.entries.map { evaluation.arena.reasons($0.path).isEmpty }
            let order =
                node.entries.indices.filter { isSure[$0] }
                + node.entries.indices.filter { !isSure[$0] }
            return ClassIndex(order.map { ($0, node.entries[$0].ports, kind: 0) }, classes)
        }
    }

    func answers() -> [FirewallAnswer] {
        let members = classes.members
        var kinds: [FirewallAction: Int] = [:]
        let ends = ClassIndex(
            evaluation.ends.enumerated().map { index, end in
                let kind = kinds[end.action] ?? kinds.count
                kinds[end.action] = kind
                return (index, end.ports, kind)
            }, classes)
        var grouped: [[Outcome]: [ClosedRange<UInt16>]] = [:]
        for name in 0..<classes.count {
            grouped[outcomes(of: name, ends[name]), default: []] += members[name]
        }
        let gaps = evaluation.ruleset.gaps(for: evaluation.context.flow.destination.family)
        var references: [PathArena.Step: RuleReference] = [:]
        return grouped.map { outcomes, ranges in
            var outcomes = outcomes.map { outcome in
                FirewallOutcome(
                    action: outcome.action,
                    path: outcome.steps.map { step in
                        if let known = references[step] { return known }
                        let made = RuleReference(step, in: evaluation.ruleset)
                        references[step] = made
                        return made
                    },
                    reasons: outcome.reasons)
            }
            if !gaps.isEmpty {
                outcomes.append(
                    FirewallOutcome(
                        action: .undecided, path: [], reasons: gaps.map(FirewallUnknown.gap)))
            }
            return FirewallAnswer(ports: PortSet(ranges), outcomes: outcomes)
        }.sorted {
            ($0.ports.ranges.first?.lowerBound ?? 0) < ($1.ports.ranges.first?.lowerBound ?? 0)
        }
    }

    /// What may happen to the ports of the class `name`, which came to `ends`.
    private func outcomes(of name: Int, _ ends: [Int]) -> [Outcome] {
        var outcomes: [Outcome] = []
        var places: [OutcomeKey: Int] = [:]
        for index in ends {
            let end = evaluation.ends[index]
            var outcome = Outcome(
                action: end.action, steps: evaluation.arena.steps(end.path),
                reasons: evaluation.arena.reasons(end.path))
            trace(end.parent, name, showsAnswer: end.isOfAnswer, &outcome)
            if ends.count > 1 {
                let key = OutcomeKey(action: outcome.action, steps: Set(outcome.steps))
                if let same = places[key] {
                    outcomes[same].reasons = outcomes[same].reasons.joined(outcome.reasons)
                    continue
                }
                places[key] = outcomes.count
            }
            outcomes.append(outcome)
        }
        guard let first = outcomes.first?.action else { return [] }
        if outcomes.allSatisfy({ $0.action == first }), first != .undecided {
            // Decided: what is not known makes no difference.
            for index in outcomes.indices { outcomes[index].reasons = [] }
        } else if outcomes.allSatisfy(\.reasons.isEmpty) {
            // Chains of one priority, each of which decides otherwise.
            for index in outcomes.indices { outcomes[index].reasons = [.order] }
        }
        return outcomes.map(shortened)
    }

    /// What two ways that come to the same have in common, whatever the order of chains.
    private struct OutcomeKey: Hashable {
        var action: FirewallAction
        var steps: Set<PathArena.Step>
    }

    /// Adds the way to `node` before what `outcome` has.
    private func trace(
        _ number: Int, _ name: Int, showsAnswer: Bool, _ outcome: inout Outcome
    ) {
        let node = evaluation.nodes[number]
        let ways = entries[number]?[name] ?? Array(node.entries.indices)
        for way in ways {
            outcome.reasons = outcome.reasons.joined(
                evaluation.arena.reasons(node.entries[way].path))
        }
        guard let shown = ways.first.map({ node.entries[$0] }), let parent = shown.parent
        else { return }
        if showsAnswer || !evaluation.nodes[parent].isAnswer {
            outcome.steps = evaluation.arena.steps(shown.path) + outcome.steps
        }
        trace(parent, name, showsAnswer: showsAnswer, &outcome)
    }

    /// Without the policies that let the packet pass, but for the last if nothing else decided.
    private func shortened(_ outcome: Outcome) -> Outcome {
        var outcome = outcome
        let deciding = outcome.steps.filter { step in
            switch step {
            case .rule: true
            case .policy(let table, let chain):
                evaluation.ruleset.tables[table].chains[chain].base?.drops ?? false
            }
        }
        outcome.steps = deciding.isEmpty ? outcome.steps.suffix(1) : deciding
        return outcome
    }
}
