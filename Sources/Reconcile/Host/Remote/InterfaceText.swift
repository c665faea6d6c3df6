import Prober

/// The addresses in what `ip -o addr` and the `ifconfig` of any system write.
enum InterfaceText {
    /// More addresses than a host has.
    private static let limit = 100_000

    /// The addresses in `text`, with the interfaces that hold them.
    static func addresses(in text: String) -> [HostAddress] {
        var found: [HostAddress] = []
        var interface = ""
        for line in text.split(whereSeparator: \.isNewline) {
            var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
            guard let first = words.first, words.count <= 60, found.count < limit else { continue }
            let isIndented = line.first == " " || line.first == "\t"
            if !isIndented, first.hasSuffix(":"), first.dropLast().allSatisfy(\.isNumber) {
                // `2: eth0    inet 192.0.2.10/24 …`, of ip.
                words = words.dropFirst()
                interface = String(words.first ?? "")
            } else if !isIndented {
                // `en0: flags=…`, and `eth0      Link encap:…` of old Linux.
                interface = String(first.hasSuffix(":") ? first.dropLast() : first)
            }
            if let address = address(in: Array(words), of: interface), !found.contains(address) {
                found.append(address)
            }
        }
        return found
    }

    /// The address that stands behind `inet` or `inet6`.
    private static func address(in words: [Substring], of interface: String) -> HostAddress? {
        guard let at = words.firstIndex(where: { $0 == "inet" || $0 == "inet6" }),
            words.indices.contains(at + 1)
        else { return nil }
        var word = words[at + 1]
        // `inet addr:192.0.2.10  Mask:…` and `inet6 addr: fe80::1/64 Scope:Link`.
        if word == "addr:" {
            guard words.indices.contains(at + 2) else { return nil }
            word = words[at + 2]
        } else if word.hasPrefix("addr:") {
            word = word.dropFirst(5)
        }
        let sides = word.split(separator: "/", maxSplits: 1)
        guard let plain = sides.first?.prefix(while: { $0 != "%" }),
            let address = IPAddress(String(plain)),
            (address.family == .ipv6) == (words[at] == "inet6")
        else { return nil }
        let bits = address.family.bitCount
        // AIX writes `::1%1/64`.
        let length =
            (sides.count == 2 ? Int(sides[1]) : nil)
            ?? value(after: "prefixlen", in: words).flatMap { Int($0) }
            ?? value(after: "netmask", in: words).flatMap(prefixLength)
            ?? words.first { $0.hasPrefix("Mask:") }.flatMap { prefixLength($0.dropFirst(5)) }
            ?? bits
        guard (0...bits).contains(length) else { return nil }
        return HostAddress(address, prefixLength: length, interface: interface)
    }

    private static func value(after word: Substring, in words: [Substring]) -> Substring? {
        guard let at = words.firstIndex(of: word), words.indices.contains(at + 1) else {
            return nil
        }
        return words[at + 1]
    }

    /// The length of the prefix that a mask means: `0xffffff00`, `ffffff00` or `255.255.255.0`.
    private static func prefixLength(_ mask: Substring) -> Int? {
        let bits: UInt32
        if mask.contains(".") {
            guard case .v4(let value)? = IPAddress(String(mask)) else { return nil }
            bits = value
        } else {
            let digits = mask.hasPrefix("0x") ? mask.dropFirst(2) : mask
            guard digits.count == 8, let value = UInt32(digits, radix: 16) else { return nil }
            bits = value
        }
        let length = (~bits).leadingZeroBitCount
        return bits.nonzeroBitCount == length ? length : nil
    }
}
