/// Remote Authentication Dial In User Service (RFC 2865, RFC 5997).
///
/// A server answers its clients only. Its status it tells those who know their secret: it is asked
/// with the one that FreeRADIUS gives as its example, which must not be in use anywhere. A request
/// for access need not prove a secret, and older servers reject it in words (newer ones want a
/// Message-Authenticator since CVE-2024-3596); it leaves a line in the server's log.
extension DatagramRequest {
    /// Asks for the server's status, which a server of any kind may be asked.
    static let radius = DatagramRequest(
        .radius, "its status, with the secret \"testing123\"",
        specification: "RFC 5997, 3; RFC 3579, 3.2",
        proof: "a RADIUS server has us as a client whose secret is the example of FreeRADIUS",
        write: { bytes, context in
            bytes.append(UInt8(12))  // Status-Server
            bytes.append(context.token[0])  // identifier
            bytes.append(UInt16(38))
            bytes.append(context.token, 16, from: 8)  // authenticator
            bytes.append(hex: "5012")  // Message-Authenticator, of 18 bytes
            bytes.append(repeating: 0, count: 16)
            var digest = KeyedMD5(secret: radiusSecret)
            for position in 0..<bytes.count { digest.append(bytes[position]) }
            let authenticator = digest.finish()
            for index in authenticator.indices {
                bytes.replace(at: 22 + index, with: authenticator[index])
            }
        },
        recognise: { reply, context in
            // An acceptance, the response of an accounting server, or a rejection: FreeRADIUS sends
            // that from a port where it authenticates and does not tell its status.
            guard let code = reply.byte(at: 0), code == 2 || code == 3 || code == 5,
                let length: UInt16 = reply.number(at: 2), length >= 20, length <= reply.byteCount
            else { return .unrecognised }
            let isOurs =
                reply.byte(at: 1) == context.token[0]
                && hasAuthenticator(reply, count: Int(length), context.token)
            return isOurs ? .valid : .wrongToken
        })

    /// Asks for access for a user who does not exist.
    static let radiusAccess = DatagramRequest(
        .radius, "access for the user \"prober\", without a secret",
        specification: "RFC 2865, 4.1", proof: "a RADIUS server has us as a client",
        traits: [.leavesState],
        write: { bytes, context in
            bytes.append(UInt8(1))  // Access-Request
            bytes.append(context.token[0])  // identifier
            bytes.append(UInt16(54))
            bytes.append(context.token, 16, from: 8)  // authenticator
            bytes.append(hex: "0108")  // User-Name
            bytes.append(text: "prober")
            bytes.append(hex: "0212")  // User-Password, hidden with a secret that nobody knows
            bytes.append(context.token, 16, from: 16)
            bytes.append(hex: "2008")  // NAS-Identifier
            bytes.append(text: "prober")
        },
        recognise: { reply, context in
            // Whether the authenticator is right only the secret would tell.
            guard let code = reply.byte(at: 0), code == 2 || code == 3 || code == 11,
                let length: UInt16 = reply.number(at: 2), length >= 20,
                Int(length) == reply.byteCount
            else { return .unrecognised }
            return reply.byte(at: 1) == context.token[0] ? .valid : .wrongToken
        })

    private static let radiusSecret: StaticString = "testing123"

    /// Whether the reply's authenticator is the digest of its bytes with that of the request in its
    /// place, followed by the secret (RFC 2865, 3).
    private static func hasAuthenticator(
        _ reply: RawSpan, count: Int, _ token: RequestToken
    ) -> Bool {
        var digest = MD5()
        for position in 0..<count {
            let isAuthenticator = (4..<20).contains(position)
            digest.append(isAuthenticator ? token[position + 4] : reply.byte(at: position) ?? 0)
        }
        digest.append(text: radiusSecret)
        let expected = digest.finish()
        return expected.indices.allSatisfy { reply.byte(at: 4 + $0) == expected[$0] }
    }
}
