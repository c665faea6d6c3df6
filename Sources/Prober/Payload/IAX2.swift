/// The Inter-Asterisk eXchange, version 2 (RFC 5456).
extension DatagramRequest {
    /// Asks whether anybody is there, outside of any call; the answer repeats the time stamp.
    static let iax2 = DatagramRequest(
        .iax2, "whether anybody is there", specification: "RFC 5456, 6.7, 8.1.1",
        proof: "a telephone exchange answers us",
        write: { bytes, context in
            bytes.append(hex: "8001 0000")  // full frame of call 1, to none
            bytes.append(context.token, 4)  // time stamp
            bytes.append(hex: "00 00 06 1e")  // first of each side; IAX frame, POKE
        },
        recognise: { reply, context in
            // A pong, an acknowledgement, or that the call is not valid.
            guard let source = reply.byte(at: 0), source & 0x80 != 0, reply.byte(at: 10) == 6,
                let destination: UInt16 = reply.number(at: 2), destination & 0x7fff == 1,
                let subclass = reply.byte(at: 11), subclass == 3 || subclass == 4 || subclass == 10
            else { return .unrecognised }
            return reply.matches(context.token, 4, at: 4) ? .valid : .wrongToken
        })
}
