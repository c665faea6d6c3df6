/// The Service Location Protocol, version 2 (RFC 2608).
extension DatagramRequest {
    /// Asks whether a service agent is there.
    static let slp = DatagramRequest(
        .slp, "whether a service agent is there", specification: "RFC 2608, 8.1, 8.6",
        proof: "a service agent answers us, which can be turned against others",
        traits: .amplifies,
        write: { bytes, context in
            bytes.append(hex: "02 01 000036 0000 000000")  // version 2, service request, 54 bytes
            bytes.append(context.token.number(UInt16.self))
            bytes.append(hex: "0002")
            bytes.append(text: "en")
            bytes.append(hex: "0000 0015")  // nobody answered before
            bytes.append(text: "service:service-agent")
            bytes.append(hex: "0007")
            bytes.append(text: "DEFAULT")
            bytes.append(hex: "0000 0000")  // no predicate, no security
        },
        recognise: { reply, context in
            // A service reply, or the advertisement of a directory agent or of a service agent.
            guard reply.byte(at: 0) == 2, let function = reply.byte(at: 1),
                function == 2 || function == 8 || function == 11, reply.byteCount >= 16,
                let functionAndLength: UInt32 = reply.number(at: 1),
                functionAndLength & 0xff_ffff == reply.byteCount
            else { return .unrecognised }
            return reply.matches(context.token, 2, at: 10) ? .valid : .wrongToken
        })
}
