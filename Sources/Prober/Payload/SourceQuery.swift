/// The server queries of Valve's games.
extension DatagramRequest {
    /// Asks for what is played; most servers first want a number back that they send.
    static let sourceQuery = DatagramRequest(
        .sourceQuery, "what is played", specification: "Valve, Server queries (A2S_INFO)",
        proof: "a game server answers us",
        write: { bytes, _ in
            bytes.append(hex: "ffffffff")
            bytes.append(text: "TSource Engine Query\u{0}")
        },
        recognise: { reply, _ in
            guard reply.number(at: 0) == UInt32.max else { return .unrecognised }
            return switch reply.byte(at: 4) {
            case 0x41: reply.byteCount == 9 ? .valid : .unrecognised  // a challenge
            case 0x49, 0x6d: reply.byteCount >= 20 ? .valid : .unrecognised  // new and old replies
            default: .unrecognised
            }
        })
}
