/// Turns the bytes of a report, in whichever encoding, into bytes of UTF-8, chunk by chunk.
struct ReportBytes {
    private enum Encoding {
        case undecided, bytes, utf16(isLittleEndian: Bool)
    }

    private var encoding = Encoding.undecided
    private var pending: [UInt8] = []
    private var highSurrogate: UInt16?

    /// The bytes of `chunk`, once enough was seen to know the encoding.
    mutating func decode(_ chunk: [UInt8]) -> [UInt8] {
        switch encoding {
        case .bytes: return chunk
        case .utf16(let isLittleEndian): return transcode(chunk, isLittleEndian)
        case .undecided:
            pending += chunk
            return pending.count < 4 ? [] : decide()
        }
    }

    /// What is left when the report has ended.
    mutating func finish() -> [UInt8] {
        if case .undecided = encoding { return decide() }
        return []
    }

    private mutating func decide() -> [UInt8] {
        var start = pending[...]
        pending = []
        if start.starts(with: [0xef, 0xbb, 0xbf]) {
            start = start.dropFirst(3)
        } else if start.starts(with: [0xff, 0xfe]) {
            encoding = .utf16(isLittleEndian: true)
            return transcode(Array(start.dropFirst(2)), true)
        } else if start.starts(with: [0xfe, 0xff]) {
            encoding = .utf16(isLittleEndian: false)
            return transcode(Array(start.dropFirst(2)), false)
        } else if start.count >= 4, start[start.startIndex + 1] == 0,
            start[start.startIndex + 3] == 0,
            start[start.startIndex] != 0
        {
            encoding = .utf16(isLittleEndian: true)
            return transcode(Array(start), true)
        }
        encoding = .bytes
        return Array(start)
    }

    private mutating func transcode(_ chunk: [UInt8], _ isLittleEndian: Bool) -> [UInt8] {
        let bytes = pending + chunk
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var index = 0
        while index + 1 < bytes.count {
            let low = UInt16(bytes[isLittleEndian ? index : index + 1])
            let high = UInt16(bytes[isLittleEndian ? index + 1 : index])
            index += 2
            append(high << 8 | low, to: &text)
        }
        pending = Array(bytes[index...])
        return text
    }

    private mutating func append(_ unit: UInt16, to text: inout [UInt8]) {
        if unit < 0x80 {
            text.append(UInt8(truncatingIfNeeded: unit))
            return
        }
        if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
            return
        }
        var scalar = Unicode.Scalar(UInt32(unit))
        if UTF16.isTrailSurrogate(unit), let lead = highSurrogate {
            let value = 0x10000 + (UInt32(lead & 0x3ff) << 10 | UInt32(unit & 0x3ff))
            scalar = Unicode.Scalar(value)
        }
        highSurrogate = nil
        text += Array(String(Character(scalar ?? "\u{fffd}")).utf8)
    }
}
