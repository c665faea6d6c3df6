import Prober
import Reconcile

/// The findings as people read them, in at most 100 columns.
///
/// What needs attention comes first and has its evidence and remedies; what is as declared comes
/// last, a line for all that are alike.
struct FindingsTable {
    /// How wide a line may be.
    static let width = 100

    private let reconciliation: Reconciliation
    private let style: TextStyle

    /// The table of `reconciliation`.
    init(_ reconciliation: Reconciliation, style: TextStyle) {
        self.reconciliation = reconciliation
        self.style = style
    }

    /// The whole text, with a line feed at its end.
    var text: String {
        let rows = FindingRow.rows(of: reconciliation.findings)
        let blocks = rows.filter { $0.finding.result.needsAttention }.map { block($0) }
        let lines = rows.filter { !$0.finding.result.needsAttention }.map { line($0) }
        let sections = blocks + [lines, unprobed, unasked, notes, summary]
        return sections.filter { !$0.isEmpty }
            .map { $0.joined(separator: "\n") + "\n" }.joined(separator: "\n")
    }

    /// A finding with everything that is known of it.
    private func block(_ row: FindingRow) -> [String] {
        let finding = row.finding
        let title = "\(finding.code.rawValue) \(finding.code.name): \(row.place)"
        var lines = Self.wrapped(
            finding.result.label + " " + title + " [\(finding.severity.rawValue)]",
            indent: "", hanging: "  ")
        lines[0] =
            style.wrapped(finding.result.label, finding.result.color)
            + lines[0].dropFirst(finding.result.label.count)
        lines += Self.wrapped(finding.explanation, indent: "  ", hanging: "  ")
        var name = ""
        for field in row.fields {
            lines += Self.field(field.name == name ? "" : field.name, field.value)
            name = field.name
        }
        let remedies = finding.remedies(on: reconciliation.remedyHost, at: row.addresses)
        for (index, remedy) in remedies.enumerated() {
            let number = "  \(index + 1). "
            lines += Self.wrapped(
                remedy.explanation, indent: number,
                hanging: String(repeating: " ", count: number.count))
            lines += RemedyLines(remedy).lines
        }
        return lines
    }

    /// A finding in one line.
    private func line(_ row: FindingRow) -> String {
        let finding = row.finding
        let label = finding.result.label
        let names = finding.inside.listeners.flatMap(\.owners).map(\.name).filter { !$0.isEmpty }
        let owner = names.first.map { " (\($0))" } ?? ""
        let start = "\(label) \(finding.code.rawValue)  "
        let end = "  \(row.place)\(owner)"
        // Where it is matters more than the end of a long sentence.
        let room = max(48, Self.width - start.count - end.escapedForTerminal.count)
        let sentence = finding.explanation
        let plain =
            start + (sentence.count <= room ? sentence : sentence.prefix(room - 1) + "…") + end
        return style.wrapped(label, finding.result.color)
            + Self.cut(plain.escapedForTerminal).dropFirst(label.count)
    }

    private var unprobed: [String] {
        let all = reconciliation.unprobedListeners
        guard !all.isEmpty else { return [] }
        let listeners = all.filter(\.isOpenQuestion) + all.filter { !$0.isOpenQuestion }
        var lines = ["Listening, and not probed:"]
        for unprobed in listeners.prefix(12) {
            let why: String =
                switch unprobed.missing {
                case .port: "port not asked"
                case .address: "address not asked"
                case .namespace: "in another namespace"
                }
            let verdict = unprobed.isOpenQuestion ? ", so not judged" : ""
            lines.append(
                Self.cut(
                    "  \(why)\(verdict): \(unprobed.listener.explanation)".escapedForTerminal))
        }
        if listeners.count > 12 { lines.append("  and \(listeners.count - 12) more") }
        return lines
    }

    private var unasked: [String] {
        reconciliation.unaskedPorts.flatMap { unasked in
            Self.wrapped(
                "\(FindingResult.inconclusive.label) Declared open, and not asked about: "
                    + "\(unasked.transport.rawValue) \(FindingRow.text(of: unasked.ports))"
                    + (unasked.expectation.location.map { " (\($0))" } ?? ""),
                indent: "", hanging: "  ")
        }
    }

    private var notes: [String] {
        reconciliation.notes.flatMap { note in
            Self.wrapped(
                "note " + (note.code.map { "\($0.rawValue) " } ?? "") + note.explanation,
                indent: "", hanging: "  ")
        }
    }

    private var summary: [String] {
        let counts = FindingResult.allCases.map { result in
            "\(reconciliation.endpointCount(result)) \(result.participle)"
        }
        let requested = reconciliation.requestedCount
        var lines = [
            "\(requested) endpoint\(requested == 1 ? "" : "s"): "
                + counts.joined(separator: ", ") + "."
        ]
        let unlocated = reconciliation.unlocatedCount
        if unlocated > 0 {
            lines.append(
                unlocated == 1
                    ? "1 of the inconclusive is not in these scans, and a shard cannot name it."
                    : "\(unlocated) of the inconclusive are not in these scans, and a shard cannot "
                        + "name them.")
        }
        let unjudged = reconciliation.unprobedListeners.count(where: \.isOpenQuestion)
        if unjudged > 0 {
            lines.append(
                "\(unjudged) listener\(unjudged == 1 ? " was" : "s were") not judged, so nothing "
                    + "passes: scan the address and port too.")
        }
        if !reconciliation.isComplete {
            lines.append("The scan is not complete, so nothing is concluded from it.")
        }
        return lines
    }

}

extension FindingsTable {
    /// A named fact of a block.
    private static func field(_ name: String, _ value: String) -> [String] {
        let padding = String(repeating: " ", count: 10 - name.count)
        return wrapped(
            value, indent: "  " + name + padding, hanging: String(repeating: " ", count: 12))
    }

    /// `text`, escaped, in lines that fit; a word that is too long for a line is broken.
    ///
    /// What stands between backticks is to be copied, so it counts as one word.
    static func wrapped(_ text: String, indent: String, hanging: String) -> [String] {
        var lines: [String] = []
        var line = indent
        var isFresh = true
        for word in words(in: text.escapedForTerminal) {
            var rest = word[...]
            if !isFresh, line.count + 1 + rest.count > width {
                lines.append(line)
                line = hanging
                isFresh = true
            }
            if !isFresh { line += " " }
            while line.count + rest.count > width {
                let room = width - line.count
                lines.append(line + rest.prefix(room))
                rest = rest.dropFirst(room)
                line = hanging
            }
            line += rest
            isFresh = false
        }
        return lines + [line]
    }

    /// The words of `text`, parted by spaces that are not between backticks.
    private static func words(in text: String) -> [Substring] {
        var isQuoted = false
        return text.split { character in
            if character == "`" { isQuoted.toggle() }
            return character == " " && !isQuoted
        }
    }

    /// `line` up to the width.
    private static func cut(_ line: String) -> String {
        line.count <= width ? line : line.prefix(width - 1) + "…"
    }
}

extension FindingResult {
    fileprivate var label: String {
        switch self {
        case .fail: "FAIL"
        case .warn: "WARN"
        case .inconclusive: "INCONCLUSIVE"
        case .info: "info"
        case .pass: "pass"
        }
    }

    /// The numbers of the terminal's colour (ECMA-48, SGR).
    fileprivate var color: String {
        switch self {
        case .fail: "1;31"
        case .warn: "1;33"
        case .inconclusive: "1;35"
        case .info: "36"
        case .pass: "32"
        }
    }
}
