extension RequestBytes {
    /// Adds the digit whose value, 0 to 15, is `digit`.
    mutating func append(digit: UInt8) { append(digit < 10 ? 0x30 + digit : 0x61 + digit - 10) }

    /// Adds `number` in decimal digits.
    mutating func append(decimal number: UInt8) {
        if number >= 100 { append(digit: number / 100) }
        if number >= 10 { append(digit: number / 10 % 10) }
        append(digit: number % 10)
    }

    /// Adds `address` as a part of a URI (RFC 3986, 3.2.2): IPv6 in brackets, in full.
    mutating func append(host address: IPAddress) {
        switch address {
        case .v4(let bits):
            for shift in stride(from: UInt32(24), through: 0, by: -8) {
                append(decimal: UInt8(truncatingIfNeeded: bits >> shift))
                if shift > 0 { append(text: ".") }
            }
        case .v6:
            append(text: "[")
            for shift in stride(from: 124, through: 0, by: -4) {
                append(digit: UInt8(truncatingIfNeeded: address.number >> UInt128(shift)) & 15)
                if shift > 0, shift % 16 == 0 { append(text: ":") }
            }
            append(text: "]")
        }
    }

    /// Adds `address` as 16 bytes, IPv4 in its mapped IPv6 form (RFC 4291, 2.5.5.2).
    mutating func append(mapped address: IPAddress) {
        switch address {
        case .v4(let bits):
            append(UInt64(0))
            append(0xffff_0000_0000 | UInt64(bits))
        case .v6(let high, let low):
            append(high)
            append(low)
        }
    }
}
