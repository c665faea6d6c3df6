/// The Trivial File Transfer Protocol (RFC 1350).
extension DatagramRequest {
    /// Asks for a file that cannot be there, so that no transfer begins.
    ///
    /// The reply comes from a port that the server chose for it, and gives nothing back.
    static let tftp = DatagramRequest(
        .tftp, "a file that does not exist", specification: "RFC 1350, 5; RFC 2347",
        proof: "a TFTP server answers us, which asks nobody for a password",
        traits: .movesPort,
        write: { bytes, context in
            bytes.append(UInt16(1))  // read
            bytes.append(text: "prober-")
            bytes.append(hexDigitsOf: context.token, 8)
            bytes.append(text: "\u{0}octet\u{0}")
        },
        recognise: { reply, _ in
            switch reply.number(at: 0, UInt16.self) {
            case 5: isTFTPError(reply) ? .valid : .unrecognised
            case 3:  // the first block of data, after all
                reply.number(at: 2) == UInt16(1) && reply.byteCount <= 516 ? .valid : .unrecognised
            case 6:  // options: names and values, each ended by zero
                reply.byteCount > 2 && reply.byte(at: reply.byteCount - 1) == 0
                    ? .valid : .unrecognised
            default: .unrecognised
            }
        })

    /// Whether `reply` has one of the eight codes of RFC 1350 and RFC 2347, and ends its message.
    private static func isTFTPError(_ reply: RawSpan) -> Bool {
        guard let code: UInt16 = reply.number(at: 2), code <= 8, reply.byteCount >= 5 else {
            return false
        }
        return reply.byte(at: reply.byteCount - 1) == 0
    }
}
