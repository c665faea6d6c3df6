import Reconcile

extension String {
    /// The text with every character that could change a terminal, or hide or reorder text, as
    /// `\u{1b}`.
    ///
    /// For text from the network or a host: nothing in it may act on the reader's terminal.
    var escapedForTerminal: String {
        guard unicodeScalars.contains(where: \.isDeceptive) else { return self }
        return unicodeScalars.map { scalar in
            scalar.isDeceptive
                ? "\\u{" + String(scalar.value, radix: 16) + "}" : String(scalar)
        }.joined()
    }
}
