extension String {
    /// The text as Markdown shows it literally, on one line: nothing in it is markup, a link or a
    /// mention.
    ///
    /// What GitHub Flavored Markdown reads as markup is written as entities. GitHub looks for
    /// mentions, references and addresses in the text that is shown, so an invisible space keeps
    /// those apart.
    var markdown: String {
        let scalars = Array(visible.unicodeScalars)
        var text = ""
        for (index, scalar) in scalars.enumerated() {
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            switch scalar {
            case "@", "#": text += "&#\(scalar.value);&#8203;"
            case ":" where next == "/": text += "&#58;&#8203;"
            case "."
            where index >= 3 && scalars[(index - 3)..<index].allSatisfy { $0 == "w" || $0 == "W" }:
                text += "&#46;&#8203;"
            case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "&", "|", "~", "!", "$":
                text += "&#\(scalar.value);"
            case _: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The text as code within a line, literally, also in a cell of a table.
    var markdownCode: String {
        let text = visible
        // In a cell a bar would end it, and a backslash before one cannot be told from an escape.
        guard !text.unicodeScalars.contains("|") else { return htmlCode }
        guard !text.isEmpty else { return "" }
        var (longest, run) = (0, 0)
        for scalar in text.unicodeScalars {
            run = scalar == "`" ? run + 1 : 0
            longest = Swift.max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        let ends = [text.unicodeScalars.first, text.unicodeScalars.last]
        let space = ends.contains("`") ? " " : ""
        return fence + space + text + space + fence
    }

    /// The text as code in HTML, literally, where Markdown is not read.
    var htmlCode: String {
        let escaped = visible.replacingScalars { scalar in
            switch scalar {
            case " ", ",", "a"..."z", "A"..."Z", "0"..."9": nil
            case _: scalar.isASCII ? "&#\(scalar.value);" : nil
            }
        }
        return "<code>\(escaped)</code>"
    }

    /// A sentence of our own: what stands between backticks in it is code.
    var markdownSentence: String {
        let parts = unicodeScalars.split(separator: "`", omittingEmptySubsequences: false)
        // With an odd backtick out it is text.
        guard parts.count % 2 == 1 else { return markdown }
        return parts.enumerated().map { index, part in
            index % 2 == 0 ? String(part).markdown : String(part).markdownCode
        }.joined()
    }
}
