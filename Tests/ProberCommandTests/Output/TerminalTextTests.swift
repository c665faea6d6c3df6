import Testing

@testable import ProberCommand

@Suite struct TerminalTextTests {
    @Test(
        "what could act on a terminal is shown as an escape",
        arguments: [
            ("redis-server", "redis-server"), ("größe 漢字 🦀", "größe 漢字 🦀"),
            ("\u{1b}[31mred", "\\u{1b}[31mred"), ("a\nb\r\tc", "a\\u{a}b\\u{d}\\u{9}c"),
            ("\u{9b}31m\u{7f}", "\\u{9b}31m\\u{7f}"), ("abc\u{202e}fdp.exe", "abc\\u{202e}fdp.exe"),
            ("ad\u{200b}min\u{feff}", "ad\\u{200b}min\\u{feff}"),
            ("\u{2066}x\u{2069}", "\\u{2066}x\\u{2069}"),
        ])
    func escaped(_ text: String, is expected: String) {
        #expect(text.escapedForTerminal == expected)
    }
}
