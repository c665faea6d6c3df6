/// The tags of an XML text, byte by byte: names and attributes, which is all that nmap's has.
struct XMLTags {
    /// A start tag, an end tag, or both in one.
    struct Tag {
        var name: String
        var attributes: [String: String]
        /// Whether this is `</name>`.
        var isEnd: Bool
        /// Whether this is `<name/>`.
        var isEmpty: Bool
    }

    private enum Place {
        case text
        case tag
        /// Between quotes of this kind, in a tag.
        case quoted(UInt8)
        /// In a comment, CDATA or an instruction, until `ending`.
        case skipped(ending: [UInt8])
    }

    private var place = Place.text
    private var bytes: [UInt8] = []

    /// Longer tags are passed over.
    private static let limit = 4 << 20

    /// Takes the bytes of `text` from `index` on until one completes a tag, or to the end.
    ///
    /// `index` is moved behind what was taken, and `line` by the line feeds in it.
    mutating func read(_ text: [UInt8], from index: inout Int, line: inout Int) -> Tag? {
        let span = text.span
        while index < span.count {
            let byte = span[index]
            index += 1
            if byte == 0x0a { line += 1 }
            switch place {
            case .text:
                if byte == UInt8(ascii: "<") {
                    place = .tag
                    bytes = []
                }
            case .quoted(let quote):
                append(byte)
                if byte == quote { place = .tag }
            case .tag:
                if byte == UInt8(ascii: ">") {
                    place = .text
                    if let tag = Self.tag(bytes) { return tag }
                } else {
                    append(byte)
                    readInTag(byte)
                }
            case .skipped(let ending):
                bytes.append(byte)
                if bytes.count > ending.count { bytes.removeFirst() }
                if bytes == ending {
                    place = .text
                    bytes = []
                }
            }
        }
        return nil
    }

    /// Finds what quotes, and what begins like a tag and is none.
    private mutating func readInTag(_ byte: UInt8) {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            place = .quoted(byte)
        } else if bytes.count == 3, bytes.starts(with: "!--".utf8) {
            place = .skipped(ending: Array("-->".utf8))
            bytes = []
        } else if bytes.count == 8, bytes.starts(with: "![CDATA[".utf8) {
            place = .skipped(ending: Array("]]>".utf8))
            bytes = []
        } else if byte == UInt8(ascii: "?"), bytes.count == 1 {
            place = .skipped(ending: Array("?>".utf8))
            bytes = []
        }
    }

    private mutating func append(_ byte: UInt8) {
        if bytes.count < Self.limit { bytes.append(byte) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }

    private static func tag(_ bytes: [UInt8]) -> Tag? {
        var rest = bytes[...]
        let isEnd = rest.first == UInt8(ascii: "/")
        if isEnd { rest = rest.dropFirst() }
        let isEmpty = rest.last == UInt8(ascii: "/")
        if isEmpty { rest = rest.dropLast() }
        let name = rest.prefix { !isSpace($0) }
        guard let first = name.first, first != UInt8(ascii: "!"), first != UInt8(ascii: "?") else {
            return nil
        }
        rest = rest.dropFirst(name.count)
        var attributes: [String: String] = [:]
        while attributes.count < 100 {
            rest = rest.drop(while: isSpace)
            let key = rest.prefix { $0 != UInt8(ascii: "=") && !isSpace($0) }
            rest = rest.dropFirst(key.count).drop(while: isSpace)
            guard !key.isEmpty, rest.first == UInt8(ascii: "=") else { break }
            rest = rest.dropFirst().drop(while: isSpace)
            guard let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
            else { break }
            rest = rest.dropFirst()
            let value = rest.prefix { $0 != quote }
            rest = rest.dropFirst(value.count).dropFirst()
            attributes[key.text] = unescaped(value.text)
        }
        return Tag(name: name.text, attributes: attributes, isEnd: isEnd, isEmpty: isEmpty)
    }

    /// The five entities that XML knows; numbers are left as they are, because nothing needs them.
    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var text = text
        for (entity, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
        ] {
            text = text.replacing(entity, with: character)
        }
        return text
    }
}
