/// The Session Initiation Protocol (RFC 3261).
extension DatagramRequest {
    /// Asks what the server can do; it may not ask others for us (no forwards).
    static let sip = DatagramRequest(
        .sip, "what it can do", specification: "RFC 3261, 11; RFC 3581",
        proof: "a telephone or exchange answers us; refusing counts as well",
        write: { bytes, context in
            bytes.append(text: "OPTIONS sip:")
            bytes.append(host: context.endpoint.address)
            bytes.append(text: " SIP/2.0\r\nVia: SIP/2.0/UDP ")
            if context.source.isUnspecified {
                bytes.append(text: "prober.invalid")
            } else {
                bytes.append(host: context.source)
            }
            bytes.append(text: ";rport;branch=z9hG4bK")
            bytes.append(hexDigitsOf: context.token, 8, from: 16)
            bytes.append(text: "\r\nMax-Forwards: 0\r\nFrom: <sip:prober@prober.invalid>;tag=")
            bytes.append(hexDigitsOf: context.token, 4, from: 24)
            bytes.append(text: "\r\nTo: <sip:")
            bytes.append(host: context.endpoint.address)
            bytes.append(text: ">\r\nCall-ID: ")
            bytes.append(hexDigitsOf: context.token, 16)
            bytes.append(text: "\r\nCSeq: 1 OPTIONS\r\nContact: <sip:prober@prober.invalid>")
            bytes.append(text: "\r\nAccept: application/sdp\r\nContent-Length: 0\r\n\r\n")
        },
        recognise: { reply, context in
            guard reply.has("SIP/2.0 "), let status = reply.byte(at: 8),
                (0x31...0x36).contains(status),
                reply.hasHeader("call-id") || reply.hasHeader("i:")
            else { return .unrecognised }
            return reply.hasHexDigits(of: context.token, 16) ? .valid : .wrongToken
        })
}
