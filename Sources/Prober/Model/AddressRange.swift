/// All addresses of one family from `first` to `last`, both included.
public struct AddressRange: Hashable, Sendable {
    /// The lowest address.
    public let first: IPAddress
    /// The highest address, of the same family as `first`.
    public let last: IPAddress

    /// The range from `first` to `last`, or nil when the families differ or the order is wrong.
    public init?(_ first: IPAddress, through last: IPAddress) {
        guard first.family == last.family, first <= last else { return nil }
        self.first = first
        self.last = last
    }

    /// The range that holds one address.
    public init(_ address: IPAddress) {
        first = address
        last = address
    }

    /// The block of `prefixLength` bits that `address` lies in (RFC 4632, RFC 4291), or nil when
    /// the length does not fit the family.
    ///
    /// Host bits of `address` do not matter.
    public init?(block address: IPAddress, prefixLength: Int) {
        let width = address.family.bitCount
        guard (0...width).contains(prefixLength) else { return nil }
        let hostBits: UInt128 =
            width == prefixLength ? 0 : address.family.greatest >> UInt128(prefixLength)
        first = IPAddress(address.family, number: address.number & ~hostBits)
        last = IPAddress(address.family, number: address.number | hostBits)
    }

    /// The family of every address in the range.
    public var family: IPAddress.Family { first.family }

    /// How many addresses follow `first`; one less than the count, which may be 2^128.
    public var span: UInt128 { last.number - first.number }

    /// Whether `address` lies in the range.
    public func contains(_ address: IPAddress) -> Bool {
        first.family == address.family && first <= address && address <= last
    }

    /// The prefix length, when the range is exactly one block.
    public var prefixLength: Int? {
        let hostBits = span
        guard hostBits & (hostBits &+ 1) == 0, first.number & hostBits == 0 else { return nil }
        return family.bitCount - (UInt128.bitWidth - hostBits.leadingZeroBitCount)
    }
}

extension AddressRange: CustomStringConvertible {
    /// An address, a block, or `first-last`: text that parses to the same range.
    public var description: String {
        if first == last { return first.description }
        if let prefixLength { return "\(first)/\(prefixLength)" }
        return "\(first)-\(last)"
    }
}
