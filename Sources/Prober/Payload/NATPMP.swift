/// The NAT Port Mapping Protocol (RFC 6886) and its successor, Port Control (RFC 6887).
///
/// Neither question has room for a token: an answer is known by its sender and its shape.
extension DatagramRequest {
    /// Asks for the external address of the gateway.
    static let natPMP = DatagramRequest(
        .natPMP, "its external address", specification: "RFC 6886, 3.2, 3.5",
        proof: "a gateway lets us ask for port mappings",
        write: { bytes, _ in bytes.append(hex: "0000") },
        recognise: { reply, _ in
            // Eight bytes if it does not speak version 0 or refuses, else twelve.
            guard reply.number(at: 0) == UInt16(0x0080), let result: UInt16 = reply.number(at: 2),
                result <= 5, reply.byteCount == 12 || (result > 0 && reply.byteCount == 8)
            else { return .unrecognised }
            return .valid
        })

    /// Asks whether the gateway is there, with the successor's message for that.
    static let portControl = DatagramRequest(
        .natPMP, "whether it controls ports (PCP)", specification: "RFC 6887, 7.1, 7.2, 14.1",
        proof: "a gateway lets us ask for port mappings",
        write: { bytes, context in
            bytes.append(hex: "0200 0000 00000000")  // version 2, announce, no lifetime
            bytes.append(mapped: context.source)
        },
        recognise: { reply, _ in
            // A response to ANNOUNCE, or that of a gateway that speaks the older protocol.
            if reply.number(at: 0) == UInt32(0x0080_0001) { return .valid }
            guard reply.number(at: 0) == UInt16(0x0280), let result = reply.byte(at: 3),
                result <= 13, reply.byteCount >= 24, reply.byteCount % 4 == 0
            else { return .unrecognised }
            return .valid
        })
}
