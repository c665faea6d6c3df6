/// QUIC, by what every version of it has in common (RFC 8999).
extension DatagramRequest {
    /// Begins a connection of a version that does not exist, so that the server lists its own.
    ///
    /// It answers only to 1,200 bytes or more, and gives both connection identifiers back.
    static let quic = DatagramRequest(
        .quic, "which versions it speaks", specification: "RFC 9000, 6.1, 14.1, 15; RFC 8999, 6",
        proof: "a QUIC server answers us (HTTP/3, or DNS over QUIC)",
        write: { bytes, context in
            bytes.append(hex: "c0 1a2a3a4a")  // long header; a version kept free to force this
            bytes.append(UInt8(8))
            bytes.append(context.token, 8)  // where it goes
            bytes.append(UInt8(8))
            bytes.append(context.token, 8, from: 8)  // where it comes from
            bytes.append(repeating: 0, count: 1200 - bytes.count)
        },
        recognise: { reply, context in
            guard let first = reply.byte(at: 0), first & 0x80 != 0,
                reply.number(at: 1) == UInt32(0), reply.byte(at: 5) == 8, reply.byte(at: 14) == 8,
                reply.byteCount >= 27, (reply.byteCount - 23) % 4 == 0
            else { return .unrecognised }
            let isOurs =
                reply.matches(context.token, 8, at: 6, from: 8)
                && reply.matches(context.token, 8, at: 15)
            return isOurs ? .valid : .wrongToken
        })
}
