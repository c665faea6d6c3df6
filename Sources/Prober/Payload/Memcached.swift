/// The text protocol of memcached behind its UDP frame.
extension DatagramRequest {
    /// Asks for the version: the shortest answer it has.
    static let memcached = DatagramRequest(
        .memcached, "its version", specification: "memcached doc/protocol.txt, UDP protocol",
        proof: "a cache is open to strangers over UDP, which can be turned against others",
        write: { bytes, context in
            bytes.append(context.token, 2)  // request
            bytes.append(hex: "0000 0001 0000")  // the first and only datagram
            bytes.append(text: "version\r\n")
        },
        recognise: { reply, context in
            guard reply.number(at: 2) == UInt32(1), reply.number(at: 6) == UInt16(0),
                reply.has("VERSION ", at: 8) || reply.has("ERROR", at: 8)
            else { return .unrecognised }
            return reply.matches(context.token, 2, at: 0) ? .valid : .wrongToken
        })
}
