import Prober

/// A change of a host's rules.
enum RuleEdit: Hashable, Sendable {
    /// Adds a rule to a chain: before the rule at this index, or at the end for nil.
    case insert(FlowRule, into: HookPlan.ChainPosition, before: Int?)
    /// Adds a rule to a chain of our own, which is made if it is not there.
    case insertOwn(FlowRule, at: BaseChain.Hook)
    /// Takes a rule out.
    case remove(RulePosition)

    /// The table of our own.
    static let ownTable = "prober"
}

extension Ruleset {
    /// The rules after `edit`.
    func applying(_ edit: RuleEdit) -> Ruleset {
        var ruleset = self
        switch edit {
        case .insert(let rule, let chain, let index):
            // iptables may need several rules for it; all but one do nothing here.
            let isOne = tables[chain.table].engine == .nftables
            let count = isOne ? 1 : rule.iptables?.count ?? 1
            let made = (0..<count).map { number in
                Rule(
                    place: .handle(0), text: "",
                    statements: number == 0 ? rule.statements : [.never])
            }
            let end = tables[chain.table].chains[chain.chain].rules.count
            ruleset.tables[chain.table].change(chain.chain) { chain in
                chain.rules.insert(contentsOf: made, at: index ?? end)
            }
        case .insertOwn(let rule, let hook):
            let own = tables.firstIndex { $0.family == .inet && $0.name == RuleEdit.ownTable }
            if own == nil { ruleset.tables.append(RuleTable(.inet, RuleEdit.ownTable, .nftables)) }
            let table = own ?? ruleset.tables.count - 1
            if ruleset.tables[table].chainIndex(hook.rawValue) == nil {
                ruleset.tables[table].add(
                    RuleChain(
                        hook.rawValue,
                        base: BaseChain(kind: .filter, hook: hook, priority: 0, drops: false)))
            }
            guard let chain = ruleset.tables[table].chainIndex(hook.rawValue) else { break }
            ruleset.tables[table].change(chain) { chain in
                chain.rules.append(
                    Rule(place: .handle(0), text: "", statements: rule.statements))
            }
        case .remove(let position):
            ruleset.tables[position.table].change(position.chain) { chain in
                chain.rules.remove(at: position.rule)
            }
        }
        return ruleset
    }

    /// The commands that make `edit`, to be given in this order; nil where none is certain to.
    func commands(for edit: RuleEdit) -> [HostCommand]? {
        switch edit {
        case .insert(let rule, let chain, let index):
            let table = tables[chain.table]
            let name = table.chains[chain.chain].name
            guard table.engine == .nftables else {
                return iptables(rule, table, name, before: index)
            }
            guard table.name.isRuleName, name.isRuleName else { return nil }
            guard let index else { return [Self.nft("add", table, name, rule.nft)] }
            guard case .handle(let handle) = table.chains[chain.chain].rules[index].place,
                handle > 0
            else { return nil }
            return [
                Self.nft("insert", table, name, [.fixed(" position \(handle)")] + rule.nft)
            ]
        case .insertOwn(let rule, let hook):
            let own = RuleTable(.inet, RuleEdit.ownTable, .nftables)
            let chain = "{ type filter hook \(hook.rawValue) priority 0; policy accept; }"
            return [
                "nft add table inet \(fixed: own.name)",
                "nft add chain inet \(fixed: own.name) \(fixed: hook.rawValue) \(chain)",
                Self.nft("add", own, hook.rawValue, rule.nft),
            ]
        case .remove(let position):
            let table = tables[position.table]
            let chain = table.chains[position.chain]
            let rule = chain.rules[position.rule]
            switch rule.place {
            case .handle(let handle):
                guard table.engine == .nftables, handle > 0, table.name.isRuleName,
                    chain.name.isRuleName
                else { return nil }
                let family = table.family.rawValue
                return [
                    "nft delete rule \(fixed: family) \(table.name) \(chain.name) handle \(handle)"
                ]
            case .line:
                // The rule itself says best which one is meant: numbers change.
                guard let words = IPTablesReader.words(rule.text[...]), words.first == "-A" else {
                    return nil
                }
                var command: HostCommand =
                    "\(fixed: program(of: table))\(fixed: Self.option(table)) -D"
                for word in words.dropFirst() {
                    let isOption =
                        word.first == "-" && word.dropFirst().allSatisfy(\.isOptionLetter)
                    command.parts += [.fixed(" "), isOption ? .fixed(word) : .word(word)]
                }
                return [command]
            }
        }
    }

    private static func nft(
        _ verb: String, _ table: RuleTable, _ chain: String, _ rule: FlowRule.Parts
    ) -> HostCommand {
        var command: HostCommand =
            "nft \(fixed: verb) rule \(fixed: table.family.rawValue) \(table.name) \(chain)"
        command.parts += rule
        return command
    }

    private func iptables(
        _ rule: FlowRule, _ table: RuleTable, _ chain: String, before index: Int?
    ) -> [HostCommand]? {
        guard let rules = rule.iptables else { return nil }
        return rules.map { text in
            let start = "\(program(of: table))\(Self.option(table))"
            guard let index else { return "\(fixed: start) -A \(chain)\(fixed: text)" }
            return "\(fixed: start) -I \(chain) \(index + 1)\(fixed: text)"
        }
    }

    private static func option(_ table: RuleTable) -> String {
        let known = ["raw", "mangle", "nat", "security"]
        return known.contains(table.name) ? " -t \(table.name)" : ""
    }

    /// What changes the rules of `table`: its name says which engine only where both are in use.
    private func program(of table: RuleTable) -> String {
        let name = table.family == .ip6 ? "ip6tables" : "iptables"
        let engines = Set(tables.map(\.engine))
        switch table.engine {
        case .legacy where engines.count > 1 || origins.contains { $0.contains("legacy") }:
            return name + "-legacy"
        case .iptables where engines.contains(.legacy): return name + "-nft"
        case .nftables, .iptables, .legacy: return name
        }
    }
}

extension String {
    /// Whether nft takes it for the name of a table or chain, whatever stands around it.
    fileprivate var isRuleName: Bool {
        guard let first = unicodeScalars.first else { return false }
        let letters: (Unicode.Scalar) -> Bool = { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "_": true
            case _: false
            }
        }
        return letters(first) && utf8.count <= 128
            && unicodeScalars.allSatisfy { scalar in
                letters(scalar) || ("0"..."9").contains(scalar)
                    || "-./".unicodeScalars.contains(scalar)
            }
    }
}

extension Character {
    /// Whether it may stand in the name of an option.
    fileprivate var isOptionLetter: Bool {
        isASCII && (isLetter || isNumber || self == "-")
    }
}
