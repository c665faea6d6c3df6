/// Bytes of a report, taken apart without making texts of them.
extension ArraySlice<UInt8> {
    /// The bytes as text: UTF-8, or else one character a byte, as old Windows writes.
    var text: String {
        if let text = try? UTF8Span(validating: span) { return String(copying: text) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * count)
        for byte in self {
            if byte < 0x80 {
                bytes.append(byte)
            } else {
                bytes.append(0xc0 | byte >> 6)
                bytes.append(0x80 | byte & 0x3f)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The bytes without spaces, tabs and control characters at the ends.
    var trimmed: ArraySlice<UInt8> {
        var (start, end) = (startIndex, endIndex)
        while start < end, self[start] <= 0x20 { start += 1 }
        while start < end, self[end - 1] <= 0x20 { end -= 1 }
        return self[start..<end]
    }

    /// Whether the bytes begin with those of `word`.
    func hasPrefix(_ word: StaticString) -> Bool { has(word, at: startIndex) }

    /// Whether the bytes end with those of `word`.
    func hasSuffix(_ word: StaticString) -> Bool {
        has(word, at: endIndex - word.utf8CodeUnitCount)
    }

    /// Where `word` stands for the first time.
    func firstRange(of word: StaticString) -> Range<Int>? {
        let letter = word.withUTF8Buffer { unsafe $0[0] }
        var rest = self
        while let start = rest.firstIndex(of: letter) {
            if has(word, at: start) { return start..<(start + word.utf8CodeUnitCount) }
            rest = self[(start + 1)...]
        }
        return nil
    }

    /// Where `word` stands for the last time.
    func lastRange(of word: StaticString) -> Range<Int>? {
        let letter = word.withUTF8Buffer { unsafe $0[0] }
        var rest = self
        while let start = rest.lastIndex(of: letter) {
            if has(word, at: start) { return start..<(start + word.utf8CodeUnitCount) }
            rest = self[..<start]
        }
        return nil
    }

    private func has(_ word: StaticString, at start: Int) -> Bool {
        guard start >= startIndex, endIndex - start >= word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { letters in
            letters.indices.allSatisfy { unsafe self[start + $0] == letters[$0] }
        }
    }

    /// The number that the bytes are in decimal digits; nil when they are none, or it is too large.
    func number<Number: FixedWidthInteger>(as type: Number.Type) -> Number? {
        guard !isEmpty else { return nil }
        var number: Number = 0
        for byte in self {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeToo) = product.addingReportingOverflow(
                Number(truncatingIfNeeded: byte - UInt8(ascii: "0")))
            guard !isTooLarge, !isTooLargeToo else { return nil }
            number = sum
        }
        return number
    }
}
