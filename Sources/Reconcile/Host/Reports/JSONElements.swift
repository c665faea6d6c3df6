/// Cuts JSON into values that fit into memory, byte by byte: the elements of an outermost list, or
/// else outermost objects.
struct JSONElements {
    private var bytes: [UInt8] = []
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    /// Whether the outermost value is a list, whose elements are given one by one.
    private var isList = false
    /// The line at which the value begins that is being gathered.
    private(set) var firstLine = 0
    /// Whether the value being gathered is larger than is kept; then it is passed over.
    private var isTooLong = false

    private static let limit = 16 << 20

    /// What the bytes completed.
    enum Event {
        case nothing
        /// A value, and whether it was the last one of the document.
        case value([UInt8], isLast: Bool)
        /// The end of a list.
        case end
        /// A value that is too large to be read.
        case tooLong(isLast: Bool)
    }

    /// Whether nothing has begun, or everything begun has ended.
    var isComplete: Bool { depth == 0 }

    /// Takes the bytes of `text` from `index` on until one completes something, or to the end.
    ///
    /// `index` is moved behind what was taken, and `line` by the line feeds in it.
    mutating func read(_ text: [UInt8], from index: inout Int, line: inout Int) -> Event {
        let span = text.span
        // What is being gathered begins here, or went on from an earlier part.
        var start = index
        while index < span.count {
            if isInString {
                passString(span, from: &index, line: &line)
                continue
            }
            let byte = span[index]
            index += 1
            switch byte {
            case 0x0a: line += 1
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if depth == 0 { isList = byte == UInt8(ascii: "[") }
                depth += 1
                guard depth == outermost else { continue }
                bytes = []
                isTooLong = false
                firstLine = line
                start = index - 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                guard depth > 0 else { return .end }
                depth -= 1
                if depth == outermost - 1 {
                    gather(text[start..<index])
                    return take(isLast: !isList)
                }
                if depth == 0 { return .end }
            case _: break
            }
        }
        if depth >= outermost { gather(text[start...]) }
        return .nothing
    }

    /// Passes the rest of a string, as far as it is in `text`.
    private mutating func passString(
        _ text: Span<UInt8>, from index: inout Int, line: inout Int
    ) {
        var next = index
        while next < text.count {
            let byte = text[next]
            next += 1
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
                break
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == 0x0a {
                line += 1
            }
        }
        index = next
    }

    /// How many brackets are open in a value that is given.
    private var outermost: Int { isList ? 2 : 1 }

    private mutating func gather(_ part: ArraySlice<UInt8>) {
        if bytes.count + part.count <= Self.limit { bytes += part } else { isTooLong = true }
    }

    private mutating func take(isLast: Bool) -> Event {
        defer { bytes = [] }
        return isTooLong ? .tooLong(isLast: isLast) : .value(bytes, isLast: isLast)
    }
}
