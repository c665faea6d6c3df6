import Prober
import Reconcile

/// What changed, as people read it, in at most 100 columns.
struct DifferenceTable {
    private let difference: Difference
    private let old: Comparand
    private let new: Comparand
    private let style: TextStyle

    init(_ difference: Difference, old: Comparand, new: Comparand, style: TextStyle) {
        self.difference = difference
        self.old = old
        self.new = new
        self.style = style
    }

    /// The whole text, with a line feed at its end.
    var text: String {
        var lines = [style.bold("from \(old.time) to \(new.time)".escapedForTerminal), ""]
        for kind in Difference.Kind.allCases {
            let changes = difference.changes.filter { $0.kind == kind }
            guard !changes.isEmpty else { continue }
            lines.append(style.wrapped(kind.title, kind.color))
            for change in changes { lines += self.lines(of: change) }
            lines.append("")
        }
        if difference.changes.isEmpty { lines += ["Nothing changed.", ""] }
        let noise = Difference.Noise.allCases.compactMap { why in
            difference.noise[why].map { "\($0) \(why.phrase)" }
        }
        if !noise.isEmpty {
            lines += FindingsTable.wrapped(
                "Set apart: \(noise.joined(separator: "; ")).", indent: "", hanging: "  ")
        }
        if difference.hasRulesOnOneSide {
            lines += FindingsTable.wrapped(
                "Only one of the two has the host's rules, so what they stop was not compared.",
                indent: "", hanging: "  ")
        }
        lines += FindingsTable.wrapped(summary, indent: "", hanging: "  ")
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(of change: Difference.Change) -> [String] {
        let ports = FindingRow.text(of: change.ports)
        let place =
            change.ports.count == 1
            ? Endpoint(change.address, change.transport, change.ports[0]).description
            : "\(change.address) \(change.transport.rawValue) \(ports)"
        let vantage = change.vantage.map { new.vantages.count > 1 ? " from \($0)" : "" } ?? ""
        return FindingsTable.wrapped(
            place + vantage + "  " + change.detail, indent: "  ", hanging: "      ")
    }

    private var summary: String {
        let counts = Difference.Kind.allCases.compactMap { kind -> String? in
            let count = difference.changes.filter { $0.kind == kind }
                .reduce(0) { $0 + $1.ports.count }
            return count == 0 ? nil : "\(count) \(kind.participle)"
        }
        let all = counts + ["\(difference.unchangedCount) unchanged"]
        let end =
            switch difference.conclusion {
            case .grown: "The exposure grew."
            case .notGrown: "The exposure did not grow."
            case .undecided: "Whether the exposure grew cannot be told of everything."
            }
        return "Endpoints: \(all.joined(separator: ", ")). \(end)"
    }
}

extension Difference.Change {
    /// What was and what is.
    fileprivate var detail: String {
        func phrase(_ facts: EndpointFacts) -> String {
            [facts.code, facts.owner].compactMap { $0 }.joined(separator: " ")
        }
        let before = phrase(old)
        let after = phrase(new)
        return switch kind {
        case .opened, .closed: before == after ? after : "\(before.dashed) → \(after.dashed)"
        case .newlySeen:
            "was \(old.reach.phrase)"
                + (new.reach == .openAtTimes ? ", now \(new.reach.phrase)" : "")
                + (after.isEmpty ? "" : ", now \(after)")
        case .ownerChanged: "\((old.owner ?? "").dashed) → \((new.owner ?? "").dashed)"
        case .ruleChanged: "\((old.rule ?? "").dashed) → \((new.rule ?? "").dashed)"
        case .codeChanged: "\((old.code ?? "").dashed) → \((new.code ?? "").dashed)"
        }
    }
}

extension String {
    /// A dash for nothing.
    fileprivate var dashed: String { isEmpty ? "–" : self }
}

extension EndpointFacts.Reach {
    fileprivate var phrase: String {
        switch self {
        case .open: "open"
        case .shut: "shut"
        case .undecided: "not decided"
        case .openAtTimes: "open at times"
        case .unstable: "unstable"
        case .untested: "not asked"
        }
    }
}

extension Difference.Kind {
    fileprivate var title: String {
        switch self {
        case .opened: "Opened:"
        case .newlySeen: "Newly seen open, or open at times, and not known to have opened:"
        case .ownerChanged: "Held by someone else:"
        case .ruleChanged: "Decided by another rule:"
        case .codeChanged: "Called by another code:"
        case .closed: "Closed:"
        }
    }

    fileprivate var participle: String {
        switch self {
        case .opened: "opened"
        case .newlySeen: "newly seen"
        case .ownerChanged: "held by someone else"
        case .ruleChanged: "decided by another rule"
        case .codeChanged: "with another code"
        case .closed: "closed"
        }
    }

    /// The numbers of the terminal's colour (ECMA-48, SGR).
    fileprivate var color: String {
        switch self {
        case .opened: "1;31"
        case .newlySeen: "1;35"
        case .ownerChanged, .ruleChanged, .codeChanged: "1;33"
        case .closed: "32"
        }
    }
}

extension Difference.Noise {
    fileprivate var phrase: String {
        switch self {
        case .undecided: "over UDP that silence leaves undecided"
        case .undecidedByHost: "that listeners or rules leave undecided"
        case .unstable: "unstable"
        case .clientSocket: "UDP sockets of clients"
        case .notTestedBefore: "not tested in one of them"
        case .notTestedNow: "not tested now"
        }
    }
}
