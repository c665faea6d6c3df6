/// The Layer Two Tunneling Protocol, version 2 (RFC 2661).
extension DatagramRequest {
    /// Begins a tunnel, whose identifier on our side the server gives back.
    ///
    /// The server repeats its answer until it gives up, about half a minute later; only a message
    /// with the identifier it chose could end that sooner.
    static let l2tp = DatagramRequest(
        .l2tp, "to begin a tunnel", specification: "RFC 2661, 3.1, 6.1",
        proof: "an L2TP server answers us without IPsec", traits: .leavesState,
        write: { bytes, context in
            bytes.append(hex: "c802 0042 0000 0000 0000 0000")  // control, 66 bytes, message 0
            bytes.append(hex: "8008 0000 0000 0001")  // start control connection, request
            bytes.append(hex: "8008 0000 0002 0100")  // version 1.0
            bytes.append(hex: "800c 0000 0007")  // host name
            bytes.append(text: "prober")
            bytes.append(hex: "800a 0000 0003 00000003")  // framing, both kinds
            bytes.append(hex: "8008 0000 0009")  // our tunnel
            bytes.append(l2tpTunnel(context.token))
            bytes.append(hex: "8008 0000 000a 0004")  // receive window
        },
        recognise: { reply, context in
            // A control message, whose first attribute says that it is a reply or a stop.
            guard let flags: UInt16 = reply.number(at: 0), flags & 0xcb0f == 0xc802,
                let length: UInt16 = reply.number(at: 2), length >= 12, length <= reply.byteCount,
                let tunnel: UInt16 = reply.number(at: 4)
            else { return .unrecognised }
            if length > 12 {
                guard let type: UInt16 = reply.number(at: 18), type == 2 || type == 4,
                    reply.number(at: 14) == UInt32(0)
                else { return .unrecognised }
            }
            return tunnel == l2tpTunnel(context.token) ? .valid : .wrongToken
        })

    /// Our identifier, which must not be zero.
    private static func l2tpTunnel(_ token: RequestToken) -> UInt16 { max(token.number(), 1) }
}
