import Prober

/// A rule that closes a port must stand before whatever lets in others than the one who asked.
extension RuleAdvice {
    /// The edit `first`, which adds `rule`, or the same further ahead, so that it stops everybody
    /// but `declared`; nil where no place is found for it.
    ///
    /// `path` is that of the packets that were asked about.
    func reachingAll(
        _ first: RuleEdit, of rule: FlowRule, but declared: TargetSet, at hook: BaseChain.Hook,
        along path: [RuleReference]
    ) -> RuleEdit? {
        guard let passing = passing(first, rule.ports, but: declared) else { return nil }
        if passing.isEmpty { return first }
        guard case .insert(_, let chain, _) = first else { return nil }
        // In the chain itself as long as that is enough, or else where packets enter by themselves.
        for place in [chain] + baseChains(at: hook) where place == chain || isMet(place, path) {
            var paths = [path] + passing
            for _ in 0..<4 {
                guard let index = firstRule(in: place, of: paths) else { break }
                let edit = insertion(of: rule, before: RuleSpot(chain: place, index: index), hook)
                guard let more = self.passing(edit, rule.ports, but: declared) else { return nil }
                if more.isEmpty { return edit }
                paths += more
            }
        }
        return nil
    }

    /// Whether a packet on `path` comes through `chain`.
    private func isMet(_ chain: HookPlan.ChainPosition, _ path: [RuleReference]) -> Bool {
        ruleset.positions(of: path)?.contains { $0.chain == chain } ?? false
    }

    /// The first rule of `chain` that stands on one of `paths`.
    private func firstRule(
        in chain: HookPlan.ChainPosition, of paths: [[RuleReference]]
    ) -> Int? {
        paths.lazy.compactMap(ruleset.positions).joined()
            .filter { $0.chain == chain }.compactMap(\.rule).min()
    }

    /// The paths on which others than `declared` still get to `ports` after `edit`; nil where that
    /// cannot be told.
    private func passing(
        _ edit: RuleEdit, _ ports: PortSet, but declared: TargetSet
    ) -> [[RuleReference]]? {
        let changed = ruleset.applying(edit)
        func paths(from source: IPAddress?) -> [[RuleReference]] {
            var other = flow
            other.source = source
            if let source {
                let links = host.links(to: source)
                other.interface = links.count == 1 ? links.first : flow.interface
            }
            return changed.answers(to: other, ports: ports, on: host)
                .flatMap(\.outcomes).filter(\.action.isPassing).map(\.path)
        }
        let fromAnywhere = paths(from: nil)
        guard !declared.isEmpty, !fromAnywhere.isEmpty else { return fromAnywhere }
        let named = ruleset.namedSources(flow.destination.family)
        guard named.count <= Self.sourceLimit else { return nil }
        let strangers = named + declared.strangers
        return strangers.filter { source in
            !declared.contains(source) && !source.isLoopback && host.holds(source) != true
        }.flatMap(paths)
    }

    /// More sources than this are not tried one by one.
    private static let sourceLimit = 128
}

extension Ruleset {
    /// The ends of every range of sources that rules name for `family`, and what lies just outside.
    fileprivate func namedSources(_ family: IPFamily) -> [IPAddress] {
        var ends: Set<IPAddress> = []
        for table in tables where table.family.sees(family) {
            for statement in table.chains.lazy.flatMap(\.rules).flatMap(\.statements) {
                for match in statement.matches {
                    guard let field = match.key.selectors.firstIndex(of: .address(.source, family))
                    else { continue }
                    for element in table.values(of: match)?.elements ?? [] {
                        guard element.indices.contains(field),
                            case .range(let range) = element[field]
                        else { continue }
                        let block = AddressRange(
                            IPAddress(family, number: range.lowerBound),
                            through: IPAddress(family, number: range.upperBound))
                        guard let block else { continue }
                        ends.formUnion([block.first, block.last])
                        ends.formUnion(TargetSet([block]).strangers)
                    }
                }
            }
        }
        return ends.sorted()
    }

    /// Whether every packet of the host itself, and of a connection that is there, is let in on the
    /// way from the chain `base` to `spot`; false where no way leads there.
    func sparesRunning(from base: HookPlan.ChainPosition, to spot: RuleSpot) -> Bool {
        var spared = SparedPackets()
        var visited: Set<Int> = []
        return leads(base, to: spot, noting: &spared, &visited) && spared.isAll
    }

    private func leads(
        _ chain: HookPlan.ChainPosition, to spot: RuleSpot, noting spared: inout SparedPackets,
        _ visited: inout Set<Int>
    ) -> Bool {
        guard chain.table == spot.chain.table, visited.insert(chain.chain).inserted,
            visited.count < 200
        else { return false }
        let table = tables[chain.table]
        for (index, rule) in table.chains[chain.chain].rules.enumerated() {
            if chain == spot.chain, index == spot.index { return true }
            spared.note(rule)
            guard let jump = rule.jump, let next = table.chainIndex(jump.chain) else { continue }
            var inside = spared
            let position = HookPlan.ChainPosition(table: chain.table, chain: next)
            let isThere = leads(position, to: spot, noting: &inside, &visited)
            if isThere || jump.isAlways { spared = inside }
            if isThere { return true }
        }
        return chain == spot.chain && spot.index == nil
    }
}

/// Which packets rules have let in that no rule of a remedy is about.
private struct SparedPackets {
    private var areOfHost = false
    private var areOfConnections = false

    var isAll: Bool { areOfHost && areOfConnections }

    /// Notes what `rule` lets in without asking for anything else.
    mutating func note(_ rule: Rule) {
        var conditions: [[Match]] = []
        for statement in rule.statements {
            switch statement {
            case .match(let match): conditions.append([match])
            case .either(let matches, isNegated: false): conditions.append(matches)
            case .transparent: break
            case .verdict(.accept):
                guard conditions.count == 1 else { return }
                areOfHost = areOfHost || conditions[0].contains(where: \.isLoopback)
                areOfConnections =
                    areOfConnections || conditions[0].contains(where: \.isEstablished)
                return
            case .verdictMap(Key(.connectionState), .entries(let map)) where conditions.isEmpty:
                let isAccepted = map.entries.contains { entry in
                    entry.result == .accept && entry.fields == [.number(Self.established)]
                }
                areOfConnections = areOfConnections || isAccepted
                return
            case _: return
            }
        }
    }

    fileprivate static let established = RuleSymbols.connectionStates["established"] ?? 2
}

extension Match {
    /// Whether every packet of the loopback device has it.
    fileprivate var isLoopback: Bool {
        guard key.selectors == [.interface(.source)], case .isIn(.values(let set)) = comparison
        else { return false }
        return set.elements.contains([.name("lo")])
    }

    /// Whether every packet of a connection that is there has it.
    fileprivate var isEstablished: Bool {
        guard key == Key(.connectionState) else { return false }
        switch comparison {
        case .anyBit(let bits): return bits & SparedPackets.established != 0
        case .isIn(.values(let set)): return set.contains(SparedPackets.established)
        case .isIn, .isNotIn, .noBit: return false
        }
    }
}

extension Rule {
    /// The chain that it leads to, and whether every packet goes there.
    fileprivate var jump: (chain: String, isAlways: Bool)? {
        guard case .verdict(let verdict)? = statements.last else { return nil }
        let isAlways = statements.dropLast().allSatisfy { $0 == .transparent }
        switch verdict {
        case .jump(let chain), .goTo(let chain): return (chain, isAlways)
        case .accept, .drop, .goBack, .goOn, .queue: return nil
        }
    }
}

extension Statement {
    /// What it asks of a packet.
    fileprivate var matches: [Match] {
        switch self {
        case .match(let match): [match]
        case .either(let matches, _): matches
        case .never, .verdict, .verdictMap, .reject, .translate, .translateSource, .setMark,
            .mapMark, .untrack, .rate, .changeSet, .unlistedFamily, .transparent, .opaqueMatch,
            .opaque:
            []
        }
    }
}

extension RuleTable {
    /// The values that `match` compares with, where they are known.
    fileprivate func values(of match: Match) -> ValueSet? {
        switch match.comparison {
        case .isIn(.values(let set)), .isNotIn(.values(let set)): set
        case .isIn(.named(let name)), .isNotIn(.named(let name)): sets[name]?.values
        case .isIn(.addressSet), .isNotIn(.addressSet), .anyBit, .noBit: nil
        }
    }
}
