import Prober

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
