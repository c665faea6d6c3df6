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

    /// What a byte completed.
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

    /// Takes the next byte, which stands on line `line`.
    mutating func read(_ byte: UInt8, line: Int) -> Event {
        if isInString {
            append(byte)
            if isEscaped {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else if byte == UInt8(ascii: "\"") {
                isInString = false
            }
            return .nothing
        }
        switch byte {
        case UInt8(ascii: "["), UInt8(ascii: "{"):
            if depth == 0 {
                isList = byte == UInt8(ascii: "[")
                bytes = []
                isTooLong = false
                firstLine = line
            } else if depth == 1, isList {
                bytes = []
                isTooLong = false
                firstLine = line
            }
            depth += 1
            if depth > 1 || !isList { append(byte) }
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            guard depth > 0 else { return .end }
            depth -= 1
            if depth == 0, isList { return .end }
            append(byte)
            if depth == (isList ? 1 : 0) { return take(isLast: !isList) }
        case UInt8(ascii: "\""):
            isInString = true
            append(byte)
        default:
            if depth > (isList ? 1 : 0) { append(byte) }
        }
        return .nothing
    }

    private mutating func append(_ byte: UInt8) {
        if bytes.count < Self.limit { bytes.append(byte) } else { isTooLong = true }
    }

    private mutating func take(isLast: Bool) -> Event {
        defer { bytes = [] }
        return isTooLong ? .tooLong(isLast: isLast) : .value(bytes, isLast: isLast)
    }
}
