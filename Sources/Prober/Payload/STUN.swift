/// Session Traversal Utilities for NAT (RFC 8489).
extension DatagramRequest {
    /// Asks where the request came from.
    static let stun = DatagramRequest(
        .stun, "where we come from", specification: "RFC 8489, 5, 6.3",
        proof: "a STUN or TURN server answers us",
        write: { bytes, context in
            bytes.append(hex: "0001 0000 2112a442")  // binding request without attributes; cookie
            bytes.append(context.token, 12)  // transaction
        },
        recognise: { reply, context in
            guard let type: UInt16 = reply.number(at: 0), type == 0x0101 || type == 0x0111,
                let length: UInt16 = reply.number(at: 2), Int(length) == reply.byteCount - 20,
                length % 4 == 0, reply.number(at: 4) == UInt32(0x2112_a442)
            else { return .unrecognised }
            return reply.matches(context.token, 12, at: 8) ? .valid : .wrongToken
        })
}
