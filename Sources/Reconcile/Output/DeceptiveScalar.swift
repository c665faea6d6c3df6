extension Unicode.Scalar {
    /// Whether showing the character could change a terminal, or hide or reorder the text around it.
    ///
    /// The C0 and C1 controls and DEL, line and paragraph separators, zero-width and other invisible
    /// format characters, the bidirectional controls (Unicode Standard Annex 9), and tags.
    package var isDeceptive: Bool {
        switch value {
        case 0x20..<0x7f: false
        case 0..<0x20, 0x7f..<0xa0, 0xad, 0x61c, 0x180e, 0x200b...0x200f, 0x2028...0x202e,
            0x2060...0x206f, 0xfeff, 0xfff9...0xfffb, 0xe0000...0xe007f:
            true
        case _: false
        }
    }

    /// The character as JSON writes it in escapes: `\u001b`, or a pair of them beyond U+FFFF.
    var jsonEscape: String {
        UTF16.encode(self).map { units in
            units.map { unit in
                let digits = String(unit, radix: 16)
                return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            }.joined()
        } ?? ""
    }
}
