/// Reads text that is JSON (RFC 8259), in one pass and without a value in between.
///
/// A report may have a million rows, each an object of its own.
struct JSONParser {
    private var offset = 0
    /// Whether bytes that are no UTF-8, and halves of surrogate pairs, become U+FFFD.
    private let isRepairing: Bool

    /// Deeper than any file that means something; the stack ends somewhere.
    private static let depthLimit = 512

    private init(isRepairing: Bool) { self.isRepairing = isRepairing }

    /// The value that `bytes` are; nil when they are no JSON.
    ///
    /// Of several members with one key the first counts. Text that is no Unicode is refused, unless
    /// `repairingText`.
    static func value(of bytes: [UInt8], repairingText: Bool = false) -> JSONValue? {
        var parser = JSONParser(isRepairing: repairingText)
        let text = bytes.span
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { parser.offset = 3 }
        guard let value = parser.value(text, depth: 0) else { return nil }
        parser.passSpace(text)
        return parser.offset == text.count ? value : nil
    }

    private mutating func passSpace(_ text: Span<UInt8>) {
        while offset < text.count, text[offset] <= 0x20 {
            switch text[offset] {
            case 0x20, 0x09, 0x0a, 0x0d: offset += 1
            case _: return
            }
        }
    }

    /// The byte that comes next after spaces; zero at the end.
    private mutating func peek(_ text: Span<UInt8>) -> UInt8 {
        passSpace(text)
        return offset < text.count ? text[offset] : 0
    }

    private mutating func value(_ text: Span<UInt8>, depth: Int) -> JSONValue? {
        guard depth < Self.depthLimit else { return nil }
        switch peek(text) {
        case UInt8(ascii: "\""): return string(text).map(JSONValue.text)
        case UInt8(ascii: "{"): return object(text, depth: depth + 1)
        case UInt8(ascii: "["): return array(text, depth: depth + 1)
        case UInt8(ascii: "t"): return passes("true", text) ? .boolean(true) : nil
        case UInt8(ascii: "f"): return passes("false", text) ? .boolean(false) : nil
        case UInt8(ascii: "n"): return passes("null", text) ? .null : nil
        case _: return number(text)
        }
    }

    private mutating func passes(_ word: StaticString, _ text: Span<UInt8>) -> Bool {
        let end = offset + word.utf8CodeUnitCount
        guard end <= text.count else { return false }
        let isEqual = word.withUTF8Buffer { letters in
            letters.indices.allSatisfy { unsafe letters[$0] == text[offset + $0] }
        }
        if isEqual { offset = end }
        return isEqual
    }

    private mutating func object(_ text: Span<UInt8>, depth: Int) -> JSONValue? {
        offset += 1
        if peek(text) == UInt8(ascii: "}") {
            offset += 1
            return .object(JSONMembers())
        }
        var members: [JSONMembers.Member] = []
        members.reserveCapacity(8)
        while true {
            guard peek(text) == UInt8(ascii: "\""), let key = string(text),
                peek(text) == UInt8(ascii: ":")
            else { return nil }
            offset += 1
            guard let value = value(text, depth: depth) else { return nil }
            members.append(JSONMembers.Member(key: key, value: value))
            switch peek(text) {
            case UInt8(ascii: ","): offset += 1
            case UInt8(ascii: "}"):
                offset += 1
                return .object(JSONMembers(inAnyOrder: members))
            case _: return nil
            }
        }
    }

    private mutating func array(_ text: Span<UInt8>, depth: Int) -> JSONValue? {
        offset += 1
        var elements: [JSONValue] = []
        if peek(text) == UInt8(ascii: "]") {
            offset += 1
            return .array(elements)
        }
        while true {
            guard let value = value(text, depth: depth) else { return nil }
            elements.append(value)
            switch peek(text) {
            case UInt8(ascii: ","): offset += 1
            case UInt8(ascii: "]"):
                offset += 1
                return .array(elements)
            case _: return nil
            }
        }
    }

    /// Reads the string whose first quote is at `offset`.
    private mutating func string(_ text: Span<UInt8>) -> String? {
        offset += 1
        let start = offset
        while offset < text.count {
            switch text[offset] {
            case UInt8(ascii: "\""):
                defer { offset += 1 }
                return decoded(text.extracting(start..<offset))
            case UInt8(ascii: "\\"): return escapedString(text, from: start)
            case ..<0x20: return nil
            case _: offset += 1
            }
        }
        return nil
    }

    /// Reads on in a string with escapes, of which there were none from `start` to `offset`.
    private mutating func escapedString(_ text: Span<UInt8>, from start: Int) -> String? {
        var bytes: [UInt8] = []
        for index in start..<offset { bytes.append(text[index]) }
        while offset < text.count {
            let byte = text[offset]
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return decoded(bytes.span)
            case UInt8(ascii: "\\"):
                guard let scalar = escape(text) else { return nil }
                bytes += UTF8.encode(scalar) ?? UTF8.EncodedScalar()
            case ..<0x20: return nil
            case _: bytes.append(byte)
            }
        }
        return nil
    }

    /// Reads what stands behind a backslash.
    private mutating func escape(_ text: Span<UInt8>) -> Unicode.Scalar? {
        guard offset < text.count else { return nil }
        let letter = text[offset]
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let unit = codeUnit(text) else { return nil }
            if let scalar = Unicode.Scalar(UInt32(unit)) { return scalar }
            let mark = offset
            if UTF16.isLeadSurrogate(unit), passes("\\u", text), let trail = codeUnit(text),
                UTF16.isTrailSurrogate(trail)
            {
                return Unicode.Scalar(
                    0x10000 + (UInt32(unit & 0x3ff) << 10 | UInt32(trail & 0x3ff)))
            }
            offset = mark
            return isRepairing ? "\u{fffd}" : nil
        case _: return nil
        }
    }

    /// Reads four hexadecimal digits.
    private mutating func codeUnit(_ text: Span<UInt8>) -> UInt16? {
        guard text.count - offset >= 4 else { return nil }
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(text[offset])).hexDigitValue else {
                return nil
            }
            unit = unit << 4 | UInt16(digit)
            offset += 1
        }
        return unit
    }

    private func decoded(_ bytes: Span<UInt8>) -> String? {
        if let text = try? UTF8Span(validating: bytes) { return String(copying: text) }
        guard isRepairing else { return nil }
        return String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }

    /// Reads a number: whole ones from 0 up exactly, where they fit.
    private mutating func number(_ text: Span<UInt8>) -> JSONValue? {
        let start = offset
        var whole: UInt64? = 0
        if offset < text.count, text[offset] == UInt8(ascii: "-") { offset += 1 }
        let digits = offset
        while let digit = digit(text) {
            let (product, isTooLarge) = (whole ?? 0).multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeToo) = product.addingReportingOverflow(digit)
            if isTooLarge || isTooLargeToo { whole = nil }
            whole = whole == nil ? nil : sum
            offset += 1
        }
        guard offset > digits, offset == digits + 1 || text[digits] != UInt8(ascii: "0")
        else { return nil }
        let isWhole =
            offset >= text.count
            || ![UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E")].contains(text[offset])
        if isWhole, digits == start, let whole { return .unsigned(whole) }
        guard passesFraction(text) else { return nil }
        let bytes = (start..<offset).map { text[$0] }
        guard let number = Double(String(decoding: bytes, as: UTF8.self)), number.isFinite else {
            return nil
        }
        return UInt64(exactly: number).map(JSONValue.unsigned) ?? .number(number)
    }

    private func digit(_ text: Span<UInt8>) -> UInt64? {
        guard offset < text.count, (0x30...0x39).contains(text[offset]) else { return nil }
        return UInt64(text[offset] - 0x30)
    }

    /// Passes what may follow the digits of a whole number: `.5`, `e+7`.
    private mutating func passesFraction(_ text: Span<UInt8>) -> Bool {
        if offset < text.count, text[offset] == UInt8(ascii: ".") {
            offset += 1
            guard passesDigits(text) else { return false }
        }
        guard offset < text.count, text[offset] | 0x20 == UInt8(ascii: "e") else { return true }
        offset += 1
        if offset < text.count,
            text[offset] == UInt8(ascii: "+") || text[offset] == UInt8(ascii: "-")
        {
            offset += 1
        }
        return passesDigits(text)
    }

    private mutating func passesDigits(_ text: Span<UInt8>) -> Bool {
        let start = offset
        while digit(text) != nil { offset += 1 }
        return offset > start
    }
}
