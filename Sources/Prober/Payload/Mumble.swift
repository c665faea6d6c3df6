/// Mumble, a voice chat.
extension DatagramRequest {
    /// Asks how many people are there.
    static let mumble = DatagramRequest(
        .mumble, "how many people are there", specification: "Mumble protocol, UDP ping",
        proof: "a voice chat server answers us",
        write: { bytes, context in
            bytes.append(UInt32(0))  // ping
            bytes.append(context.token, 8)
        },
        recognise: { reply, context in
            guard reply.byteCount == 24, reply.byte(at: 0) == 0, let major = reply.byte(at: 1),
                (1...9).contains(major), let users: UInt32 = reply.number(at: 12),
                let most: UInt32 = reply.number(at: 16), users <= most
            else { return .unrecognised }
            return reply.matches(context.token, 8, at: 4) ? .valid : .wrongToken
        })
}
