import Prober

/// Something worth knowing about a ruleset, whatever packet comes.
public enum RulesetObservation: Hashable, Sendable {
    /// Rules before it in its chain decide everything that it could match.
    case shadowed(RuleReference, by: [RuleReference])
    /// Its own matches exclude each other.
    case contradictory(RuleReference)
    /// It looks for what a set has, and the set has nothing now.
    case emptySet(RuleReference, String)
    /// Rules in a chain that no other chain leads to.
    case unreachable(family: RuleTable.Family, table: String, chain: String)
    /// H2: no chain for packets to the host decides anything.
    case noFilter(isIPv6: Bool)
    /// H3: a refusal that scanners take for a closed port.
    case looksClosed(RuleReference)

    /// The word for it in files.
    public var word: String {
        switch self {
        case .shadowed: "shadowed"
        case .contradictory: "contradictory"
        case .emptySet: "empty-set"
        case .unreachable: "unreachable-chain"
        case .noFilter: "no-filter"
        case .looksClosed: "looks-closed"
        }
    }

    /// What it is, as a sentence without a full stop.
    public var explanation: String {
        switch self {
        case .shadowed(let rule, let others):
            "\(rule.spot) never matches: \(Self.list(others)) before it"
        case .contradictory(let rule): "\(rule.spot) never matches: its matches exclude each other"
        case .emptySet(let rule, let name):
            "\(rule.spot) matches nothing now: the set \(name) is empty"
        case .unreachable(let family, let table, let chain):
            "\(family.rawValue) \(table) \(chain) is never reached: no chain leads there"
        case .noFilter(let isIPv6):
            "H2: nothing filters what comes to this host over \(isIPv6 ? "IPv6" : "IPv4")"
        case .looksClosed(let rule):
            "H3: \(rule.spot) refuses in a way that looks like a closed port to many scanners"
        }
    }

    /// The rules, of which those after the first are told by their numbers alone.
    private static func list(_ rules: [RuleReference]) -> String {
        guard rules.count > 1 else { return "\(rules.first?.spot ?? "nothing") decides" }
        let named = rules.prefix(4).enumerated().map {
            $0.offset == 0 ? $0.element.spot : $0.element.number
        }
        let more = rules.count > 4 ? " and \(rules.count - 4) more" : ""
        return named.joined(separator: ", ") + more + " decide"
    }
}

extension RuleReference {
    /// Where it stands, as a phrase.
    fileprivate var spot: String { "\(family.rawValue) \(table) \(chain) \(number)" }

    /// What finds it in its chain.
    fileprivate var number: String {
        switch place {
        case .handle(let handle): "handle \(handle)"
        case .line(let line): "line \(line)"
        case nil: "policy"
        }
    }
}

extension Ruleset {
    /// What is worth knowing about the rules themselves.
    public var observations: [RulesetObservation] {
        var found = missingFilters
        for (tableIndex, table) in tables.enumerated() {
            found += unreachableChains(of: table)
            // What else comes to the other families is not compared.
            var search = [.ip, .ip6, .inet].contains(table.family) ? ShadowSearch(table) : nil
            for (chainIndex, chain) in table.chains.enumerated() {
                for shadow in search?.shadows(in: chain) ?? [] {
                    let rule = reference(tableIndex, chainIndex, shadow.rule)
                    let others = shadow.deciders.map { reference(tableIndex, chainIndex, $0) }
                    found.append(
                        others.isEmpty ? .contradictory(rule) : .shadowed(rule, by: others))
                }
                for (index, rule) in chain.rules.enumerated() {
                    let named = { self.reference(tableIndex, chainIndex, index) }
                    if let name = rule.emptySet(of: table) {
                        found.append(.emptySet(named(), name))
                    }
                    if rule.statements.contains(where: \.looksClosed) {
                        found.append(.looksClosed(named()))
                    }
                }
            }
        }
        return found
    }

    /// The families of which nothing that comes to the host is filtered.
    var missingFilters: [RulesetObservation] {
        [IPFamily.ipv4, .ipv6].filter { family in
            gaps(for: family).isEmpty
                && !tables.contains { table in
                    table.isDormant != true && table.family.sees(family)
                        && table.chains.contains { chain in
                            [.input, .prerouting, .ingress].contains(chain.base?.hook)
                                && chain.base?.kind == .filter && !chain.isInert
                        }
                }
        }.map { .noFilter(isIPv6: $0 == .ipv6) }
    }

    private func reference(_ table: Int, _ chain: Int, _ rule: Int) -> RuleReference {
        RuleReference(.rule(RulePosition(table: table, chain: chain, rule: rule)), in: self)
    }

    /// Chains with rules that packets do not come to; none where something is not understood.
    private func unreachableChains(of table: RuleTable) -> [RulesetObservation] {
        var waiting = table.chains.indices.filter { table.chains[$0].base != nil }
        var reached = Set(waiting)
        while let index = waiting.popLast() {
            for statement in table.chains[index].rules.flatMap(\.statements) {
                guard let names = statement.chains(in: table) else { return [] }
                for next in names.compactMap(table.chainIndex)
                where reached.insert(next).inserted {
                    waiting.append(next)
                }
            }
        }
        return table.chains.indices.filter { index in
            !reached.contains(index) && !table.chains[index].rules.isEmpty
        }.map {
            .unreachable(family: table.family, table: table.name, chain: table.chains[$0].name)
        }
    }
}

extension Rule {
    /// The set without elements that the rule asks for, if rules of the table do not fill it.
    fileprivate func emptySet(of table: RuleTable) -> String? {
        for case .match(let match) in statements {
            guard case .isIn(.named(let name)) = match.comparison, let set = table.sets[name]
            else { continue }
            if set.isReadable && set.values.elements.isEmpty && !table.changedSets.contains(name) {
                return name
            }
        }
        return nil
    }
}

extension Statement {
    /// The chains that it may lead to; nil when that is not known.
    fileprivate func chains(in table: RuleTable) -> [String]? {
        let verdicts: [RuleVerdict]
        switch self {
        case .verdict(let verdict): verdicts = [verdict]
        case .verdictMap(_, .entries(let map)):
            verdicts = map.entries.map(\.result) + (map.catchAll.map { [$0] } ?? [])
        case .verdictMap(_, .named(let name)):
            guard let map = table.verdictMaps[name], !table.changedSets.contains(name) else {
                return nil
            }
            verdicts = map.entries.map(\.result) + (map.catchAll.map { [$0] } ?? [])
        case .opaque: return nil
        default: return []
        }
        return verdicts.compactMap { verdict in
            switch verdict {
            case .jump(let name), .goTo(let name): name
            case .accept, .drop, .goBack, .goOn, .queue: nil
            }
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
