import Prober

extension FindingsReport {
    /// The report as Markdown for a comment on a pull request: a summary, a table, and details that
    /// open.
    ///
    /// It stays within `limit` bytes (GitHub takes 65,536 characters) and says how much is not in
    /// it. What passes is counted only.
    public func markdown(limit: Int = 65_536) -> String {
        let rows = parts.flatMap { part in
            FindingRow.rows(of: part.reconciliation.findings.filter(\.needsAttention))
                .map { MarkdownRow($0, of: part, isOnlyPart: parts.count == 1) }
        }.sorted { Finding.precedes($0.row.finding, $1.row.finding) }
        var text = MarkdownBudget(limit: limit)
        text.add("## Prober: \(headline)\n\n")
        text.add("\(countLine)\n")
        // What is to be said of the whole may take a quarter, the table half of what is left then.
        let statements = statements
        if !statements.isEmpty {
            text.add("\n")
            text.add(
                statements.map { "- \($0.markdownSentence)\n" }, upTo: text.left / 4,
                rest: { "- and \($0) more\n" })
        }
        guard !rows.isEmpty else { return text.text }
        text.add("\n| result | code | endpoint | what was found | listener |\n")
        text.add("|---|---|---|---|---|\n")
        text.add(
            rows.map(\.line), upTo: text.left / 2,
            rest: { "| | | and \($0) more | | |\n" })
        text.add("\n")
        text.add(
            rows.map(\.details), upTo: text.left,
            rest: { "The details of \($0) more are left out: a comment takes no more text.\n" })
        return text.text
    }

    private var countLine: String {
        let counts = FindingResult.allCases.map { "\(endpointCount($0)) \($0.participle)" }
        let names = parts.map { part in
            let target = part.target.map { "\($0.markdownCode) " } ?? ""
            return "\(target)from \(part.vantage.markdownCode)"
        }
        let shown = names.prefix(5).joined(separator: ", ")
        let rest = names.count > 5 ? " and \(names.count - 5) more" : ""
        let requested = parts.reduce(UInt128(0)) { $0 + $1.reconciliation.requestedCount }
        return "\(requested.counting("endpoint")) of \(shown)\(rest): "
            + counts.joined(separator: ", ") + "."
    }

    /// What is to be said of the whole.
    private var statements: [String] {
        notBegun.map { "Not begun, because the run was stopped first: \($0)." }
            + parts.flatMap { part in
                let prefix = parts.count > 1 ? "\(part.name): " : ""
                let whole = part.reconciliation
                return whole.openQuestions.map { prefix + $0.explanation }
                    + whole.remarks.map { note in
                        prefix + (note.code.map { "\($0.rawValue) " } ?? "") + note.explanation
                    }
            }
    }
}

/// A row of findings in Markdown.
private struct MarkdownRow {
    let row: FindingRow
    /// A line of the table.
    let line: String
    /// What is known of it, to be opened.
    let details: String

    init(_ row: FindingRow, of part: FindingsReport.Part, isOnlyPart: Bool) {
        self.row = row
        let finding = row.finding
        let place = (isOnlyPart ? "" : "\(part.name.markdown) ") + row.place.markdownCode
        let names = finding.inside.listeners.flatMap(\.owners).map(\.name).filter { !$0.isEmpty }
        let cells = [
            finding.result == .fail ? "**fail**" : finding.result.rawValue,
            finding.code.rawValue, place, finding.explanation.markdownSentence,
            (names.first ?? "").shortened.markdownCode,
        ]
        line = "| \(cells.joined(separator: " | ")) |\n"
        let title =
            "\(finding.result.rawValue) \(finding.code.rawValue) \(finding.code.name): "
            + (isOnlyPart ? "" : "\(part.name.markdown) ") + row.place.htmlCode
            + " (\(finding.severity.rawValue))"
        var lines = ["<details><summary>\(title)</summary>", ""]
        lines.append(finding.explanation.markdownSentence)
        lines.append("")
        lines += row.fields.map { "- \($0.name): \($0.value.markdownSentence)" }
        let remedies = row.remedies(on: part.reconciliation.remedyHost)
        let actions = remedies.enumerated().flatMap { index, remedy in
            ["\(index + 1). \(remedy.explanation.markdownSentence)"]
                + remedy.steps.map { step in
                    "   - \(step.text.markdownCode)"
                        + (step.note.map { " (\($0.markdownSentence))" } ?? "")
                }
        }
        if !actions.isEmpty { lines += [""] + actions }
        details = (lines + ["", "</details>", "", ""]).joined(separator: "\n")
    }
}

/// Text that may not grow beyond a limit.
private struct MarkdownBudget {
    private(set) var text = ""
    /// How many bytes may follow.
    private(set) var left: Int

    init(limit: Int) { left = limit }

    /// Adds what must be there.
    mutating func add(_ piece: String) {
        text += piece
        left -= piece.utf8.count
    }

    /// Adds as many of `pieces` as fit into `room`, and `rest` with the number of the others.
    mutating func add(_ pieces: [String], upTo room: Int, rest: (Int) -> String) {
        let whole = pieces.reduce(0) { $0 + $1.utf8.count }
        guard whole > min(room, left) else { return add(pieces.joined()) }
        var budget = min(room, left) - rest(pieces.count).utf8.count
        var shown = 0
        for piece in pieces {
            guard piece.utf8.count <= budget else { break }
            budget -= piece.utf8.count
            add(piece)
            shown += 1
        }
        add(rest(pieces.count - shown))
    }
}
