/// The tags of an XML text, byte by byte: names and attributes, which is all that nmap's has.
struct XMLTags {
    /// A start tag, an end tag, or both in one.
    struct Tag {
        let name: String
        /// Whether this is `</name>`.
        let isEnd: Bool
        /// Whether this is `<name/>`.
        let isEmpty: Bool
        /// What stands behind the name, of which mostly a little is looked at.
        private let attributes: ArraySlice<UInt8>

        /// The tag whose text between the brackets is `bytes`; nil when it is none.
        fileprivate init?(_ bytes: ArraySlice<UInt8>) {
            var rest = bytes
            isEnd = rest.first == UInt8(ascii: "/")
            if isEnd { rest = rest.dropFirst() }
            isEmpty = rest.last == UInt8(ascii: "/")
            if isEmpty { rest = rest.dropLast() }
            let name = rest.prefix { !Self.isSpace($0) }
            guard let first = name.first, first != UInt8(ascii: "!"), first != UInt8(ascii: "?")
            else { return nil }
            self.name = name.text
            attributes = rest[name.endIndex...]
        }

        /// The value of the attribute `key`; nil when there is none.
        subscript(key: StaticString) -> String? {
            var rest = attributes
            while true {
                rest = rest.drop(while: Self.isSpace)
                let name = rest.prefix { $0 != UInt8(ascii: "=") && !Self.isSpace($0) }
                rest = rest[name.endIndex...].drop(while: Self.isSpace)
                guard !name.isEmpty, rest.first == UInt8(ascii: "=") else { return nil }
                rest = rest.dropFirst().drop(while: Self.isSpace)
                guard let quote = rest.first,
                    quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
                else { return nil }
                rest = rest.dropFirst()
                let value = rest.prefix { $0 != quote }
                if name.count == key.utf8CodeUnitCount, name.hasPrefix(key) {
                    let isPlain = !value.contains(UInt8(ascii: "&"))
                    return isPlain ? value.text : XMLTags.unescaped(value.text)
                }
                rest = rest[value.endIndex...].dropFirst()
            }
        }

        private static func isSpace(_ byte: UInt8) -> Bool { byte <= 0x20 }
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
            if case .text = place {
                while index < span.count, span[index] != UInt8(ascii: "<") {
                    if span[index] == 0x0a { line += 1 }
                    index += 1
                }
                guard index < span.count else { return nil }
                index += 1
                begin(.tag)
                continue
            }
            let byte = span[index]
            index += 1
            if byte == 0x0a { line += 1 }
            switch place {
            case .text: break
            case .quoted(let quote):
                append(byte)
                if byte == quote { place = .tag }
            case .tag where byte == UInt8(ascii: ">"):
                place = .text
                if let tag = Tag(bytes[...]) { return tag }
            case .tag:
                append(byte)
                readInTag(byte)
            case .skipped(let ending):
                bytes.append(byte)
                if bytes.count > ending.count { bytes.removeFirst() }
                if bytes == ending { place = .text }
            }
        }
        return nil
    }

    /// Goes on in `place`, of which nothing was seen.
    private mutating func begin(_ place: Place) {
        self.place = place
        bytes = []
        bytes.reserveCapacity(128)
    }

    /// Finds what quotes, and what begins like a tag and is none.
    private mutating func readInTag(_ byte: UInt8) {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            place = .quoted(byte)
        } else if bytes.count == 3, bytes.starts(with: "!--".utf8) {
            begin(.skipped(ending: Array("-->".utf8)))
        } else if bytes.count == 8, bytes.starts(with: "![CDATA[".utf8) {
            begin(.skipped(ending: Array("]]>".utf8)))
        } else if byte == UInt8(ascii: "?"), bytes.count == 1 {
            begin(.skipped(ending: Array("?>".utf8)))
        }
    }

    private mutating func append(_ byte: UInt8) {
        if bytes.count < Self.limit { bytes.append(byte) }
    }

    /// The five entities that XML knows; numbers are left as they are, because nothing needs them.
    fileprivate static func unescaped(_ text: String) -> String {
        var text = text
        for (entity, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&"),
        ] {
            text = text.replacing(entity, with: character)
        }
        return text
    }
}
