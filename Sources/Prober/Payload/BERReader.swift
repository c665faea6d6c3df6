/// Reads the elements of a message in the Basic Encoding Rules (ITU-T X.690), one after another.
///
/// It holds positions, not bytes: each call is given the datagram again.
struct BERReader {
    private var position: Int
    private let end: Int

    /// A reader of the elements within `content`.
    init(_ content: Range<Int>) {
        position = content.lowerBound
        end = content.upperBound
    }

    /// The tag of the next element; nil at the end.
    func tag(in bytes: RawSpan) -> UInt8? {
        position < end ? bytes.byte(at: position) : nil
    }

    /// Moves past the next element and gives where its content is; nil if it is not whole, or its
    /// tag is another.
    mutating func content(of tag: UInt8, in bytes: RawSpan) -> Range<Int>? {
        guard self.tag(in: bytes) == tag, let first = bytes.byte(at: position + 1) else {
            return nil
        }
        var start = position + 2
        var length = Int(first)
        if first >= 0x80 {
            // Longer lengths than four bytes, and those without an end, fit no datagram.
            guard (0x81...0x84).contains(first) else { return nil }
            length = 0
            for _ in 0..<(first & 0x7f) {
                guard let byte = bytes.byte(at: start) else { return nil }
                length = length << 8 | Int(byte)
                start += 1
            }
        }
        guard start <= end, length <= end - start, end <= bytes.byteCount else { return nil }
        position = start + length
        return start..<position
    }

    /// Moves past the next element and gives its content as a number of up to eight bytes.
    mutating func number(_ tag: UInt8 = 0x02, in bytes: RawSpan) -> UInt64? {
        guard let content = content(of: tag, in: bytes), (1...8).contains(content.count) else {
            return nil
        }
        return content.reduce(UInt64(0)) { $0 << 8 | UInt64(bytes.byte(at: $1) ?? 0) }
    }
}

extension RequestToken {
    /// The first bytes as an integer that is positive and fills its bytes (X.690, 8.3).
    func berInteger(byteCount: Int) -> UInt32 {
        let number = self.number(UInt32.self) >> UInt32(32 - 8 * byteCount)
        let topBits = UInt32(8 * byteCount - 2)
        return number & ((1 << topBits) - 1) | 1 << topBits
    }
}
