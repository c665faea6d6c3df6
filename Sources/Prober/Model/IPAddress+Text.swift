extension IPAddress {
    /// The address written as `text`: strict dotted decimal, or IPv6 as in RFC 4291, section 2.2.
    ///
    /// Leading zeros in a decimal octet (which some systems read as octal), missing octets, zones
    /// and prefix lengths are refused.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if bytes.contains(UInt8(ascii: ":")) {
            guard let number = Self.ipv6(bytes) else { return nil }
            self.init(.ipv6, number: number)
        } else {
            guard let bits = Self.ipv4(bytes[...]) else { return nil }
            self = .v4(bits)
        }
    }

    /// Four decimal octets, 0 to 255 without leading zeros, parted by dots.
    private static func ipv4(_ bytes: ArraySlice<UInt8>) -> UInt32? {
        var bits: UInt32 = 0
        var octet: UInt32 = 0
        var digitCount = 0
        var dotCount = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "."):
                guard digitCount > 0, dotCount < 3 else { return nil }
                bits = bits << 8 | octet
                octet = 0
                digitCount = 0
                dotCount += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                // A digit behind a zero makes that a leading one.
                guard digitCount == 0 || octet > 0 else { return nil }
                octet = octet * 10 + UInt32(byte - UInt8(ascii: "0"))
                digitCount += 1
                guard octet <= 255 else { return nil }
            default: return nil
            }
        }
        return digitCount > 0 && dotCount == 3 ? bits << 8 | octet : nil
    }

    private static func ipv6(_ bytes: [UInt8]) -> UInt128? {
        guard let gap = firstDoubleColon(bytes[...]) else {
            guard let groups = groups(bytes[...], mayEndInIPv4: true), groups.count == 8 else {
                return nil
            }
            return join(groups)
        }
        guard let head = groups(bytes[..<gap], mayEndInIPv4: false),
            let tail = groups(bytes[(gap + 2)...], mayEndInIPv4: true),
            head.count + tail.count < 8
        else { return nil }
        return join(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    private static func firstDoubleColon(_ bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.dropLast().first {
            bytes[$0] == UInt8(ascii: ":") && bytes[$0 + 1] == UInt8(ascii: ":")
        }
    }

    /// The 16-bit groups in `bytes`; a dotted IPv4 address at the end counts as two.
    private static func groups(_ bytes: ArraySlice<UInt8>, mayEndInIPv4: Bool) -> [UInt16]? {
        guard !bytes.isEmpty else { return [] }
        let parts = bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if part.contains(UInt8(ascii: ".")) {
                guard mayEndInIPv4, index == parts.count - 1, let bits = ipv4(part) else {
                    return nil
                }
                groups += [
                    UInt16(truncatingIfNeeded: bits >> 16), UInt16(truncatingIfNeeded: bits),
                ]
            } else {
                guard (1...4).contains(part.count), let group = hexadecimal(part) else {
                    return nil
                }
                groups.append(group)
            }
        }
        return groups
    }

    private static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt16? {
        var value: UInt16 = 0
        for digit in digits {
            let nibble: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): nibble = digit - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt16(nibble)
        }
        return value
    }

    private static func join(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }
}

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal, or the canonical IPv6 text of RFC 5952.
    public var description: String {
        switch self {
        case .v4(let bits):
            return "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)"
        case .v6:
            if let mapped = mappedIPv4 { return "::ffff:\(mapped)" }
            let groups = (0..<8).map { UInt16(truncatingIfNeeded: number >> (112 - 16 * $0)) }
            let gap = Self.longestZeroRun(groups)
            guard gap.count >= 2 else { return Self.colonHex(groups[...]) }
            return Self.colonHex(groups[..<gap.lowerBound]) + "::"
                + Self.colonHex(groups[gap.upperBound...])
        }
    }

    private static func colonHex(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first of the longest runs of zero groups; empty when there is none.
    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int> {
        var longest = 0..<0
        var start = 0
        while start < groups.count {
            let end = groups[start...].firstIndex { $0 != 0 } ?? groups.count
            if end - start > longest.count { longest = start..<end }
            start = max(end, start + 1)
        }
        return longest
    }
}
