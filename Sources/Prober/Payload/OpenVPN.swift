/// OpenVPN (its protocol is described in the source, `ssl_pkt.h`, and in draft-openvpn-wire).
extension DatagramRequest {
    /// Begins a session, whose identifier the server acknowledges.
    static let openvpn = DatagramRequest(
        .openvpn, "to begin a session", specification: "OpenVPN wire protocol, control channel",
        proof: "an OpenVPN server answers us, and has no tls-auth or tls-crypt in front",
        traits: .leavesState,
        write: { bytes, context in
            bytes.append(UInt8(0x38))  // hard reset of a client, version 2; key 0
            bytes.append(context.token, 8)  // session
            bytes.append(UInt8(0))  // acknowledges nothing
            bytes.append(UInt32(0))  // packet
        },
        recognise: { reply, context in
            // A hard reset of a server, which acknowledges one to eight packets of a session.
            guard let first = reply.byte(at: 0), first & 0xf8 == 0x40,
                let count = reply.byte(at: 9), (1...8).contains(count),
                reply.byteCount >= 10 + Int(count) * 4 + 8 + 4
            else { return .unrecognised }
            let session = 10 + Int(count) * 4
            return reply.matches(context.token, 8, at: session) ? .valid : .wrongToken
        })
}
