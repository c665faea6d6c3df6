extension TargetText {
    /// The most ranges that one octet pattern may stand for.
    static let greatestRangeCount = 1_000_000

    /// The block in the text, which has a slash.
    func ipv4Block() throws(InputError) -> AddressRange {
        let slash = text.firstIndex(of: "/") ?? text.endIndex
        let base = text[..<slash]
        let length = text[slash...].dropFirst()
        guard let address = IPAddress(base) else {
            if base.allSatisfy({ "0123456789.,-*".contains($0) }), !base.isEmpty {
                let ranges = try TargetText(String(base), location).ipv4Ranges()
                throw location.error(
                    "\"\(text)\" is a pattern with a prefix length",
                    ranges.count == 1 && ranges[0].first != ranges[0].last
                        ? "Write the pattern without \"/\(length)\", or one address with it."
                        : "Write each block by itself, as in 203.0.113.0/24.")
            }
            throw location.error(
                "\"\(base)\" is no address, so it cannot have \"/\(length)\"",
                "Write a block as in 203.0.113.0/24, or the host's name alone.")
        }
        if let mask = IPAddress(length) {
            let ones = (~UInt32(truncatingIfNeeded: mask.number)).leadingZeroBitCount
            throw at(length.startIndex).error(
                "\"\(length)\" is a mask, not a prefix length",
                "Write the number of its leading one bits: \(base)/\(ones).")
        }
        let prefixLength = try prefixLength(length, in: .ipv4)
        guard let block = AddressRange(block: address, prefixLength: prefixLength) else {
            throw badPrefixLength(length, in: .ipv4)
        }
        return block
    }

    /// The number of bits that `digits`, which stand in the text, say.
    func prefixLength(
        _ digits: Substring, in family: IPAddress.Family
    ) throws(InputError) -> Int {
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isDecimalDigit),
            digits == "0" || !digits.hasPrefix("0"), let length = Int(digits),
            length <= family.bitCount
        else { throw badPrefixLength(digits, in: family) }
        return length
    }

    private func badPrefixLength(_ digits: Substring, in family: IPAddress.Family) -> InputError {
        at(digits.startIndex).error(
            digits.isEmpty
                ? "the prefix length is missing"
                : "\"\(digits)\" is no \(family.name) prefix length",
            "Write a whole number from 0 to \(family.bitCount) after the slash.")
    }

    /// The addresses of the text, which has only digits, dots, commas, hyphens and asterisks.
    func ipv4Ranges() throws(InputError) -> [AddressRange] {
        let octets = text.split(separator: ".", omittingEmptySubsequences: false)
        if octets.count == 7, !text.contains(","), !text.contains("*"),
            let hyphen = text.firstIndex(of: "-")
        {
            return [try ends(text[..<hyphen], text[hyphen...].dropFirst(), in: .ipv4)]
        }
        guard octets.count == 4 else { throw wrongOctetCount(octets.count) }
        var sets: [PortSet] = []
        for octet in octets { sets.append(try values(ofOctet: octet)) }
        return try product(sets)
    }

    /// The range between two addresses that are written in full.
    func ends(
        _ first: Substring, _ last: Substring, in family: IPAddress.Family
    ) throws(InputError) -> AddressRange {
        var found: [IPAddress] = []
        for end in [first, last] {
            guard let address = IPAddress(end) else {
                throw at(end.startIndex).error(
                    "\"\(end)\" is no \(family.name) address",
                    family == .ipv4
                        ? "Write both ends as four numbers from 0 to 255 without leading zeros."
                        : "Write both ends in full, as in 2001:db8::1-2001:db8::ff.")
            }
            found.append(address)
        }
        guard found[0].family == found[1].family else {
            throw location.error(
                "\"\(text)\" begins in one address family and ends in the other",
                "Write one range for each family.")
        }
        guard let range = AddressRange(found[0], through: found[1]) else {
            throw location.error(
                "the range \(text) runs backwards", "Write \(found[1])-\(found[0]).")
        }
        return range
    }

    private func wrongOctetCount(_ count: Int) -> InputError {
        if text.contains(","), count > 4 {
            return location.error(
                "\"\(text)\" joins several targets by commas",
                "Part targets by spaces; a comma lists values of one octet, as in 203.0.113.1,3.")
        }
        if count == 1, !text.contains("-"), !text.contains(","), !text.contains("*") {
            return location.error(
                "\"\(text)\" is a number, not an address",
                "Write four numbers, as in 203.0.113.1. Ports go with --ports.")
        }
        return location.error(
            "\"\(text)\" has \(count) \(count == 1 ? "part" : "parts"), and an IPv4 address has 4",
            "Write four numbers from 0 to 255, as in 203.0.113.1 or 203.0.113.1-20.")
    }

    /// The values of one octet of a pattern: `7`, `1,3,5-7`, `*`, `-5`, `250-`, `-`.
    private func values(ofOctet octet: Substring) throws(InputError) -> PortSet {
        var values: [ClosedRange<UInt16>] = []
        for item in octet.split(separator: ",", omittingEmptySubsequences: false) {
            if item == "*" {
                values.append(0...255)
                continue
            }
            let ends = item.split(separator: "-", omittingEmptySubsequences: false)
            guard !item.isEmpty, ends.count <= 2 else {
                throw at(item.startIndex).error(
                    item.isEmpty
                        ? "a number is missing in \"\(text)\""
                        : "\"\(item)\" is no range of numbers",
                    "Write each octet as a number, a range 1-20, a list 1,3 or *.")
            }
            var numbers: [UInt16?] = []
            for end in ends { numbers.append(end.isEmpty ? nil : try octetValue(end)) }
            let low = numbers[0] ?? 0
            let high = numbers.count == 1 ? low : numbers[1] ?? 255
            guard low <= high else {
                throw at(item.startIndex).error(
                    "the range \(item) runs backwards", "Write \(high)-\(low).")
            }
            values.append(low...high)
        }
        return PortSet(values)
    }

    private func octetValue(_ digits: Substring) throws(InputError) -> UInt16 {
        guard digits.utf8.allSatisfy(\.isDecimalDigit) else {
            throw at(digits.startIndex).error(
                "\"\(digits)\" is no number", "Write * alone for every value from 0 to 255.")
        }
        guard digits == "0" || !digits.hasPrefix("0") else {
            throw at(digits.startIndex).error(
                "\"\(digits)\" has a leading zero, which some programs read as octal",
                "Write decimal numbers without leading zeros: \(String(digits.drop { $0 == "0" }))."
            )
        }
        guard digits.utf8.count <= 3, let value = UInt16(digits), value <= 255 else {
            throw at(digits.startIndex).error(
                "\"\(digits)\" is more than an octet holds",
                "Write four numbers from 0 to 255, as in 203.0.113.1.")
        }
        return value
    }

    /// The addresses whose octets are in `octets`, as few ranges as the order of octets gives.
    private func product(_ octets: [PortSet]) throws(InputError) -> [AddressRange] {
        // Octets at the end that take every value only widen the ranges of the octet before.
        let openCount = octets.reversed().prefix { $0.count == 256 }.count
        let leading = octets.dropLast(openCount)
        let shift = UInt32(openCount * 8)
        guard let lowest = leading.last else { return Self.everyIPv4Address }
        let count = leading.dropLast().reduce(lowest.ranges.count) { $0 * $1.count }
        guard count <= Self.greatestRangeCount else {
            throw location.error(
                "\"\(text)\" would make \(count) ranges; the most is \(Self.greatestRangeCount)",
                "Write a block as in 10.0.0.0/8 and take away what is not meant with --exclude.")
        }
        var heads: [UInt32] = [0]
        for octet in leading.dropLast() {
            heads = heads.flatMap { head in octet.map { head << 8 | UInt32($0) } }
        }
        var found: [AddressRange] = []
        found.reserveCapacity(count)
        for head in heads {
            for values in lowest.ranges {
                let first = (head << 8 | UInt32(values.lowerBound)) << shift
                let last = (head << 8 | UInt32(values.upperBound)) << shift | ((1 << shift) - 1)
                if let range = AddressRange(.v4(first), through: .v4(last)) { found.append(range) }
            }
        }
        return TargetSet(found).ranges
    }

    private static let everyIPv4Address =
        [AddressRange(block: .v4(0), prefixLength: 0)].compactMap { $0 }
}

extension IPAddress.Family {
    /// `IPv4` or `IPv6`.
    var name: String { self == .ipv4 ? "IPv4" : "IPv6" }
}

extension UInt8 {
    /// Whether this is an ASCII digit.
    var isDecimalDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
