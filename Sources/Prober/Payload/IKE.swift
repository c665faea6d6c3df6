/// The Internet Key Exchange, versions 1 and 2, on its own port and behind the marker that parts it
/// from ESP on port 4500.
extension DatagramRequest {
    /// Sends the header of a version that does not exist, which costs the server nothing.
    static let ikeVersion = versionRequest(behindMarker: false)
    /// The same on port 4500.
    static let ikeVersionBehindMarker = versionRequest(behindMarker: true)
    /// Begins an exchange of version 2, which leaves it half open.
    static let ikeInit = initRequest(behindMarker: false)
    /// The same on port 4500.
    static let ikeInitBehindMarker = initRequest(behindMarker: true)

    /// Begins an exchange of version 1 in main mode, which leaves it half open.
    static let ikeMainMode = DatagramRequest(
        .ike, "to begin an exchange (version 1)", specification: "RFC 2408, 3, 4.5; RFC 2409, 5",
        proof: "an IKE server takes the old version 1 from us, or says that it does not",
        traits: .leavesState,
        write: { bytes, context in
            appendHeader(&bytes, context.token, hex: "01 10 02 00", count: 120)
            bytes.append(hex: "0000005c 00000001 00000001")  // SA for IPsec, identity only
            bytes.append(hex: "00000050 01010002")  // one proposal of two transforms
            bytes.append(hex: "03000024 01010000 80010007 800e0100 80020004")  // AES-256, SHA-256
            bytes.append(hex: "80030001 8004000e 800b0001 800c7080")  // secret, group 14, 8 hours
            bytes.append(hex: "00000024 02010000 80010007 800e0080 80020002")  // AES-128, SHA-1
            bytes.append(hex: "80030001 80040002 800b0001 800c7080")  // secret, group 2, 8 hours
        },
        recognise: { reply, context in ikeMatch(reply, context.token, at: 0) })

    private static func versionRequest(behindMarker isMarked: Bool) -> DatagramRequest {
        DatagramRequest(
            .ike,
            isMarked ? "which version it speaks, behind the marker" : "which version it speaks",
            specification: isMarked ? "RFC 7296, 2.5; RFC 3948, 2.2" : "RFC 7296, 2.5",
            proof: "an IKE server answers us; it made no state for it",
            write: { bytes, context in
                if isMarked { bytes.append(UInt32(0)) }
                appendHeader(&bytes, context.token, hex: "00 30 22 08", count: 28)
            },
            recognise: { reply, context in ikeMatch(reply, context.token, at: isMarked ? 4 : 0) })
    }

    private static func initRequest(behindMarker isMarked: Bool) -> DatagramRequest {
        DatagramRequest(
            .ike,
            isMarked
                ? "to begin an exchange (version 2), behind the marker"
                : "to begin an exchange (version 2)",
            specification: isMarked ? "RFC 7296, 1.2, 3; RFC 3948, 2.2" : "RFC 7296, 1.2, 3",
            proof: "an IKE server answers us", traits: .leavesState,
            write: { bytes, context in
                if isMarked { bytes.append(UInt32(0)) }
                appendHeader(&bytes, context.token, hex: "21 20 22 08", count: 376)
                bytes.append(hex: "22000030 0000002c 01010004")  // SA: a proposal, four transforms
                bytes.append(hex: "0300000c 0100000c 800e0100")  // AES-CBC of 256 bits
                bytes.append(hex: "03000008 02000005 03000008 0300000c")  // SHA-256
                bytes.append(hex: "00000008 0400000e")  // group 14
                bytes.append(hex: "28000108 000e0000")  // KE in group 14
                appendPublicValue(&bytes, context.token)
                bytes.append(hex: "00000024")  // nonce
                bytes.append(context.token, 32)
            },
            recognise: { reply, context in ikeMatch(reply, context.token, at: isMarked ? 4 : 0) })
    }

    /// Writes the header: our SPI, none of theirs, then `hex`: next payload, version, exchange and
    /// flags; message 0 of `count` bytes.
    private static func appendHeader(
        _ bytes: inout RequestBytes, _ token: RequestToken, hex: StaticString, count: UInt32
    ) {
        bytes.append(token, 8)
        bytes.append(UInt64(0))
        bytes.append(hex: hex)
        bytes.append(UInt32(0))
        bytes.append(count)
    }

    /// Writes 256 bytes below the prime of group 14, whose first 64 bits are all set (RFC 3526, 3).
    ///
    /// Any number above one is somebody's public value. Nobody knows the secret of this one, and
    /// the exchange goes no further.
    private static func appendPublicValue(_ bytes: inout RequestBytes, _ token: RequestToken) {
        bytes.append(token[0] & 0x7f | 0x40)
        bytes.append(token, 31, from: 1)
        for _ in 1..<8 { bytes.append(token, 32) }
    }

    /// What `reply` is to the exchange whose SPI begins `token`; its header is at `start`.
    private static func ikeMatch(
        _ reply: RawSpan, _ token: RequestToken, at start: Int
    ) -> ReplyMatch {
        guard start == 0 || reply.number(at: 0) == UInt32(0),
            let version = reply.byte(at: start + 17), let exchange = reply.byte(at: start + 18),
            let flags = reply.byte(at: start + 19),
            let length: UInt32 = reply.number(at: start + 24),
            length == reply.byteCount - start, length >= 28
        else { return .unrecognised }
        let isReply =
            switch version >> 4 {
            // Main mode, with an SPI of the responder, or a notification, perhaps without.
            case 1:
                exchange == 5 || (exchange == 2 && reply.number(at: start + 8) != UInt64(0))
            case 2: (34...37).contains(exchange) && flags & 0x20 != 0
            default: false
            }
        guard isReply else { return .unrecognised }
        return reply.matches(token, 8, at: start) ? .valid : .wrongToken
    }
}
