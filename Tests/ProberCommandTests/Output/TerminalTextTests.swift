import Testing

@testable import ProberCommand

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("sshd", "sshd"), ("Größe 日本 ☃", "Größe 日本 ☃"), ("a\\x2db", "a\\x2db"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"), ("\u{0}", "\\u{0}"),
        ("\u{1b}[2Jx", "\\u{1B}[2Jx"), ("\u{7f}", "\\u{7F}"), ("\u{9b}31m", "\\u{9B}31m"),
        ("a\u{202e}b\u{2066}c", "a\\u{202E}b\\u{2066}c"),
        ("a\u{200b}\u{200d}\u{feff}b", "a\\u{200B}\\u{200D}\\u{FEFF}b"),
        ("\u{2028}\u{2029}\u{85}", "\\u{2028}\\u{2029}\\u{85}"),
        ("a\u{a0}b\u{3000}c", "a\\u{A0}b\\u{3000}c"),
        ("\u{ad}\u{fe0f}\u{e0041}", "\\u{AD}\\u{FE0F}\\u{E0041}"),
        ("\u{e000}\u{378}", "\\u{E000}\\u{378}"),
        ("e\u{301}", "e\u{301}"), ("e\u{301}\u{302}", "e\u{301}\\u{302}"),
        ("\u{301}e", "\\u{301}e"), ("", ""), ("\u{fffd}", "\u{fffd}"),
    ])
    func `what a terminal would obey or hide is spelt out`(text: String, escaped: String) {
        #expect(text.escapedForTerminal == escaped)
        #expect(escaped.escapedForTerminal == escaped)
    }

    @Test func `no control character of any plane gets through`() {
        for number in UInt32(0)..<0x3000 {
            guard let scalar = Unicode.Scalar(number) else { continue }
            let escaped = "a\(scalar)b".escapedForTerminal
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned:
                #expect(escaped.unicodeScalars.allSatisfy { $0 != scalar })
            default: #expect(escaped.unicodeScalars.first == "a")
            }
        }
    }

    @Test(arguments: [
        ("ab", 4, "ab  "), ("abcd", 4, "abcd"), ("abcde", 4, "abcde"), ("é", 2, "é "),
    ])
    func `padding fills up and never cuts`(text: String, width: Int, padded: String) {
        #expect(text.padded(to: width) == padded)
    }
}
