extension StringProtocol {
    /// The text as a report shows it: what could hide, reorder or break the text around it is
    /// spelled as `\u{…}`.
    ///
    /// That is every deceptive character, and what XML 1.0 cannot hold.
    package var visible: String {
        guard unicodeScalars.contains(where: \.isSpelled) else { return String(self) }
        var text = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "\t": text += "\\t"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case _ where scalar.isSpelled: text += "\\u{\(String(scalar.value, radix: 16))}"
            case _: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var isSpelled: Bool { isDeceptive || properties.isNoncharacterCodePoint }
}
