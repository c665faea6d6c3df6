/// The Kerberos Network Authentication Service, version 5 (RFC 4120).
extension DatagramRequest {
    /// Asks for a ticket in a realm that cannot exist, and whose name holds the token.
    ///
    /// An error repeats the realm asked for; a server that answers for a realm of its own is known
    /// by the shape of its reply alone.
    static let kerberos = DatagramRequest(
        .kerberos, "a ticket in a realm that does not exist",
        specification: "RFC 4120, 5.4.1, 5.9.1",
        proof: "a key distribution centre answers us",
        write: writeKerberos, recognise: { reply, context in kerberosMatch(reply, context.token) })

    /// Writes an AS-REQ; the lengths hold because every part has a fixed size.
    private static let writeKerberos: Writer = { bytes, context in
        bytes.append(hex: "6a8190 30818d")  // AS-REQ: [APPLICATION 10] SEQUENCE
        bytes.append(hex: "a103020105 a20302010a")  // pvno 5, msg-type 10
        bytes.append(hex: "a48180 307e")  // req-body
        bytes.append(hex: "a007 0305 0000000000")  // kdc-options: none
        bytes.append(hex: "a113 3011 a003020101 a10a 3008 1b06")  // cname: NT-PRINCIPAL, one part
        bytes.append(text: "prober")
        bytes.append(hex: "a212 1b10")  // realm
        appendRealm(&bytes, context.token)
        bytes.append(hex: "a325 3023 a003020102 a11c 301a 1b06")  // sname: NT-SRV-INST, two parts
        bytes.append(text: "krbtgt")
        bytes.append(hex: "1b10")
        appendRealm(&bytes, context.token)
        bytes.append(hex: "a511 180f")  // till
        bytes.append(text: "20370913024805Z")
        bytes.append(hex: "a706 0204")  // nonce
        bytes.append(context.token.berInteger(byteCount: 4))
        bytes.append(hex: "a808 3006 020112 020111")  // etype: AES with 256 and 128 bits
    }

    private static func appendRealm(_ bytes: inout RequestBytes, _ token: RequestToken) {
        bytes.append(hexDigitsOf: token, 4, from: 4)
        bytes.append(text: ".INVALID")
    }

    private static func kerberosMatch(_ reply: RawSpan, _ token: RequestToken) -> ReplyMatch {
        var message = BERReader(0..<reply.byteCount)
        guard let tag = message.tag(in: reply), tag == 0x7e || tag == 0x6b,
            let body = message.content(of: tag, in: reply)
        else { return .unrecognised }
        var outer = BERReader(body)
        guard let fields = outer.content(of: 0x30, in: reply) else { return .unrecognised }
        var field = BERReader(fields)
        // KRB-ERROR has message type 30, an AS-REP 11.
        guard explicitNumber(&field, 0xa0, reply) == 5,
            explicitNumber(&field, 0xa1, reply) == (tag == 0x7e ? 30 : 11)
        else { return .unrecognised }
        let realmTag: UInt8 = tag == 0x7e ? 0xa9 : 0xa3
        while let tag = field.tag(in: reply), let content = field.content(of: tag, in: reply) {
            guard tag == realmTag else { continue }
            var text = BERReader(content)
            guard let realm = text.content(of: 0x1b, in: reply) else { return .unrecognised }
            let isOfOurs =
                realm.count == 16 && reply.isHexDigits(8, at: realm.lowerBound)
                && reply.has(".INVALID", at: realm.lowerBound + 8)
            let isOurs = reply.hasHexDigits(of: token, 4, from: 4, at: realm.lowerBound)
            return isOfOurs && !isOurs ? .wrongToken : .valid
        }
        return .unrecognised
    }

    /// The number within the explicit tag `tag`.
    private static func explicitNumber(
        _ reader: inout BERReader, _ tag: UInt8, _ reply: RawSpan
    ) -> UInt64? {
        guard let content = reader.content(of: tag, in: reply) else { return nil }
        var inner = BERReader(content)
        return inner.number(in: reply)
    }
}
