/// The Domain Name System (RFC 1035).
extension DatagramRequest {
    /// Asks for the root's name servers, which every resolver knows: 17 bytes.
    static let dnsRootServers = DatagramRequest(
        .dns, "name servers of the root", specification: "RFC 1035, 4.1",
        proof: "a DNS server answers us; refusing counts as well",
        write: { bytes, context in
            bytes.append(context.token.number(UInt16.self))
            bytes.append(UInt16(0x0100))  // a query that wishes recursion
            bytes.append(UInt64(0x0001_0000_0000_0000))  // one question, nothing else
            bytes.append(UInt8(0))  // the root
            bytes.append(UInt16(2))  // NS
            bytes.append(UInt16(1))  // IN
        },
        recognise: { reply, context in dnsMatch(reply, context.token) })

    /// Asks for the version of the server: 30 bytes, for servers that ignore questions of the root.
    static let dnsVersion = DatagramRequest(
        .dns, "version of the server", specification: "RFC 1035, 4.1; RFC 4892, 3.1",
        proof: "a DNS server answers us; refusing counts as well",
        write: { bytes, context in
            bytes.append(context.token.number(UInt16.self))
            bytes.append(UInt16(0))  // a query without wishes
            bytes.append(UInt64(0x0001_0000_0000_0000))  // one question, nothing else
            bytes.append(text: "\u{7}version\u{4}bind\u{0}")
            bytes.append(UInt16(16))  // TXT
            bytes.append(UInt16(3))  // CHAOS
        },
        recognise: { reply, context in dnsMatch(reply, context.token) })

    /// What `reply` is to a DNS query whose identifier begins `token`.
    ///
    /// A response has the QR bit, the opcode of the query, at most the one question we asked, and
    /// any response code.
    static func dnsMatch(_ reply: RawSpan, _ token: RequestToken) -> ReplyMatch {
        guard let id: UInt16 = reply.number(at: 0), let flags: UInt16 = reply.number(at: 2),
            let questions: UInt16 = reply.number(at: 4), reply.byteCount >= 12,
            flags & 0xf800 == 0x8000, questions <= 1
        else { return .unrecognised }
        return id == token.number() ? .valid : .wrongToken
    }
}
