/// Remote procedure calls (ONC RPC version 2, RFC 5531), as rpcbind and NFS speak them.
extension DatagramRequest {
    /// Calls the procedure of the port mapper that does nothing.
    static let rpcbind = DatagramRequest(
        .rpcbind, "the procedure that does nothing", specification: "RFC 5531, 9; RFC 1833, 3",
        proof: "a port mapper answers us, and would list the services of the host",
        write: { bytes, context in appendNullCall(&bytes, context.token, 100_000, 2) },
        recognise: { reply, context in rpcMatch(reply, context.token) })

    /// Calls the procedure of NFS version 3 that does nothing.
    static let nfs = DatagramRequest(
        .nfs, "the procedure that does nothing", specification: "RFC 5531, 9; RFC 1813, 3.3.0",
        proof: "an NFS server answers us over UDP",
        write: { bytes, context in appendNullCall(&bytes, context.token, 100_003, 3) },
        recognise: { reply, context in rpcMatch(reply, context.token) })

    /// Writes a call of procedure 0, without credentials.
    private static func appendNullCall(
        _ bytes: inout RequestBytes, _ token: RequestToken, _ program: UInt32, _ version: UInt32
    ) {
        bytes.append(token.number(UInt32.self))  // transaction
        bytes.append(UInt32(0))  // a call
        bytes.append(UInt32(2))  // RPC version
        bytes.append(program)
        bytes.append(version)
        bytes.append(UInt32(0))  // procedure
        bytes.append(repeating: 0, count: 16)  // no credentials, no verifier
    }

    /// What `reply` is to the call whose transaction begins `token`; being denied counts as well.
    private static func rpcMatch(_ reply: RawSpan, _ token: RequestToken) -> ReplyMatch {
        guard let transaction: UInt32 = reply.number(at: 0),
            reply.number(at: 4) == UInt32(1), isRPCReply(reply)
        else { return .unrecognised }
        return transaction == token.number() ? .valid : .wrongToken
    }

    private static func isRPCReply(_ reply: RawSpan) -> Bool {
        switch reply.number(at: 8, UInt32.self) {
        case 0:  // accepted: a verifier of up to 400 bytes, then the status
            guard let length: UInt32 = reply.number(at: 16), length <= 400,
                let status: UInt32 = reply.number(at: 20 + Int(length + 3) / 4 * 4)
            else { return false }
            return status <= 5
        case 1:  // denied: another RPC version, or who we are
            guard let reason: UInt32 = reply.number(at: 12) else { return false }
            return reason <= 1 && reply.byteCount >= 20
        default: return false
        }
    }
}
