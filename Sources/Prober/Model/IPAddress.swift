/// An IPv4 or IPv6 address, in host byte order, without a zone.
///
/// IPv4 sorts before IPv6. A mapped address (`::ffff:192.0.2.1`) stays an IPv6 address; see
/// ``mappedIPv4``.
public enum IPAddress: Hashable, Comparable, Sendable {
    case v4(UInt32)
    case v6(high: UInt64, low: UInt64)

    /// The address family, which decides the width of an address.
    public enum Family: Hashable, Comparable, Sendable, CaseIterable {
        case ipv4, ipv6

        /// The width of an address of this family, in bits.
        public var bitCount: Int { self == .ipv4 ? 32 : 128 }

        /// The number of the highest address of this family.
        package var greatest: UInt128 { self == .ipv4 ? UInt128(UInt32.max) : UInt128.max }
    }

    /// The address of `family` whose bits are the number `number`.
    ///
    /// For IPv4 only the low 32 bits of `number` are used.
    public init(_ family: Family, number: UInt128) {
        switch family {
        case .ipv4: self = .v4(UInt32(truncatingIfNeeded: number))
        case .ipv6:
            self = .v6(
                high: UInt64(truncatingIfNeeded: number >> 64),
                low: UInt64(truncatingIfNeeded: number))
        }
    }

    /// The family of this address.
    public var family: Family {
        switch self {
        case .v4: .ipv4
        case .v6: .ipv6
        }
    }

    /// The address read as one big-endian number.
    public var number: UInt128 {
        switch self {
        case .v4(let bits): UInt128(bits)
        case .v6(let high, let low): UInt128(high) << 64 | UInt128(low)
        }
    }

    /// The IPv4 address inside an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2), else nil.
    public var mappedIPv4: IPAddress? {
        guard case .v6(0, let low) = self, low >> 32 == 0xffff else { return nil }
        return .v4(UInt32(truncatingIfNeeded: low))
    }

    /// The address that stands for every address of this one's family.
    var wildcard: IPAddress { family.wildcard }

    /// Whether this is the wildcard a socket binds to: `0.0.0.0` or `::`.
    public var isUnspecified: Bool { number == 0 }

    /// Whether packets to this address never leave the host: 127.0.0.0/8, ::1 and the former mapped.
    public var isLoopback: Bool {
        switch self {
        case .v4(let bits): bits >> 24 == 127
        case .v6(0, 1): true
        case .v6: mappedIPv4?.isLoopback ?? false
        }
    }
}

extension IPAddress.Family {
    /// The address that stands for every address of the family.
    var wildcard: IPAddress {
        switch self {
        case .ipv4: .v4(0)
        case .ipv6: .v6(high: 0, low: 0)
        }
    }
}
