/// The text of a unit file (`systemd.syntax(7)`).
enum UnitFile {
    /// The settings of `section` in `text`, in their order.
    static func settings(in text: String, section: String) -> [(key: String, value: String)] {
        var settings: [(key: String, value: String)] = []
        var isWanted = false
        var pending = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = line.trimmingBlanks
            // Comments may stand between the lines of one setting.
            if trimmed.hasPrefix("#") || trimmed.hasPrefix(";") { continue }
            if trimmed.hasSuffix("\\") {
                pending += trimmed.dropLast() + " "
                continue
            }
            let whole = pending + trimmed
            pending = ""
            if whole.hasPrefix("["), whole.hasSuffix("]") {
                isWanted = whole.dropFirst().dropLast() == section
            } else if isWanted, let equals = whole.firstIndex(of: "=") {
                settings.append(
                    (
                        String(whole[..<equals].trimmingBlanks),
                        String(whole[whole.index(after: equals)...].trimmingBlanks)
                    ))
            }
        }
        return settings
    }
}

extension StringProtocol {
    /// The text without white space at either end.
    var trimmingBlanks: SubSequence {
        let start = self[...].drop(while: \.isWhitespace)
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
        return start[...last]
    }
}
