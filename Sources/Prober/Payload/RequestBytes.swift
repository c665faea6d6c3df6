import BasicContainers

/// The bytes of one request while it is written.
///
/// Room for ``capacity`` bytes, made once and used for every request. Numbers are big-endian unless
/// the name says otherwise.
public struct RequestBytes: ~Copyable {
    private var bytes = RigidArray<UInt8>(capacity: capacity)

    /// The longest request: what fits an IPv6 packet of 1,280 bytes (RFC 8200, 5).
    public static let capacity = 1232

    /// Room without bytes.
    public init() {}

    /// How many bytes were written.
    public var count: Int { bytes.count }

    /// The byte at `position`, which must be below `count`.
    public subscript(position: Int) -> UInt8 { bytes[position] }

    /// Takes all bytes away.
    public mutating func removeAll() { bytes.removeAll() }

    /// Adds a byte.
    public mutating func append(_ byte: UInt8) { bytes.append(byte) }

    /// Adds a big-endian number.
    public mutating func append(_ number: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    /// Adds a little-endian number.
    public mutating func append(littleEndian number: some FixedWidthInteger & UnsignedInteger) {
        append(number.byteSwapped)
    }

    /// Adds `byte` as often as `count` says.
    public mutating func append(repeating byte: UInt8, count: Int) {
        for _ in 0..<count { bytes.append(byte) }
    }

    /// Adds the bytes of `text` in UTF-8.
    public mutating func append(text: StaticString) {
        for index in 0..<text.utf8CodeUnitCount { bytes.append(unsafe text.utf8Start[index]) }
    }

    /// Adds bytes written as pairs of hexadecimal digits, which may be parted by spaces.
    ///
    /// For the parts of a request that no name says better than its specification's own bytes.
    public mutating func append(hex digits: StaticString) {
        var high: UInt8?
        for index in 0..<digits.utf8CodeUnitCount {
            let digit: UInt8
            switch unsafe digits.utf8Start[index] {
            case let code where (0x30...0x39).contains(code): digit = code - 0x30
            case let code where (0x61...0x66).contains(code): digit = code - 0x61 + 10
            case 0x20: continue
            default: preconditionFailure("a request is written in lower-case hexadecimal digits")
            }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        precondition(high == nil, "hexadecimal digits come in pairs")
    }

    /// Adds `count` bytes of `token`, from its byte `start` on.
    public mutating func append(_ token: RequestToken, _ count: Int, from start: Int = 0) {
        for position in start..<(start + count) { bytes.append(token[position]) }
    }

    /// Adds `count` bytes of `token`, from its byte `start` on, as twice as many lower-case
    /// hexadecimal digits.
    public mutating func append(hexDigitsOf token: RequestToken, _ count: Int, from start: Int = 0)
    {
        for position in start..<(start + count) {
            append(digit: token[position] >> 4)
            append(digit: token[position] & 15)
        }
    }

    /// Puts `byte` in the place of the one at `index`, which was written before.
    public mutating func replace(at index: Int, with byte: UInt8) { bytes[index] = byte }
}
