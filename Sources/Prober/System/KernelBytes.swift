extension RandomAccessCollection<UInt8> where Index == Int {
    /// The number in host byte order that starts `offset` bytes in, or nil when it does not fit.
    package func integer<Number: FixedWidthInteger>(
        _ type: Number.Type = Number.self, at offset: Int = 0
    ) -> Number? {
        let width = Number.bitWidth / 8
        guard offset >= 0, offset <= count, count - offset >= width else { return nil }
        let first = startIndex + offset
        let value = (0..<width).reduce(Number.zero) { value, position in
            value | Number(truncatingIfNeeded: self[first + position]) << Number(8 * position)
        }
        return Number(littleEndian: value)
    }

    /// The address in network byte order that these bytes are: four for IPv4, sixteen for IPv6.
    package var address: IPAddress? {
        let number = reduce(UInt128.zero) { $0 << 8 | UInt128($1) }
        return switch count {
        case 4: IPAddress(.ipv4, number: number)
        case 16: IPAddress(.ipv6, number: number)
        default: nil
        }
    }
}

extension ArraySlice<UInt8> {
    /// The kernel structure at the start of these bytes, or nil when they are too few.
    ///
    /// `Structure` must be made of integers only, so that every bit pattern is a value of it.
    func structure<Structure: BitwiseCopyable>(_ type: Structure.Type) -> Structure? {
        guard count >= MemoryLayout<Structure>.size else { return nil }
        return unsafe withUnsafeBytes { unsafe $0.loadUnaligned(as: type) }
    }
}

extension [UInt8] {
    /// The bytes of `structure` as the kernel reads them; it must have been set to zero first.
    init<Structure: BitwiseCopyable>(of structure: Structure) {
        self = unsafe Swift.withUnsafeBytes(of: structure) { unsafe Array($0) }
    }
}
