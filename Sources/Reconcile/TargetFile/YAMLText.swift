import Prober
import Yams

/// The text of a YAML file, checked for what no YAML file may hold, with its lines at hand.
struct YAMLText {
    /// The file as the user named it.
    let source: String
    /// The lines, without their ends.
    let lines: [Substring]
    let text: String

    /// The text of `source`, without a byte order mark.
    ///
    /// - Throws: ``InputError`` for control characters and for tabs that indent, which YAML forbids
    ///   and whose errors from a YAML parser nobody understands.
    init(_ text: String, source: String) throws(InputError) {
        self.source = source
        self.text =
            text.unicodeScalars.first == "\u{feff}"
            ? String(text.unicodeScalars.dropFirst()) : text
        // Swift would end a line at form feeds too, which YAML does not know.
        lines = self.text.split(omittingEmptySubsequences: false) {
            ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}"].contains($0)
        }
        for (index, line) in lines.enumerated() { try check(line, number: index + 1) }
    }

    private func check(_ line: Substring, number: Int) throws(InputError) {
        let indentation = line.prefix { $0 == " " || $0 == "\t" }
        let content = line[indentation.endIndex...]
        if let tab = indentation.firstIndex(of: "\t"), !content.isEmpty, !content.hasPrefix("#") {
            let column = indentation.distance(from: indentation.startIndex, to: tab) + 1
            throw InputLocation(source, line: number, column: column).error(
                "a tab indents this line", "Indent with spaces: YAML does not allow tabs.")
        }
        for (offset, scalar) in line.unicodeScalars.enumerated() where !Self.isPrintable(scalar) {
            throw location(line: number, scalarColumn: offset + 1).error(
                "the character U+\(String(scalar.value, radix: 16, uppercase: true)) cannot stand"
                    + " in a YAML file",
                "Delete it, or write it as an escape in double quotes.")
        }
    }

    /// What YAML 1.1, section 5.1, and libyaml let stand in a file.
    private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x20...0x7e, 0x85, 0xa0...0xd7ff, 0xe000...0xfefe, 0xff00...0xfffd: true
        case 0x1_0000...0x10_ffff: true
        default: false
        }
    }

    /// The only document of the file.
    func root() throws(InputError) -> YAMLValue {
        try checkKeys()
        let node: Node?
        do {
            // Without a resolver's rules every scalar is text, read by what its key expects; the
            // default encoding would be taken from the environment.
            node = try Yams.compose(yaml: text, .basic, .default, .utf8)
        } catch let error as YamlError {
            throw inputError(error)
        } catch {
            throw unreadable
        }
        guard let node else {
            throw InputLocation(source, line: 1, column: 1).error(
                "the file is empty", "Begin it with version: 1.")
        }
        return YAMLValue(node, of: "the file", in: self)
    }

    /// The error about a file of which nothing more is known.
    var unreadable: InputError {
        InputLocation(source).error("this is not YAML", "Check the file as YAML.")
    }

    /// The place of `mark`.
    func location(_ mark: Mark?) -> InputLocation {
        guard let mark else { return InputLocation(source) }
        return location(line: mark.line, scalarColumn: mark.column)
    }

    /// The place whose column, which YAML counts in Unicode scalars, is `scalarColumn`.
    private func location(line: Int, scalarColumn: Int) -> InputLocation {
        guard lines.indices.contains(line - 1) else {
            return InputLocation(source, line: line, column: scalarColumn)
        }
        let before = lines[line - 1].unicodeScalars.prefix(max(0, scalarColumn - 1))
        return InputLocation(source, line: line, column: Substring(before).count + 1)
    }
}

extension YAMLText {
    /// What a YAML parser's error means to the person who wrote the file.
    func inputError(_ error: YamlError) -> InputError {
        switch error {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return syntaxError(problem, mark, context)
        case .duplicatedKeysInMapping(let keys, let context):
            let key = keys.first ?? ""
            // What Yams calls a key that is a list or a mapping.
            if key == "<uncovertable>" { return noWord(context.mark) }
            let first = location(context.mark)
            let again = repetition(of: key, after: context.mark)
            return (again ?? first).error(
                again == nil
                    ? "the key \"\(key)\" stands twice in one mapping"
                    : "the key \"\(key)\" stands already in line \(context.mark.line)",
                "Keep one of the two.")
        case .reader(let problem, _, _, _), .writer(let problem), .emitter(let problem),
            .representer(let problem):
            return InputLocation(source).error("this is not YAML: \(problem)", Self.remedy)
        case .no, .memory, .dataCouldNotBeDecoded:
            return InputLocation(source).error("the file cannot be read as YAML", Self.remedy)
        }
    }

    private static let remedy =
        "Check indentation, colons and quotes here and in the line before."

    private func syntaxError(
        _ problem: String, _ mark: Mark, _ context: YamlError.Context?
    ) -> InputError {
        let here = location(mark)
        if problem == "but found another document" {
            return here.error(
                "a second document begins here", "Keep one document in a file: delete the ---.")
        }
        if problem == "found unexpected end of stream", let context {
            return location(context.mark).error(
                "the quote that opens here is never closed", "Close it.")
        }
        if problem == "found undefined alias" {
            return here.error(
                "the alias is used before its anchor",
                "Write &name before the value, above the line that uses *name.")
        }
        if problem == "mapping values are not allowed in this context" {
            return here.error(
                "a colon stands where no key can be",
                "Indent keys of one mapping alike, and put text with a colon and a space in quotes."
            )
        }
        if problem == "found character that cannot start any token" {
            return here.error(
                "a value cannot begin with this character", "Put the value in quotes.")
        }
        if problem.hasPrefix("Maximum nesting level") {
            return here.error(
                "values are nested too deeply here", "Nest less: no target file needs ten levels.")
        }
        return here.error("this is not YAML: \(problem)", Self.remedy)
    }

    /// Where `key` stands again in the block mapping in which it first stands at `mark`.
    private func repetition(of key: String, after mark: Mark) -> InputLocation? {
        for (index, line) in lines.enumerated().dropFirst(mark.line) {
            let indentation = line.prefix { $0 == " " }.count
            let content = line.dropFirst(indentation)
            guard !content.isEmpty, !content.hasPrefix("#") else { continue }
            if indentation < mark.column - 1 { return nil }
            if indentation == mark.column - 1, content.hasPrefix("\(key):") {
                return InputLocation(source, line: index + 1, column: indentation + 1)
            }
        }
        return nil
    }
}
