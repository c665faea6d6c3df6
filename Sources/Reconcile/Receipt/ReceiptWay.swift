import Prober

/// What the rules are to do with packets on their way in.
struct ReceiptWay: Hashable {
    /// Whether the rules decide it.
    var isKnown: Bool
    /// The rule that stops them, if it counts.
    var rule: RuleReference?
    /// Whether a rule or a policy stops them.
    var isStopped = false
    /// Whether that is before they are counted as arrived.
    var isAtDevice = false
}

extension Ruleset {
    /// Where the last rule of `path` sits on a packet's way; nil where that is not known.
    func hook(of path: [RuleReference]) -> BaseChain.Hook? {
        for reference in path.reversed() {
            for table in tables
            where table.family == reference.family && table.name == reference.table {
                guard let index = table.chainIndex(reference.chain) else { continue }
                if let base = table.chains[index].base { return base.hook }
            }
        }
        return nil
    }

    /// The engine of the table of the rule that `reference` names.
    func engine(of reference: RuleReference) -> RuleTable.Engine? {
        tables.first { table in
            table.family == reference.family && table.name == reference.table
                && table.chainIndex(reference.chain) != nil
        }?.engine
    }
}
