/// The Echo Protocol (RFC 862).
extension DatagramRequest {
    /// Sends a word of our own, which comes back unchanged.
    static let echo = DatagramRequest(
        .echo, "the same bytes back", specification: "RFC 862",
        proof: "an echo service answers us; anyone can make it answer a third party",
        write: { bytes, context in
            bytes.append(text: "prober ")
            bytes.append(hexDigitsOf: context.token, 8)
        },
        recognise: { reply, context in
            guard reply.byteCount == 23, reply.has("prober "), reply.isHexDigits(16, at: 7) else {
                return .unrecognised
            }
            return reply.hasHexDigits(of: context.token, 8, at: 7) ? .valid : .wrongToken
        })
}
