import Prober

/// Something worth knowing about a ruleset, whatever packet comes.
public enum RulesetObservation: Hashable, Sendable {
    /// Rules before it decide everything that it could match.
    case shadowed(RuleReference, by: RuleReference)
    /// H2: no chain for packets to the host decides anything.
    case noFilter(isIPv6: Bool)
    /// H3: a refusal that scanners take for a closed port.
    case looksClosed(RuleReference)

    /// What it is, as a sentence without a full stop.
    public var explanation: String {
        switch self {
        case .shadowed(let rule, let other):
            "\(rule.spot) never matches: \(other.spot) decides before it"
        case .noFilter(let isIPv6):
            "H2: nothing filters what comes to this host over \(isIPv6 ? "IPv6" : "IPv4")"
        case .looksClosed(let rule):
            "H3: \(rule.spot) refuses in a way that looks like a closed port to many scanners"
        }
    }
}

extension RuleReference {
    /// Where it stands, as a phrase.
    fileprivate var spot: String {
        let number =
            switch place {
            case .handle(let handle): "handle \(handle)"
            case .line(let line): "line \(line)"
            case nil: "policy"
            }
        return "\(family.rawValue) \(table) \(chain) \(number)"
    }
}

extension Ruleset {
    /// What is worth knowing about the rules themselves.
    public var observations: [RulesetObservation] {
        var found: [RulesetObservation] = []
        for family in [IPFamily.ipv4, .ipv6] where gaps(for: family).isEmpty {
            let isFiltered = tables.contains { table in
                !table.isDormant && table.family.sees(family)
                    && table.chains.contains { chain in
                        [.input, .prerouting, .ingress].contains(chain.base?.hook)
                            && chain.base?.kind == .filter && !chain.isInert
                    }
            }
            if !isFiltered { found.append(.noFilter(isIPv6: family == .ipv6)) }
        }
        for (tableIndex, table) in tables.enumerated() {
            for (chainIndex, chain) in table.chains.enumerated() {
                found += shadows(in: chain, tableIndex, chainIndex)
                for (index, rule) in chain.rules.enumerated()
                where rule.statements.contains(where: \.looksClosed) {
                    found.append(.looksClosed(reference(tableIndex, chainIndex, index)))
                }
            }
        }
        return found
    }

    private func reference(_ table: Int, _ chain: Int, _ rule: Int) -> RuleReference {
        RuleReference(.rule(RulePosition(table: table, chain: chain, rule: rule)), in: self)
    }

    /// Rules that stand after one of the same chain that matches at least what they do.
    ///
    /// Only what is certain: a rule of matches alone whose every match the later rule repeats.
    private func shadows(
        in chain: RuleChain, _ table: Int, _ chainIndex: Int
    ) -> [RulesetObservation] {
        var found: [RulesetObservation] = []
        var deciders: [(index: Int, matches: Set<Match>)] = []
        for (index, rule) in chain.rules.enumerated() {
            let matches = rule.leadingMatches
            // Beyond some hundred deciders the comparison would take longer than the evaluation.
            if let decider = deciders.prefix(256).first(where: { $0.matches.isSubset(of: matches) })
            {
                found.append(
                    .shadowed(
                        reference(table, chainIndex, index),
                        by: reference(table, chainIndex, decider.index)))
                continue
            }
            if rule.decidesWhatItMatches { deciders.append((index, Set(matches))) }
        }
        return found
    }
}

extension Rule {
    /// The matches that the rule begins with, before anything else happens.
    fileprivate var leadingMatches: Set<Match> {
        var matches: Set<Match> = []
        for statement in statements {
            switch statement {
            case .match(let match): matches.insert(match)
            case .transparent: continue
            default: return matches
            }
        }
        return matches
    }

    /// Whether the rule consists of matches and an end that nothing comes back from.
    fileprivate var decidesWhatItMatches: Bool {
        guard let last = statements.last else { return false }
        switch last {
        case .verdict(.accept), .verdict(.drop), .verdict(.goBack), .verdict(.goTo): break
        default: return false
        }
        return statements.dropLast().allSatisfy { statement in
            switch statement {
            case .match(let match): match.isKnown
            case .transparent: true
            default: false
            }
        }
    }
}

extension Match {
    /// Whether the match means the same each time: nothing unknown, no set that may change.
    fileprivate var isKnown: Bool {
        guard key.opaquePart == nil else { return false }
        switch comparison {
        case .isIn(.values), .isNotIn(.values), .anyBit, .noBit: return true
        case .isIn, .isNotIn: return false
        }
    }
}

extension Statement {
    /// Whether it refuses with what an unprivileged scanner takes for a closed port.
    fileprivate var looksClosed: Bool {
        switch self {
        case .reject(.tcpReset), .reject(.icmp(3)), .reject(.icmpv6(4)), .reject(.either(1)): true
        default: false
        }
    }
}
