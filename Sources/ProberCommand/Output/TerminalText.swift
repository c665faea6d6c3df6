extension StringProtocol {
    /// The text without anything that a terminal would obey or hide.
    ///
    /// Control, format and invisible characters, line ends, and marks with nothing to stand on
    /// become `\t`, `\n`, `\r` or `\u{…}`, so that the text stays on its line and in its column.
    var escapedForTerminal: String {
        var text = ""
        var hasBase = false
        for scalar in unicodeScalars {
            let isMark = scalar.isMark
            if scalar.isVisible && (hasBase || !isMark) {
                text.unicodeScalars.append(scalar)
                // One mark on a character; more could paint over the lines around.
                hasBase = !isMark
            } else {
                text += scalar.spelling
                hasBase = false
            }
        }
        return text
    }

    /// The text with spaces at its end, so that it is at least `width` characters wide.
    func padded(to width: Int) -> String {
        String(self) + String(repeating: " ", count: Swift.max(0, width - count))
    }
}

extension Unicode.Scalar {
    /// Whether a terminal shows the scalar, and shows it as something.
    fileprivate var isVisible: Bool {
        guard !properties.isDefaultIgnorableCodePoint else { return false }
        return switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
            .paragraphSeparator:
            false
        case .spaceSeparator: self == " "
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
            .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .letterNumber,
            .otherNumber, .connectorPunctuation, .dashPunctuation, .openPunctuation,
            .closePunctuation, .initialPunctuation, .finalPunctuation, .otherPunctuation,
            .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
            true
        @unknown default: false
        }
    }

    /// The scalar as Swift source would write it.
    fileprivate var spelling: String {
        switch self {
        case "\t": "\\t"
        case "\n": "\\n"
        case "\r": "\\r"
        default: "\\u{\(String(value, radix: 16, uppercase: true))}"
        }
    }

    /// Whether the scalar changes the character before it.
    fileprivate var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark: true
        default: false
        }
    }
}
