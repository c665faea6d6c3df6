/// The Lightweight Directory Access Protocol over UDP (RFC 1798, MS-ADTS 3.1.1.3).
extension DatagramRequest {
    /// Asks the root of the directory for one short attribute.
    static let cldap = DatagramRequest(
        .cldap, "the protocol versions of the directory", specification: "RFC 4511, 4.5; RFC 1798",
        proof: "a directory answers strangers over UDP, which can be turned against others",
        traits: .amplifies,
        write: { bytes, context in
            bytes.append(hex: "303e 0204")
            bytes.append(context.token.berInteger(byteCount: 4))
            bytes.append(hex: "6336 0400 0a0100 0a0100")  // the root itself, never alias
            bytes.append(hex: "020100 020100 010100")  // no limits, values too
            bytes.append(hex: "870b")  // whatever has the attribute
            bytes.append(text: "objectClass")
            bytes.append(hex: "3016 0414")
            bytes.append(text: "supportedLDAPVersion")
        },
        recognise: { reply, context in
            var message = BERReader(0..<reply.byteCount)
            guard let content = message.content(of: 0x30, in: reply) else { return .unrecognised }
            var fields = BERReader(content)
            // An entry, or the end of the search.
            guard let id = fields.number(in: reply), let tag = fields.tag(in: reply),
                tag == 0x64 || tag == 0x65, fields.content(of: tag, in: reply) != nil
            else { return .unrecognised }
            return id == context.token.berInteger(byteCount: 4) ? .valid : .wrongToken
        })
}
