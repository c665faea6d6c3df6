/// Writes values as JSON text, keys in alphabetical order.
///
/// A report may have a hundred thousand listeners, so nothing is made in between.
struct JSONWriter {
    /// The text so far.
    private(set) var bytes: [UInt8] = []
    /// Whether every member and element stands on a line of its own.
    private let isIndented: Bool

    init(isIndented: Bool) { self.isIndented = isIndented }

    /// Adds `value`, which stands in `depth` lists and objects.
    ///
    /// A number must be finite.
    mutating func append(_ value: JSONValue, depth: Int = 0) {
        switch value {
        case .null: append("null")
        case .boolean(let isTrue): append(isTrue ? "true" : "false")
        case .unsigned(let number): bytes += number.description.utf8
        case .number(let number): append(number)
        case .text(let text): append(text: text)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                beginItem(isFirst: index == 0, depth: depth + 1)
                append(element, depth: depth + 1)
            }
            end("]", isEmpty: elements.isEmpty, depth: depth)
        case .object(let members):
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                begin(member.key, isFirst: index == 0, depth: depth + 1)
                append(member.value, depth: depth + 1)
            }
            end("}", isEmpty: members.isEmpty, depth: depth)
        }
    }

    /// Ends the line.
    mutating func endLine() { bytes.append(UInt8(ascii: "\n")) }

    /// A member of an object.
    enum Member {
        case value(JSONValue)
        /// A list of so many elements, each made when it is written.
        case list(count: Int, (Int) -> JSONValue)
    }

    /// Adds an object of `members`, which stands in nothing.
    mutating func append(_ members: [String: Member]) {
        bytes.append(UInt8(ascii: "{"))
        let sorted = members.sorted { JSONMembers.precedes($0.key, $1.key) }
        for (index, member) in sorted.enumerated() {
            begin(member.key, isFirst: index == 0, depth: 1)
            switch member.value {
            case .value(let value): append(value, depth: 1)
            case .list(let count, let element):
                bytes.append(UInt8(ascii: "["))
                for index in 0..<count {
                    beginItem(isFirst: index == 0, depth: 2)
                    append(element(index), depth: 2)
                }
                end("]", isEmpty: count == 0, depth: 1)
            }
        }
        end("}", isEmpty: members.isEmpty, depth: 0)
    }

    private mutating func begin(_ key: String, isFirst: Bool, depth: Int) {
        beginItem(isFirst: isFirst, depth: depth)
        append(text: key)
        append(isIndented ? " : " : ":")
    }

    private mutating func append(_ word: StaticString) {
        word.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ number: Double) {
        precondition(number.isFinite, "JSON has no word for \(number)")
        let text = "\(number)"
        bytes += text.hasSuffix(".0") ? text.utf8.dropLast(2) : text.utf8[...]
    }

    private mutating func beginItem(isFirst: Bool, depth: Int) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        beginLine(depth: depth)
    }

    private mutating func end(_ bracket: StaticString, isEmpty: Bool, depth: Int) {
        // An empty line stands in what is empty; programs may compare texts.
        if isIndented, isEmpty { bytes.append(UInt8(ascii: "\n")) }
        beginLine(depth: depth)
        append(bracket)
    }

    private mutating func beginLine(depth: Int) {
        guard isIndented else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
    }

    private mutating func append(text: String) {
        bytes.append(UInt8(ascii: "\""))
        let letters = text.utf8Span.span
        if letters.indices.allSatisfy({ Self.isPlain(letters[$0]) }) {
            bytes.append(contentsOf: text.utf8)
        } else {
            for index in letters.indices {
                let byte = letters[index]
                if Self.isPlain(byte) { bytes.append(byte) } else { append(escape: byte) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func append(escape byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x08: append("\\b")
        case 0x09: append("\\t")
        case 0x0a: append("\\n")
        case 0x0c: append("\\f")
        case 0x0d: append("\\r")
        case _:
            append("\\u00")
            for digit in [byte >> 4, byte & 0xf] {
                bytes.append(digit < 10 ? 0x30 + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
