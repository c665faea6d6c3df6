/// The server queries of Quake III and the many games made from it.
extension DatagramRequest {
    /// Asks for what is played, with a challenge that the answer repeats.
    static let quake3 = DatagramRequest(
        .quake3, "what is played", specification: "id Software, Quake III source (SVC_Info)",
        proof: "a game server answers us",
        write: { bytes, context in
            bytes.append(hex: "ffffffff")
            bytes.append(text: "getinfo ")
            bytes.append(hexDigitsOf: context.token, 8)
        },
        recognise: { reply, context in
            guard reply.number(at: 0) == UInt32.max, reply.has("infoResponse\n", at: 4),
                let challenge = reply.position(of: "\\challenge\\")
            else { return .unrecognised }
            return reply.hasHexDigits(of: context.token, 8, at: challenge + 11)
                ? .valid : .wrongToken
        })
}
