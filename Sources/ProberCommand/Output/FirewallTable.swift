import Prober
import Reconcile

/// The answers to one flow, for people.
struct FirewallTable {
    private let query: FirewallQuery
    private let style: TextStyle

    init(_ query: FirewallQuery, style: TextStyle) {
        self.query = query
        self.style = style
    }

    /// The lines, each with a line feed.
    var text: String {
        let flow = query.flow
        var heading = "\(flow.transport.rawValue) from \(flow.source.map { "\($0)" } ?? "anywhere")"
        heading += " to \(flow.destination)"
        if let interface = flow.interface {
            heading += " through \(interface.escapedForTerminal)"
        }
        if query.assumption == .nominal { heading += ", below every limit" }
        let lines = query.answers.flatMap { self.lines(of: $0) }
        return ([style.bold(heading)] + lines).map { $0 + "\n" }.joined()
    }

    private func lines(of answer: FirewallAnswer) -> [String] {
        let ports = answer.ports.description.cut(to: 60)
        guard let decision = answer.decision else {
            if answer.outcomes.count == 1, answer.outcomes[0].path.isEmpty {
                let why = answer.unknowns.map { $0.explanation.escapedForTerminal }
                return ["  \(ports): \(style.yellow("undecided")): \(why.joined(separator: "; "))"]
            }
            return ["  \(ports): \(style.yellow("undecided"))"]
                + answer.outcomes.flatMap { outcome in
                    ["    maybe \(Self.words(outcome.action))"] + path(outcome, indent: "      ")
                        + outcome.reasons.map {
                            "      because \($0.explanation.escapedForTerminal)"
                        }
                }
        }
        let words = Self.words(decision)
        let shown = decision == .accept ? style.green(words) : words
        return ["  \(ports): \(shown)"]
            + answer.outcomes.prefix(1).flatMap { path($0, indent: "    ") }
    }

    private func path(_ outcome: FirewallOutcome, indent: String) -> [String] {
        outcome.path.map { rule in
            let place =
                switch rule.place {
                case .handle(let handle): " handle \(handle)"
                case .line(let line): " line \(line)"
                case nil: ""
                }
            let count = rule.packets.map { ", \($0) packets before" } ?? ""
            let name = "\(rule.family.rawValue) \(rule.table) \(rule.chain)\(place)"
            return "\(indent)\(name.escapedForTerminal): \(rule.text.escapedForTerminal)"
                + style.dim(count)
        }
    }

    private static func words(_ action: FirewallAction) -> String {
        switch action {
        case .accept, .drop, .undecided: action.word
        case .reject(let rejection): "reject (\(rejection.word))"
        case .translate(let target):
            "translate to \(target)\(target.isHere ? ", here" : ", forwarded")"
        }
    }
}

extension String {
    /// The text, cut with an ellipsis when it is longer than `count` characters.
    fileprivate func cut(to count: Int) -> String {
        self.count <= count ? self : prefix(count - 1) + "…"
    }
}
