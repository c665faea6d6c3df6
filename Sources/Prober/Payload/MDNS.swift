/// Multicast DNS (RFC 6762), asked by unicast.
extension DatagramRequest {
    /// Asks which kinds of service the host offers (RFC 6763, 9).
    static let mdns = DatagramRequest(
        .mdns, "which kinds of service it offers", specification: "RFC 6762, 5.4, 6.7; RFC 6763, 9",
        proof: "a responder tells strangers its services, which can be turned against others",
        traits: .amplifies,
        write: { bytes, context in
            bytes.append(context.token.number(UInt16.self))
            bytes.append(UInt16(0))  // a query
            bytes.append(UInt64(0x0001_0000_0000_0000))  // one question, nothing else
            bytes.append(text: "\u{9}_services\u{7}_dns-sd\u{4}_udp\u{5}local\u{0}")
            bytes.append(UInt16(12))  // PTR
            bytes.append(UInt16(0x8001))  // IN; answer by unicast
        },
        recognise: { reply, context in
            // A response to a query by unicast repeats its identifier; one by multicast has none.
            let match = dnsMatch(reply, context.token)
            let hasNone = reply.number(at: 0) == UInt16(0)
            return match == .wrongToken && hasNone ? .valid : match
        })
}
