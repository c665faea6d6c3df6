/// A ruleset as text in parts, so that a failing one can be made smaller.
struct RulesetDraft {
    /// How the rules are loaded and listed.
    enum Tool: String, CaseIterable {
        case nft, iptables = "iptables-nft", legacy = "iptables-legacy"
    }

    struct Chain {
        /// `chain c1 {` or `:INPUT DROP [0:0]`; what stands before the rules.
        var header: [String]
        var rules: [String]
        /// Whether other chains may lead to it.
        var isBase: Bool
    }

    struct Table {
        var header: String
        /// Sets and maps.
        var declarations: [String]
        var chains: [Chain]
    }

    var tool: Tool
    var tables: [Table]
    /// Of IPv6, for the tools that have a program for each family.
    var tables6: [Table] = []

    /// The text that the tool loads.
    func text(_ tables: [Table]) -> String {
        tables.map { table in
            switch tool {
            case .nft:
                "\(table.header) {\n"
                    + table.declarations.map { "  \($0)\n" }.joined()
                    + table.chains.map { chain in
                        "  \(chain.header[0])\n"
                            + (chain.header.dropFirst() + chain.rules[...])
                            .map { "    \($0)\n" }.joined() + "  }\n"
                    }.joined() + "}\n"
            case .iptables, .legacy:
                "\(table.header)\n" + table.chains.flatMap(\.header).map { "\($0)\n" }.joined()
                    + table.chains.flatMap(\.rules).map { "\($0)\n" }.joined() + "COMMIT\n"
            }
        }.joined()
    }

    /// Removes the rules of nftables that stand at these lines of the text, counted from 1.
    mutating func removeRules(atLines lines: Set<Int>) {
        var line = 0
        for table in tables.indices {
            line += 1
            line += tables[table].declarations.reduce(0) { $0 + $1.split(separator: "\n").count }
            for chain in tables[table].chains.indices {
                line += tables[table].chains[chain].header.count
                let first = line + 1
                let rules = tables[table].chains[chain].rules
                line += rules.count + 1
                tables[table].chains[chain].rules = rules.enumerated()
                    .filter { !lines.contains(first + $0.offset) }.map(\.element)
            }
            line += 1
        }
    }

    /// Every ruleset that lacks one rule of this one, or all rules of a chain.
    var smaller: [RulesetDraft] {
        var drafts: [RulesetDraft] = []
        for (path, count) in [(\RulesetDraft.tables, tables.count), (\.tables6, tables6.count)] {
            for table in 0..<count {
                if tool == .nft {
                    var draft = self
                    draft[keyPath: path].remove(at: table)
                    drafts.append(draft)
                }
                for chain in self[keyPath: path][table].chains.indices {
                    let rules = self[keyPath: path][table].chains[chain].rules
                    if rules.count > 1 {
                        var draft = self
                        draft[keyPath: path][table].chains[chain].rules = []
                        drafts.append(draft)
                    }
                    for rule in rules.indices {
                        var draft = self
                        draft[keyPath: path][table].chains[chain].rules.remove(at: rule)
                        drafts.append(draft)
                    }
                }
            }
        }
        return drafts
    }
}
