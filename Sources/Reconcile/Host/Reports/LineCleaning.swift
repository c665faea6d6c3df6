/// Takes out of a line what terminals, mail and documents put into it.
enum LineCleaning {
    /// The line without colours, form feeds and blanks that do not break; as it is when it has none.
    static func cleaned(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isPlain = line.allSatisfy { $0 >= 0x20 && $0 < 0x80 || $0 == 0x09 }
        if isPlain { return line }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(line.count)
        var index = line.startIndex
        while index < line.endIndex {
            let byte = line[index]
            let next = index + 1 < line.endIndex ? line[index + 1] : 0
            if byte == 0x1b {
                index = afterEscape(line, index)
                continue
            }
            if byte == 0xc2, next == 0xa0 {
                bytes.append(0x20)
                index += 2
                continue
            }
            bytes.append(byte < 0x20 && byte != 0x09 ? 0x20 : byte)
            index += 1
        }
        return bytes[...]
    }

    /// Where the escape sequence that begins at `start` ends (ECMA-48, 5.4).
    private static func afterEscape(_ line: ArraySlice<UInt8>, _ start: Int) -> Int {
        var index = start + 1
        guard index < line.endIndex, line[index] == UInt8(ascii: "[") else {
            return min(index + 1, line.endIndex)
        }
        index += 1
        while index < line.endIndex, !(0x40...0x7e).contains(line[index]) { index += 1 }
        return min(index + 1, line.endIndex)
    }
}
