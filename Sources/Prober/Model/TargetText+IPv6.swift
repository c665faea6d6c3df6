extension TargetText {
    /// The addresses of the text, which has a colon: an IPv6 address, a block or a range.
    func ipv6Range() throws(InputError) -> AddressRange {
        try refuseHostWithPort()
        if let hyphen = text.firstIndex(of: "-") {
            if let slash = text.firstIndex(of: "/") {
                throw at(slash).error(
                    "\"\(text)\" is a range with a prefix length",
                    "Write a block as in 2001:db8::/64, or a range without a slash.")
            }
            return try ends(text[..<hyphen], text[hyphen...].dropFirst(), in: .ipv6)
        }
        let slash = text.firstIndex(of: "/")
        let base = text[..<(slash ?? text.endIndex)]
        guard let address = IPAddress(base) else { throw badIPv6(base) }
        guard let slash else { return AddressRange(address) }
        let digits = text[slash...].dropFirst()
        let length = try prefixLength(digits, in: .ipv6)
        guard let block = AddressRange(block: address, prefixLength: length) else {
            throw badIPv6(base)
        }
        return block
    }

    /// Refuses `203.0.113.1:80` and `web1.example.net:443`.
    private func refuseHostWithPort() throws(InputError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty else { return }
        let isPort = !parts[1].isEmpty && parts[1].utf8.allSatisfy(\.isDecimalDigit)
        throw at(parts[1].startIndex).error(
            "\"\(text)\" is a host and a port",
            "Write the host alone: \(parts[0]). Ports go with --ports"
                + (isPort ? ", as in --ports \(parts[1])." : "."))
    }

    /// What keeps `base` from being an IPv6 address.
    private func badIPv6(_ base: Substring) -> InputError {
        let right = "Write up to eight groups of one to four hexadecimal digits, as in 2001:db8::1."
        func error(_ problem: String, at index: String.Index? = nil) -> InputError {
            at(index ?? base.startIndex).error(problem, right)
        }
        if let gap = base.firstRange(of: "::") {
            if let second = base[gap.upperBound...].firstRange(of: "::") {
                return error("\"\(base)\" has \"::\" twice", at: second.lowerBound)
            }
            if base[gap.upperBound...].hasPrefix(":") {
                return error("\"\(base)\" has three colons in a row", at: gap.lowerBound)
            }
        }
        let groups = base.split(separator: ":", omittingEmptySubsequences: true)
        for group in groups where !group.contains(".") {
            if let bad = group.firstIndex(where: { !($0.isHexDigit && $0.isASCII) }) {
                return error("\"\(group[bad])\" is no hexadecimal digit", at: bad)
            }
            if group.utf8.count > 4 {
                return error("the group \"\(group)\" is too long", at: group.startIndex)
            }
        }
        if let dotted = groups.first(where: { $0.contains(".") }) {
            return error(
                "\"\(dotted)\" is no IPv4 address at the end of an IPv6 address",
                at: dotted.startIndex)
        }
        return error(
            "\"\(base)\" has \(groups.count) groups, and an IPv6 address has 8 or a \"::\"")
    }
}
