/// What `docs/findings.md` says of each code, which is part of the program.
struct FindingGuide {
    /// What the page says of one code.
    struct Section {
        /// What it means, as sentences in Markdown.
        let meaning: String
        /// All of it, as Markdown.
        let text: String
    }

    private let sections: [String: Section]

    /// The guide of this program.
    static let own = FindingGuide(
        reading: String(decoding: PackageResources.findings_md, as: UTF8.self))

    /// The sections of `page` whose headings begin with a code: `### E1 unexpected-exposure`.
    init(reading page: String) {
        var sections: [String: Section] = [:]
        var code: String?
        var lines: [Substring] = []
        func end() {
            guard let code else { return }
            let text = lines.joined(separator: "\n").trimmed.withoutLinks
            // The meaning is what stands before the first key word in bold.
            let meaning = lines.prefix { !$0.hasPrefix("**") }.joined(separator: " ").trimmed
                .withoutLinks
            sections[code] = Section(meaning: meaning, text: text)
        }
        // A `#` in a block of code is a comment or a prompt, and no heading.
        var isCode = false
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.drop(while: { $0 == " " }).hasPrefix("```") { isCode.toggle() }
            if line.hasPrefix("#"), !isCode {
                end()
                lines = []
                code =
                    line.hasPrefix("### ")
                    ? line.dropFirst(4).split(separator: " ").first.map { String($0) } : nil
            } else {
                lines.append(line)
            }
        }
        end()
        self.sections = sections
    }

    /// What is said of `code`; nil when the page has no section of it.
    subscript(code: FindingCode) -> Section? { sections[code.rawValue] }

    /// What `code` means: what is said of it, or else its name.
    func meaning(of code: FindingCode) -> Section {
        self[code] ?? Section(meaning: "\(code.words).", text: "\(code.words).")
    }
}

extension FindingCode {
    /// The name as words: `Unexpected exposure`.
    var words: String {
        let words = name.replacing("-", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension String {
    /// The text with the words of links instead of them: where they lead is on the page.
    fileprivate var withoutLinks: String {
        replacing(/\[([^\[\]]*)\]\([^()]*\)/) { $0.output.1 }
    }

    fileprivate var trimmed: String {
        let rest = drop { $0.isWhitespace }
        return String(rest.reversed().drop { $0.isWhitespace }.reversed())
    }
}
