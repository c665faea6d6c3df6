/// Link-Local Multicast Name Resolution (RFC 4795), asked by unicast.
extension DatagramRequest {
    /// Asks for the name of the target's own address, for which it alone may answer.
    static let llmnr = DatagramRequest(
        .llmnr, "the name of its address", specification: "RFC 4795, 2.1, 2.4; RFC 1035, 3.5",
        proof: "a Windows or systemd host tells strangers its name",
        write: { bytes, context in
            bytes.append(context.token.number(UInt16.self))
            bytes.append(UInt16(0))  // a query
            bytes.append(UInt64(0x0001_0000_0000_0000))  // one question, nothing else
            appendReverseName(of: context.endpoint.address, to: &bytes)
            bytes.append(UInt16(12))  // PTR
            bytes.append(UInt16(1))  // IN
        },
        recognise: { reply, context in dnsMatch(reply, context.token) })

    /// Writes the labels of `10.113.0.203.in-addr.arpa` (RFC 1035, 3.5) or of the same for IPv6
    /// (RFC 3596, 2.5).
    private static func appendReverseName(of address: IPAddress, to bytes: inout RequestBytes) {
        switch address {
        case .v4(let bits):
            for shift in stride(from: UInt32(0), through: 24, by: 8) {
                let byte = UInt8(truncatingIfNeeded: bits >> shift)
                bytes.append(UInt8(byte >= 100 ? 3 : byte >= 10 ? 2 : 1))
                bytes.append(decimal: byte)
            }
            bytes.append(text: "\u{7}in-addr\u{4}arpa\u{0}")
        case .v6:
            for shift in stride(from: 0, through: 124, by: 4) {
                bytes.append(UInt8(1))
                bytes.append(
                    digit: UInt8(truncatingIfNeeded: address.number >> UInt128(shift)) & 15)
            }
            bytes.append(text: "\u{3}ip6\u{4}arpa\u{0}")
        }
    }
}
