/// The Routing Information Protocol, versions 2 (RFC 2453) and, for IPv6, "ng" (RFC 2080).
///
/// Asked for the whole table, a router sends all of it. Asked for one route it gives the entry back
/// with only the metric changed, so the question is small, and the entry has room for a token.
extension DatagramRequest {
    /// Asks for the metric of one address within 198.18.0.0/15, which is for benchmarks.
    static let rip = DatagramRequest(
        .rip, "the metric of one route", specification: "RFC 2453, 3.9.1, 4",
        proof: "a router tells strangers its routes, and may take some from them",
        write: { bytes, context in
            bytes.append(hex: "0102 0000 0002")  // request, version 2; an IPv4 route
            bytes.append(ripTag(context.token))
            bytes.append(ripAddress(context.token))
            bytes.append(UInt32.max)  // mask
            bytes.append(UInt32(0))  // next hop
            bytes.append(UInt32(16))  // unreachable
        },
        recognise: { reply, context in
            guard reply.byteCount == 24, reply.byte(at: 0) == 2, let version = reply.byte(at: 1),
                (1...2).contains(version), reply.number(at: 4) == UInt16(2),
                let tag: UInt16 = reply.number(at: 6), let address: UInt32 = reply.number(at: 8),
                let metric: UInt32 = reply.number(at: 20), metric <= 16
            else { return .unrecognised }
            let isOurs = tag == ripTag(context.token) && address == ripAddress(context.token)
            return isOurs ? .valid : .wrongToken
        })

    /// Asks for the metric of one prefix within 2001:db8::/32, which is for documents.
    static let ripng = DatagramRequest(
        .ripng, "the metric of one route", specification: "RFC 2080, 2.1, 2.4.1",
        proof: "a router tells strangers its routes, and may take some from them",
        write: { bytes, context in
            bytes.append(hex: "0101 0000")  // request, version 1
            bytes.append(hex: "20010db8")
            bytes.append(context.token, 4)
            bytes.append(UInt64(0))
            bytes.append(ripTag(context.token))
            bytes.append(hex: "40 10")  // 64 bits, unreachable
        },
        recognise: { reply, context in
            guard reply.byteCount == 24, reply.byte(at: 0) == 2, reply.byte(at: 1) == 1,
                reply.number(at: 2) == UInt16(0), let length = reply.byte(at: 22), length <= 128,
                let metric = reply.byte(at: 23), metric <= 16,
                let prefix: UInt32 = reply.number(at: 4), let tag: UInt16 = reply.number(at: 20)
            else { return .unrecognised }
            let isOurs =
                prefix == 0x2001_0db8 && reply.matches(context.token, 4, at: 8)
                && tag == ripTag(context.token)
            return isOurs ? .valid : .wrongToken
        })

    private static func ripAddress(_ token: RequestToken) -> UInt32 {
        0xc612_0000 | token.number(UInt32.self) & 0x1_ffff
    }

    private static func ripTag(_ token: RequestToken) -> UInt16 {
        UInt16(token[4]) << 8 | UInt16(token[5])
    }
}
