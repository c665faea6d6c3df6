/// Colours and weights of a terminal, or none of them.
struct TextStyle {
    /// Whether the output takes escape sequences (ECMA-48).
    var isColored: Bool

    func bold(_ text: String) -> String { wrapped(text, "1") }
    func dim(_ text: String) -> String { wrapped(text, "2") }
    func green(_ text: String) -> String { wrapped(text, "32") }
    func yellow(_ text: String) -> String { wrapped(text, "33") }

    /// `text` between a rendition, given by its numbers (ECMA-48, SGR), and the default one.
    func wrapped(_ text: String, _ code: String) -> String {
        isColored ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
