/// The management of machines from afar: RMCP (ASF 2.0) and IPMI.
extension DatagramRequest {
    /// Asks whether a management controller is there.
    static let rmcpPresence = DatagramRequest(
        .ipmi, "whether a controller is there", specification: "ASF 2.0, 3.2.4.2, 3.2.4.3",
        proof: "a management controller answers us",
        write: { bytes, context in
            bytes.append(hex: "0600ff06 000011be 80")  // RMCP, ASF; presence ping
            bytes.append(context.token[0])
            bytes.append(hex: "0000")
        },
        recognise: { reply, context in
            guard reply.number(at: 0) == UInt32(0x0600_ff06),
                reply.number(at: 4) == UInt32(0x11be), reply.byte(at: 8) == 0x40,
                let length = reply.byte(at: 11), reply.byteCount >= 12 + Int(length)
            else { return .unrecognised }
            return reply.byte(at: 9) == context.token[0] ? .valid : .wrongToken
        })

    /// Asks how one may log in.
    static let ipmiAuthentication = DatagramRequest(
        .ipmi, "how one may log in", specification: "IPMI 2.0, 13.6, 22.13",
        proof: "a management controller answers us and tells how one may log in",
        write: { bytes, context in
            let sequence = ipmiSequence(context.token)
            bytes.append(hex: "0600ff07 00 00000000 00000000 09")  // RMCP, IPMI; no session
            bytes.append(hex: "2018c8 81")  // to the controller, application; from us
            bytes.append(sequence)
            bytes.append(hex: "38 8e04")  // this channel, version 2.0 too; for administrators
            bytes.append(0 &- (0x81 &+ sequence &+ 0x38 &+ 0x8e &+ 0x04))
        },
        recognise: { reply, context in
            guard reply.number(at: 0) == UInt32(0x0600_ff07), reply.byte(at: 4) == 0,
                let length = reply.byte(at: 13), length >= 8,
                reply.byteCount >= 14 + Int(length), reply.byte(at: 14) == 0x81,
                let function = reply.byte(at: 15), function & 0xfc == 0x1c,
                let sequence = reply.byte(at: 18), reply.byte(at: 19) == 0x38
            else { return .unrecognised }
            return sequence & 0xfc == ipmiSequence(context.token) ? .valid : .wrongToken
        })

    /// Six bits of sequence number, and two of logical unit, which are zero.
    private static func ipmiSequence(_ token: RequestToken) -> UInt8 { token[0] & 0xfc }
}
