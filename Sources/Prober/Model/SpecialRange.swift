/// A range of addresses that is no place for a host, refused unless `--allow-special` is given.
///
/// Taken from the IANA registries of special-purpose addresses and the standards named. Not here,
/// because owners and their labs use them: private addresses (RFC 1918, RFC 4193), the shared range
/// 100.64.0.0/10 (RFC 6598), documentation (RFC 5737, RFC 3849, RFC 9637), benchmarking (RFC 2544,
/// RFC 5180) and loopback.
public struct SpecialRange: Hashable, Sendable {
    /// The addresses: always one block.
    public let range: AddressRange
    /// What the standard calls the range.
    public let name: String
    /// Why it is not probed.
    public let reason: String
    /// The standard that sets it apart, as `RFC 3927`.
    public let standard: String

    /// Every special range; one that lies within another comes before it.
    public static let all: [SpecialRange] = [
        ipv4(0x0000_0000, 8, "this network", "means the sending host itself", "RFC 791"),
        ipv4(
            0xa9fe_0000, 16, "link-local", "holds cloud metadata services and is not routed",
            "RFC 3927"),
        ipv4(
            0xc000_0000, 24, "protocol assignments", "is for protocols, not for hosts", "RFC 6890"),
        ipv4(
            0xc058_6300, 24, "6to4 relay anycast", "leads to whichever relay is near", "RFC 7526"),
        ipv4(0xe000_0000, 4, "multicast", "reaches many hosts at once", "RFC 1112"),
        ipv4(0xffff_ffff, 32, "limited broadcast", "reaches every host of the link", "RFC 919"),
        ipv4(0xf000_0000, 4, "reserved", "is not assigned to anyone", "RFC 1112"),
        ipv6(0, 0, 128, "unspecified", "means no address", "RFC 4291"),
        ipv6(
            0, 0xffff_0000_0000, 96, "IPv4-mapped", "would be sent as IPv4: write the IPv4 address",
            "RFC 4291"),
        ipv6(
            0x0064_ff9b_0000_0000, 0, 96, "NAT64", "is translated to IPv4: write the IPv4 address",
            "RFC 6052"),
        ipv6(
            0x0064_ff9b_0001_0000, 0, 48, "local NAT64",
            "is translated to IPv4: write the IPv4 address", "RFC 8215"),
        ipv6(0x0100_0000_0000_0000, 0, 64, "discard-only", "is dropped by routers", "RFC 6666"),
        ipv6(
            0x2001_0000_0000_0000, 0, 23, "protocol assignments",
            "is for protocols such as Teredo, not for hosts", "RFC 2928"),
        ipv6(
            0x2002_0000_0000_0000, 0, 16, "6to4", "is sent as IPv4 to the address inside it",
            "RFC 3056"),
        ipv6(
            0xfe80_0000_0000_0000, 0, 10, "link-local", "needs a zone, and targets have none",
            "RFC 4291"),
        ipv6(0xff00_0000_0000_0000, 0, 8, "multicast", "reaches many hosts at once", "RFC 4291"),
    ]

    /// Addresses that were asked for and are refused, and the reason.
    public struct Refusal: Hashable, Sendable {
        /// The addresses refused.
        public let addresses: TargetSet
        /// The special range they lie in.
        public let special: SpecialRange
    }

    /// The parts of `targets` that are refused, each with its reason.
    ///
    /// No address is in two of them. The addresses in `own`, those of this machine, are never
    /// refused.
    public static func refusals(
        of targets: TargetSet, own: TargetSet = TargetSet()
    ) -> [Refusal] {
        var rest = targets.subtracting(own)
        var refusals: [Refusal] = []
        for special in all {
            let addresses = rest.intersection(TargetSet([special.range]))
            guard !addresses.isEmpty else { continue }
            refusals.append(Refusal(addresses: addresses, special: special))
            rest = rest.subtracting(addresses)
        }
        return refusals
    }

    private static func ipv4(
        _ bits: UInt32, _ prefixLength: Int, _ name: String, _ reason: String, _ standard: String
    ) -> SpecialRange {
        make(.v4(bits), prefixLength, name, reason, standard)
    }

    private static func ipv6(
        _ high: UInt64, _ low: UInt64, _ prefixLength: Int, _ name: String, _ reason: String,
        _ standard: String
    ) -> SpecialRange {
        make(.v6(high: high, low: low), prefixLength, name, reason, standard)
    }

    private static func make(
        _ address: IPAddress, _ prefixLength: Int, _ name: String, _ reason: String,
        _ standard: String
    ) -> SpecialRange {
        guard let range = AddressRange(block: address, prefixLength: prefixLength) else {
            preconditionFailure("\(prefixLength) is no prefix length for \(address)")
        }
        return SpecialRange(range: range, name: name, reason: reason, standard: standard)
    }
}

extension SpecialRange: CustomStringConvertible {
    /// `169.254.0.0/16 (link-local, RFC 3927) holds cloud metadata services and is not routed`.
    public var description: String { "\(range) (\(name), \(standard)) \(reason)" }
}
