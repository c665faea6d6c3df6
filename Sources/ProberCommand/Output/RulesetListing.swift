import Prober
import Reconcile

/// A ruleset as it was read, for people.
struct RulesetListing {
    private let ruleset: Ruleset
    private let style: TextStyle

    init(_ ruleset: Ruleset, style: TextStyle) {
        self.ruleset = ruleset
        self.style = style
    }

    /// The lines, each with a line feed.
    var text: String {
        let opaque = ruleset.tables.flatMap(\.chains).flatMap(\.rules)
            .count { !$0.opaqueParts.isEmpty }
        var lines = [
            "\(ruleset.ruleCount) rules, \(opaque) of them with parts that are not understood"
        ]
        lines += ruleset.gaps.map { gap in
            let text = gap.explanation.escapedForTerminal
            if case .textListing = gap { return "undecided: \(text)" }
            return "not read: \(text)"
        }
        lines += ruleset.observations.map { "note: \($0.explanation.escapedForTerminal)" }
        for table in ruleset.tables {
            lines.append("")
            let dormant =
                table.isDormant.map { $0 ? ", dormant" : "" } ?? ", perhaps dormant"
            lines.append(
                style.bold("table \(table.family.rawValue) \(table.name.escapedForTerminal)")
                    + " (\(table.engine.rawValue)\(dormant))")
            for chain in table.chains { lines += self.lines(of: chain) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private func lines(of chain: RuleChain) -> [String] {
        var heading = "  chain \(chain.name.escapedForTerminal)"
        if let base = chain.base {
            heading +=
                ": \(base.kind.rawValue) at \(base.hook.rawValue), priority \(base.priority), "
                + "policy \(base.drops ? "drop" : "accept")"
            if !base.devices.isEmpty {
                heading += ", on \(base.devices.joined(separator: " ").escapedForTerminal)"
            }
        }
        return [heading]
            + chain.rules.flatMap { rule -> [String] in
                let place =
                    switch rule.place {
                    case .handle(let handle): "\(handle)"
                    case .line(let line): "line \(line)"
                    }
                let text = "    \(place.padded(to: 6)) \(rule.text.escapedForTerminal)"
                return [text]
                    + rule.opaqueParts.map {
                        style.yellow("           not understood: \($0.escapedForTerminal)")
                    }
            }
    }
}
