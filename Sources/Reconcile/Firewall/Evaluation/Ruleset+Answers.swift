public import Prober

extension Ruleset {
    /// What the rules do with `flow`, for every port of `ports` exactly once.
    ///
    /// One pass over the rules answers all ports. The answers are sorted by their first port.
    public func answers(
        to flow: Flow, ports: PortSet = PortSet([0...UInt16.max]),
        on host: FirewallHost = FirewallHost(), assuming assumption: FirewallAssumption = .strict
    ) -> [FirewallAnswer] {
        var host = host
        // Whoever asks what happens at an address, and does not say which the host has, means one
        // of them.
        if !host.hasAllAddresses,
            !host.addresses.contains(where: { $0.address == flow.destination })
        {
            host.addresses.append(
                HostAddress(flow.destination, prefixLength: 0, interface: ""))
        }
        var evaluation = Evaluation(
            self, FactContext(flow: flow, host: host), assumption, ports: ports)
        evaluation.run()
        return AnswerBuilder(evaluation).answers()
    }
}

extension Ruleset {
    /// What is not known of the rules for `family`.
    func gaps(for family: IPFamily) -> [RulesetGap] {
        if readFamilies.isEmpty || readFamilies.contains(family) { return gaps }
        let name = family == .ipv4 ? "IPv4 (iptables-save)" : "IPv6 (ip6tables-save)"
        return gaps + [.unread("no rules for \(name) were read")]
    }
}

/// Makes answers of where packets ended.
private struct AnswerBuilder {
    private let evaluation: Evaluation

    init(_ evaluation: Evaluation) { self.evaluation = evaluation }

    /// An outcome before it is put in words.
    private struct Outcome: Hashable {
        var action: FirewallAction
        var steps: [PathArena.Step]
        var reasons: [FirewallUnknown]
    }

    func answers() -> [FirewallAnswer] {
        var grouped: [[Outcome]: [ClosedRange<UInt16>]] = [:]
        var references: [PathArena.Step: RuleReference] = [:]
        let classes = PortClasses(evaluation)
        for (members, representative, ends) in classes.classes {
            grouped[outcomes(at: representative, ends), default: []] += members.ranges
        }
        let gaps = evaluation.ruleset.gaps(for: evaluation.context.flow.destination.family)
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

    private func outcomes(at port: UInt16, _ ends: [Int]) -> [Outcome] {
        var outcomes: [Outcome] = []
        for index in ends {
            let end = evaluation.ends[index]
            var outcome = Outcome(
                action: end.action, steps: evaluation.arena.steps(end.path),
                reasons: evaluation.arena.reasons(end.path))
            trace(end.parent, port, showsAnswer: end.isOfAnswer, &outcome)
            if let same = outcomes.firstIndex(where: {
                $0.action == outcome.action && Set($0.steps) == Set(outcome.steps)
            }) {
                outcomes[same].reasons = outcomes[same].reasons.joined(outcome.reasons)
            } else {
                outcomes.append(outcome)
            }
        }
        if Set(outcomes.map(\.action)).count == 1, outcomes[0].action != .undecided {
            // Decided: what is not known makes no difference.
            for index in outcomes.indices { outcomes[index].reasons = [] }
        }
        return outcomes.map(shortened)
    }

    /// Adds the way to `node` before what `outcome` has.
    private func trace(
        _ node: Int, _ port: UInt16, showsAnswer: Bool, _ outcome: inout Outcome
    ) {
        let node = evaluation.nodes[node]
        let entries = node.entries.filter { $0.ports.contains(port) }
        for entry in entries {
            outcome.reasons = outcome.reasons.joined(evaluation.arena.reasons(entry.path))
        }
        guard
            let first = entries.first(where: { evaluation.arena.reasons($0.path).isEmpty })
                ?? entries.first
        else { return }
        if let parent = first.parent {
            if showsAnswer || !evaluation.nodes[parent].isAnswer {
                outcome.steps = evaluation.arena.steps(first.path) + outcome.steps
            }
            trace(parent, port, showsAnswer: showsAnswer, &outcome)
        }
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

/// Ports that fared alike, all the way.
private struct PortClasses {
    /// The ports, one of them, and the ends they came to.
    private(set) var classes: [(ports: PortSet, representative: UInt16, ends: [Int])] = []

    init(_ evaluation: Evaluation) {
        // Each set of ports that a way was open to parts the classes in those inside and outside.
        // Class 0 is of the ports that nobody asks about.
        let all = evaluation.ports
        var classOf = [Int32](repeating: 0, count: 65_536)
        for range in all.ranges {
            for port in Int(range.lowerBound)...Int(range.upperBound) { classOf[port] = 1 }
        }
        var count: Int32 = 2
        var sets: Set<PortSet> = []
        for node in evaluation.nodes { for entry in node.entries { sets.insert(entry.ports) } }
        for end in evaluation.ends { sets.insert(end.ports) }
        var renamed: [Int32: Int32] = [:]
        for set in sets where set != all {
            renamed.removeAll(keepingCapacity: true)
            for range in set.ranges {
                for port in Int(range.lowerBound)...Int(range.upperBound) {
                    let old = classOf[port]
                    if let new = renamed[old] {
                        classOf[port] = new
                    } else {
                        renamed[old] = count
                        classOf[port] = count
                        count += 1
                    }
                }
            }
        }
        let runs = Self.runs(of: classOf, in: all)
        var ranges: [Int32: [ClosedRange<UInt16>]] = [:]
        for (name, range) in runs { ranges[name, default: []].append(range) }
        var endsOf: [Int32: [Int]] = [:]
        for (index, end) in evaluation.ends.enumerated() {
            var seen: Set<Int32> = []
            for (name, _) in Self.runs(of: classOf, in: end.ports)
            where seen.insert(name).inserted {
                endsOf[name, default: []].append(index)
            }
        }
        for (name, ranges) in ranges {
            guard let first = ranges.first else { continue }
            classes.append((PortSet(ranges), first.lowerBound, endsOf[name] ?? []))
        }
    }

    /// The ranges of `ports` that are of one class each.
    private static func runs(
        of classOf: [Int32], in ports: PortSet
    ) -> [(name: Int32, range: ClosedRange<UInt16>)] {
        var runs: [(name: Int32, range: ClosedRange<UInt16>)] = []
        for range in ports.ranges {
            let end = Int(range.upperBound) + 1
            var start = Int(range.lowerBound)
            while start < end {
                var next = start + 1
                while next < end && classOf[next] == classOf[start] { next += 1 }
                runs.append((classOf[start], UInt16(start)...UInt16(next - 1)))
                start = next
            }
        }
        return runs
    }
}

extension Rule {
    /// Whether the rule accepts, and names destination ports.
    fileprivate var acceptsPort: Bool {
        guard case .verdict(.accept)? = statements.last else { return false }
        return statements.contains { statement in
            guard case .match(let match) = statement, case .isIn = match.comparison else {
                return false
            }
            return match.key.selectors.contains { selector in
                if case .port(.destination, _) = selector { return true }
                return false
            }
        }
    }
}

extension RuleReference {
    init(_ step: PathArena.Step, in ruleset: Ruleset) {
        switch step {
        case .rule(let position):
            let table = ruleset.tables[position.table]
            let rule = ruleset[position]
            self.init(
                family: table.family, table: table.name,
                chain: table.chains[position.chain].name, place: rule.place, text: rule.text,
                packets: rule.packets, acceptsPort: rule.acceptsPort)
        case .policy(let tableIndex, let chainIndex):
            let table = ruleset.tables[tableIndex]
            let chain = table.chains[chainIndex]
            self.init(
                family: table.family, table: table.name, chain: chain.name, place: nil,
                text: chain.base?.drops == true ? "policy drop" : "policy accept", packets: nil)
        }
    }
}
