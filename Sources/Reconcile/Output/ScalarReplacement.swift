extension String {
    /// The text with what `replacement` gives for a character instead of it; nil keeps it.
    ///
    /// Whoever reads markup reads code point by code point. To Swift a `<` with a combining mark
    /// behind it is another `Character`, which a search for `<` does not find.
    func replacingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if let other = replacement(scalar) {
                text.append(contentsOf: other.unicodeScalars)
            } else {
                text.append(scalar)
            }
        }
        return String(text)
    }
}

extension Unicode.Scalar {
    /// The entity for what XML and HTML would read as markup, in text or between double quotes.
    ///
    /// `>` has one for the sake of `]]>`.
    var entity: String? {
        switch self {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&quot;"
        case _: nil
        }
    }
}
