/// The Network Time Protocol, version 4 (RFC 5905), and its control messages (RFC 9327).
extension DatagramRequest {
    /// Asks for the time, as a client; the server gives our transmit timestamp back.
    static let ntp = DatagramRequest(
        .ntp, "the time", specification: "RFC 5905, 7.3; RFC 9109",
        proof: "a time server answers us, synchronised or not",
        write: { bytes, context in
            bytes.append(UInt8(0x23))  // leap indicator 0, version 4, mode 3 (client)
            bytes.append(repeating: 0, count: 39)
            bytes.append(context.token, 8)  // transmit timestamp
        },
        recognise: { reply, context in
            guard let first = reply.byte(at: 0), first & 7 == 4, (3...4).contains(first >> 3 & 7),
                let stratum = reply.byte(at: 1), stratum <= 16, reply.byteCount >= 48,
                reply.byteCount % 4 == 0
            else { return .unrecognised }
            return reply.matches(context.token, 8, at: 24) ? .valid : .wrongToken
        })

    /// Asks for the status of the server: the shortest of the control messages.
    static let ntpControl = DatagramRequest(
        .ntp, "its status, by a control message", specification: "RFC 9327, 2, 4",
        proof: "a time server lets strangers query its state, which can be turned against others",
        traits: .amplifies,
        write: { bytes, context in
            bytes.append(UInt8(0x16))  // version 2, mode 6 (control)
            bytes.append(UInt8(1))  // read status
            bytes.append(context.token, 2)  // sequence
            bytes.append(repeating: 0, count: 8)  // status, association, offset, count
        },
        recognise: { reply, context in
            guard let first = reply.byte(at: 0), first & 7 == 6, (1...4).contains(first >> 3 & 7),
                let second = reply.byte(at: 1), second & 0x9f == 0x81,
                let count: UInt16 = reply.number(at: 10), 12 + Int(count) <= reply.byteCount
            else { return .unrecognised }
            return reply.matches(context.token, 2, at: 2) ? .valid : .wrongToken
        })
}
