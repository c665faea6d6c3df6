import Prober

/// A rule on the path of packets, or the policy of a chain, where it stands.
struct RuleStep: Hashable {
    var chain: HookPlan.ChainPosition
    /// The position in the chain; nil for its policy.
    var rule: Int?
}

/// A place for a rule in a chain: before the rule at `index`, or at the end for nil.
struct RuleSpot: Hashable {
    var chain: HookPlan.ChainPosition
    var index: Int?
}

extension Ruleset {
    /// Where the rules of `path` stand; nil when one cannot be told from another.
    func positions(of path: [RuleReference]) -> [RuleStep]? {
        var steps: [RuleStep] = []
        for reference in path {
            guard let step = position(of: reference) else { return nil }
            steps.append(step)
        }
        return steps
    }

    private func position(of reference: RuleReference) -> RuleStep? {
        var found: [RuleStep] = []
        for (index, table) in tables.enumerated()
        where table.family == reference.family && table.name == reference.table {
            guard let chainIndex = table.chainIndex(reference.chain) else { continue }
            let chain = HookPlan.ChainPosition(table: index, chain: chainIndex)
            guard let place = reference.place else {
                if table.chains[chainIndex].base != nil { found.append(RuleStep(chain: chain)) }
                continue
            }
            for (ruleIndex, rule) in table.chains[chainIndex].rules.enumerated()
            where rule.place == place && rule.text == reference.text {
                found.append(RuleStep(chain: chain, rule: ruleIndex))
            }
        }
        return found.count == 1 ? found[0] : nil
    }

    /// Whether a rule among `steps` sends packets elsewhere.
    func translates(_ steps: [RuleStep]) -> Bool {
        steps.contains { step in
            guard let rule = step.rule else { return false }
            let statements = tables[step.chain.table].chains[step.chain.chain].rules[rule]
                .statements
            return statements.contains { if case .translate = $0 { true } else { false } }
        }
    }
}

extension RuleTable {
    /// Whether a program of the host writes the table, and writes it anew when it likes.
    var isWrittenByProgram: Bool {
        guard engine == .nftables else { return false }
        return ["firewalld", "docker-bridges", "libvirt_network", "kube-proxy", "f2b-table"]
            .contains(name)
    }
}

extension Rule {
    /// The destination ports that the rule names for `transport`; nil where it names none for
    /// certain.
    func destinationPorts(of transport: Transport) -> PortSet? {
        let number: UInt8 = transport == .tcp ? 6 : 17
        var named: PortSet?
        for case .match(let match) in statements {
            guard case .isIn(.values(let values)) = match.comparison, match.key.bits.isEmpty,
                match.key.selectors.count == 1,
                case .port(.destination, let ofProtocol) = match.key.selectors[0],
                let ports = values.ports
            else { continue }
            // Ports of any transport belong to the other one too.
            let isOfTransport =
                ofProtocol == number
                || statements.contains(
                    .match(Match(.transportProtocol, in: ValueSet(numbers: UInt128(number)))))
            guard isOfTransport else { return nil }
            named = named.map { $0.intersection(ports) } ?? ports
        }
        return named
    }
}

extension FirewallAction {
    /// Whether the packets get somewhere.
    var isPassing: Bool {
        switch self {
        case .accept, .translate: true
        case .drop, .reject, .undecided: false
        }
    }
}

extension [FirewallAnswer] {
    /// The ports that do not fare alike here and there.
    func differences(from others: [FirewallAnswer]) -> PortSet {
        var ranges: [ClosedRange<UInt16>] = []
        for answer in self {
            let mine = Set(answer.outcomes.map(\.action))
            for other in others where Set(other.outcomes.map(\.action)) != mine {
                ranges += answer.ports.intersection(other.ports).ranges
            }
        }
        return PortSet(ranges)
    }
}

extension TargetSet {
    /// Addresses just outside of the set, one on each side of every range, and a few at most.
    var strangers: [IPAddress] {
        var found: [IPAddress] = []
        for range in ranges.prefix(8) {
            let family = range.family
            if range.first.number > 0 {
                found.append(IPAddress(family, number: range.first.number - 1))
            }
            if let next = range.following { found.append(next) }
        }
        return found.filter { !contains($0) }
    }
}
