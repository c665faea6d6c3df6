/// How replies in text are read.
extension RawSpan {
    /// Where `text` begins, at `start` or behind it.
    func position(of text: StaticString, from start: Int = 0) -> Int? {
        let last = byteCount - text.utf8CodeUnitCount
        guard start >= 0, start <= last else { return nil }
        return (start...last).first { has(text, at: $0) }
    }

    /// Whether a line after the first begins with `name`, which is in lower case, in whichever case.
    func hasHeader(_ name: StaticString) -> Bool {
        var start = 0
        while let lineEnd = position(of: "\n", from: start) {
            start = lineEnd + 1
            if hasIgnoringCase(name, at: start) { return true }
        }
        return false
    }

    /// Whether the bytes at `offset` are `text`, which is in lower case, in whichever case.
    func hasIgnoringCase(_ text: StaticString, at offset: Int) -> Bool {
        let length = text.utf8CodeUnitCount
        guard offset >= 0, offset <= byteCount, byteCount - offset >= length else { return false }
        return (0..<length).allSatisfy { index in
            let byte = byte(at: offset + index) ?? 0
            let isCapital = (0x41...0x5a).contains(byte)
            return unsafe (isCapital ? byte | 0x20 : byte) == text.utf8Start[index]
        }
    }

    /// Whether `count` bytes of `token`, from its byte `start` on, stand somewhere as lower-case
    /// hexadecimal digits.
    func hasHexDigits(of token: RequestToken, _ count: Int, from start: Int = 0) -> Bool {
        let last = byteCount - 2 * count
        guard last >= 0 else { return false }
        return (0...last).contains { hasHexDigits(of: token, count, from: start, at: $0) }
    }

    /// Whether `count` bytes of `token`, from its byte `start` on, stand at `offset` as lower-case
    /// hexadecimal digits.
    func hasHexDigits(
        of token: RequestToken, _ count: Int, from start: Int = 0, at offset: Int
    ) -> Bool {
        (0..<(2 * count)).allSatisfy { index in
            let byte = token[start + index / 2]
            let digit = index % 2 == 0 ? byte >> 4 : byte & 15
            return self.byte(at: offset + index) == (digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }

    /// Whether `count` bytes at `offset` are lower-case hexadecimal digits.
    func isHexDigits(_ count: Int, at offset: Int) -> Bool {
        (offset..<(offset + count)).allSatisfy { position in
            guard let byte = byte(at: position) else { return false }
            return (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte)
        }
    }

    /// Whether all bytes are printable ASCII, white space or line ends, and at least eight of them.
    ///
    /// Less could as well be something else.
    var isPlainText: Bool {
        byteCount >= 8
            && (0..<byteCount).allSatisfy { offset in
                switch byte(at: offset) {
                case .some(0x20...0x7e), 0x09, 0x0a, 0x0c, 0x0d: true
                default: false
                }
            }
    }
}
