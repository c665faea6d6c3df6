/// RakNet, which games such as Minecraft (Bedrock) speak.
extension DatagramRequest {
    /// Asks for the name of the game, outside of any connection.
    static let raknet = DatagramRequest(
        .raknet, "which game it is", specification: "RakNet (unconnected ping and pong)",
        proof: "a game server answers us",
        write: { bytes, context in
            bytes.append(UInt8(1))  // unconnected ping
            bytes.append(context.token, 8)  // time
            bytes.append(hex: "00ffff00fefefefefdfdfdfd12345678")  // marks messages as offline
            bytes.append(context.token, 8, from: 8)  // who we are
        },
        recognise: { reply, context in
            guard reply.byte(at: 0) == 0x1c, reply.number(at: 17) == UInt64(0x00ff_ff00_fefe_fefe),
                reply.number(at: 25) == UInt64(0xfdfd_fdfd_1234_5678)
            else { return .unrecognised }
            return reply.matches(context.token, 8, at: 1) ? .valid : .wrongToken
        })
}
