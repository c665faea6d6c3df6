import Reconcile

/// The steps of a remedy as people read and copy them, a line each as long as that fits.
struct RemedyLines {
    let lines: [String]

    init(_ remedy: Remedy) {
        lines = remedy.steps.flatMap { step in
            let text = step.text.escapedForTerminal
            let note = step.note.map { "  (\($0.escapedForTerminal))" } ?? ""
            if Self.indent.count + text.count + note.count <= FindingsTable.width {
                return [Self.indent + text + note]
            }
            let mark: String =
                switch step.deed {
                case .run(let command): command.shell == .sh ? " \\" : " `"
                case .write: ""
                }
            return Self.broken(text, mark) + (note.isEmpty ? [] : [Self.indent + note.dropFirst(2)])
        }
    }

    private static let indent = String(repeating: " ", count: 7)

    /// `text` in lines that fit, broken between words, each but the last ending with `mark`, by
    /// which a shell knows that the line goes on.
    ///
    /// Quoted words are never broken, however long: a line end would become part of them.
    private static func broken(_ text: String, _ mark: String) -> [String] {
        var lines: [String] = []
        var line = indent
        for word in words(of: text) {
            if line.count > indent.count,
                line.count + 1 + word.count + mark.count > FindingsTable.width
            {
                lines.append(line + mark)
                line = indent + "  "
                line += word
            } else {
                line += line.count == indent.count ? word : " " + word
            }
        }
        return lines + [line]
    }

    /// The words of a command, parted by spaces that are not quoted.
    private static func words(of text: String) -> [Substring] {
        var quote: Character?
        return text.split { character in
            if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
            }
            return character == " " && quote == nil
        }
    }
}
