/// The Packet Forwarding Control Protocol of mobile core networks (3GPP TS 29.244).
extension DatagramRequest {
    /// Asks whether the node is alive.
    static let pfcp = DatagramRequest(
        .pfcp, "whether it is alive", specification: "3GPP TS 29.244, 7.2, 7.4.2",
        proof: "a node of a mobile core network answers strangers",
        write: { bytes, context in
            bytes.append(hex: "2001 000c")  // version 1, heartbeat request
            bytes.append(context.token, 3)  // sequence
            bytes.append(hex: "00 0060 0004 e8000000")  // when we began: some day of 2023
        },
        recognise: { reply, context in
            // A heartbeat response, or that the version is not supported.
            guard let first = reply.byte(at: 0), first & 0xe1 == 0x20,
                let type = reply.byte(at: 1), type == 2 || type == 11,
                let length: UInt16 = reply.number(at: 2), Int(length) == reply.byteCount - 4,
                length >= 4
            else { return .unrecognised }
            return reply.matches(context.token, 3, at: 4) ? .valid : .wrongToken
        })
}
