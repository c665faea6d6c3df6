import Prober

/// Where a text that the parser refused stops being JSON (RFC 8259).
///
/// The parser says only that it is none. This walk checks structure, not the form of numbers.
struct JSONFault: Hashable {
    /// The offset of the first byte that cannot stand there; the length when the text ends early.
    private let offset: Int
    /// Whether this walk found that byte; a malformed number or character it passes over.
    private let isFound: Bool
    private let text: [UInt8]

    /// The first fault in `text`.
    ///
    /// A byte order mark before it is none, and is not counted.
    init(in bytes: [UInt8]) {
        text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes[3...]) : bytes
        var scanner = Scanner(text)
        isFound = !scanner.passesValue()
        offset = scanner.offset
    }

    /// The fault as an error about `source`, with line and column; `remedy` says what would be right.
    func error(_ source: String, remedy: String) -> InputError {
        let before = text.prefix(offset)
        let line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let column = 1 + String(decoding: text[lineStart..<offset], as: UTF8.self).count
        if text.allSatisfy(Scanner.isSpace) {
            return InputError(
                source, line: 1, column: 1, problem: "the file is empty",
                remedy: remedy)
        }
        if isFound && offset == text.count {
            return InputError(
                source, line: line, column: column, problem: "the file is incomplete: it ends here",
                remedy: "Make it again; what wrote it was cut off.")
        }
        return InputError(
            source, line: isFound ? line : nil, column: isFound ? column : nil,
            problem: "this is not JSON", remedy: remedy)
    }

    /// A walk over the text that stops at the first fault.
    private struct Scanner {
        let text: [UInt8]
        var offset = 0

        init(_ text: [UInt8]) { self.text = text }

        private enum Expected { case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd }

        /// Passes one value and the spaces around it, to the end of the text.
        ///
        /// False leaves `offset` at the fault.
        mutating func passesValue() -> Bool {
            var open: [UInt8] = []
            var expected = Expected.value
            while true {
                while offset < text.count, Self.isSpace(text[offset]) { offset += 1 }
                guard offset < text.count else { return expected == .commaOrEnd && open.isEmpty }
                let byte = text[offset]
                switch (expected, byte) {
                case (.value, UInt8(ascii: "{")), (.valueOrEnd, UInt8(ascii: "{")):
                    open.append(UInt8(ascii: "}"))
                    expected = .keyOrEnd
                    offset += 1
                case (.value, UInt8(ascii: "[")), (.valueOrEnd, UInt8(ascii: "[")):
                    open.append(UInt8(ascii: "]"))
                    expected = .valueOrEnd
                    offset += 1
                case (.value, _) where byte != UInt8(ascii: "]"),
                    (.valueOrEnd, _) where byte != UInt8(ascii: "]"):
                    guard byte == UInt8(ascii: "\"") ? string() : word() else { return false }
                    expected = .commaOrEnd
                case (.key, UInt8(ascii: "\"")), (.keyOrEnd, UInt8(ascii: "\"")):
                    guard string() else { return false }
                    expected = .colon
                case (.colon, UInt8(ascii: ":")):
                    offset += 1
                    expected = .value
                case (.commaOrEnd, UInt8(ascii: ",")):
                    guard let closing = open.last else { return false }
                    offset += 1
                    expected = closing == UInt8(ascii: "}") ? .key : .value
                case (.commaOrEnd, _), (.keyOrEnd, _), (.valueOrEnd, _):
                    guard byte == open.last else { return false }
                    open.removeLast()
                    offset += 1
                    expected = .commaOrEnd
                case (.value, _), (.key, _), (.colon, _): return false
                }
            }
        }

        /// Passes a string; false at a byte that may not stand in one, or at the end.
        private mutating func string() -> Bool {
            offset += 1
            while offset < text.count {
                switch text[offset] {
                case UInt8(ascii: "\""):
                    offset += 1
                    return true
                case UInt8(ascii: "\\"):
                    offset += 1
                    guard offset < text.count else { return false }
                    guard "\"\\/bfnrtu".utf8.contains(text[offset]) else { return false }
                    offset += 1
                case ..<0x20: return false
                default: offset += 1
                }
            }
            return false
        }

        /// Passes a number or one of the three words; false at anything else.
        ///
        /// A word that the end of the text cuts off is left behind, so that the end is the fault.
        private mutating func word() -> Bool {
            let rest = text[offset...]
            let word = rest.prefix { byte in
                byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
                    || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                    || "+-.E".utf8.contains(byte)
            }
            guard let first = word.first else { return false }
            let isNumber = first == UInt8(ascii: "-") || first <= UInt8(ascii: "9")
            let isName = ["true", "false", "null"].contains { name in
                name.utf8.elementsEqual(word)
                    || word.endIndex == text.endIndex && name.utf8.starts(with: word)
            }
            guard isNumber || isName else { return false }
            offset = word.endIndex
            return true
        }

        static func isSpace(_ byte: UInt8) -> Bool {
            byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09
        }
    }
}
