/// Datagram Transport Layer Security, version 1.2 (RFC 6347), which newer servers take as well.
extension DatagramRequest {
    /// Begins a handshake without cookie, which costs the server nothing.
    ///
    /// The server gives nothing back: neither its cookie request nor an alert has room for it.
    static let dtls = DatagramRequest(
        .dtls, "to begin a handshake", specification: "RFC 6347, 4.2.1, 4.3; RFC 5246, 7.4.1.2",
        proof: "a DTLS server answers us",
        write: { bytes, context in
            bytes.append(hex: "16 feff 0000 000000000000 006a")  // handshake, version 1.0, record 0
            bytes.append(hex: "01 00005e 0000 000000 00005e")  // ClientHello, whole
            bytes.append(hex: "fefd")  // version 1.2
            bytes.append(context.token, 32)  // random
            bytes.append(hex: "00 00")  // no session, no cookie
            // ECDHE, RSA and a shared key, each with AES.
            bytes.append(hex: "0014 c02b c02f c00a c014 009c 002f c0ae c0a8 ccac 00ff")
            bytes.append(hex: "01 00 0020")  // no compression; extensions
            bytes.append(hex: "000a 0008 0006 001d 0017 0018")  // groups
            bytes.append(hex: "000b 0002 01 00")  // points without compression
            bytes.append(hex: "000d 000a 0008 0403 0508 0403 0501")  // signatures
        },
        recognise: { reply, _ in
            // A first record, of a handshake or an alert, in the clear.
            guard let type = reply.byte(at: 0), let version: UInt16 = reply.number(at: 1),
                version == 0xfeff || version == 0xfefd || version == 0x0100,
                reply.number(at: 3) == UInt16(0), let length: UInt16 = reply.number(at: 11),
                reply.byteCount >= 13 + Int(length)
            else { return .unrecognised }
            return (type == 22 && isServerHello(reply, length)) || (type == 21 && length == 2)
                ? .valid : .unrecognised
        })

    /// Whether the record holds the beginning of a HelloVerifyRequest or a ServerHello.
    private static func isServerHello(_ reply: RawSpan, _ length: UInt16) -> Bool {
        guard length >= 12, let message = reply.byte(at: 13), message == 3 || message == 2,
            let sequenceAndOffset: UInt32 = reply.number(at: 18)
        else { return false }
        return sequenceAndOffset & 0xff_ffff == 0
    }
}
