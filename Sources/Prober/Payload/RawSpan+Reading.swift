extension RawSpan {
    /// The byte at `offset`, or nil beyond the end.
    package func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < byteCount else { return nil }
        return unsafe unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The big-endian number at `offset`, or nil when it does not fit.
    package func number<Number: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        at offset: Int, _ type: Number.Type = Number.self
    ) -> Number? {
        guard offset >= 0, offset <= byteCount, byteCount - offset >= Number.bitWidth / 8
        else { return nil }
        return unsafe Number(
            bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    /// Whether `count` bytes at `offset` are those of `token` from its byte `start` on.
    package func matches(
        _ token: RequestToken, _ count: Int, at offset: Int, from start: Int = 0
    ) -> Bool {
        guard offset >= 0, offset <= byteCount, byteCount - offset >= count else { return false }
        return (0..<count).allSatisfy { byte(at: offset + $0) == token[start + $0] }
    }

    /// Whether the bytes at `offset` are those of `text`.
    package func has(_ text: StaticString, at offset: Int = 0) -> Bool {
        let length = text.utf8CodeUnitCount
        guard offset >= 0, offset <= byteCount, byteCount - offset >= length else { return false }
        return (0..<length).allSatisfy { unsafe byte(at: offset + $0) == text.utf8Start[$0] }
    }
}
