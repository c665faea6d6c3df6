/// The Simple Network Management Protocol, versions 1, 2c and 3.
extension DatagramRequest {
    /// Asks which engine answers; nobody needs a secret for that.
    static let snmpEngine = DatagramRequest(
        .snmp, "which engine it is (version 3)", specification: "RFC 3412, 6; RFC 3414, 4",
        proof: "an SNMP agent or manager answers us and tells its engine's identity",
        write: { bytes, context in
            let id = context.token.berInteger(byteCount: 3)
            bytes.append(hex: "303c 020103 3010 0203")  // version 3, msgID
            append24Bits(id, to: &bytes)
            bytes.append(hex: "020300ffe3 040104 020103")  // 65,507 bytes, reportable, USM
            bytes.append(hex: "0410 300e 0400 020100 020100 0400 0400 0400")  // no engine, no user
            bytes.append(hex: "3013 0400 0400 a00d 0203")  // no context; GetRequest
            append24Bits(id, to: &bytes)
            bytes.append(hex: "020100 020100 3000")  // no bindings
        },
        recognise: { reply, context in
            var body = snmpFields(reply)
            guard let version = body?.number(in: reply), version == 3,
                let global = body?.content(of: 0x30, in: reply),
                body?.content(of: 0x04, in: reply) != nil,  // security parameters
                let scoped = body?.content(of: 0x30, in: reply)
            else { return .unrecognised }
            var header = BERReader(global)
            guard let id = header.number(in: reply), header.number(in: reply) != nil,
                hasReport(scoped, reply)
            else { return .unrecognised }
            return id == context.token.berInteger(byteCount: 3) ? .valid : .wrongToken
        })

    /// Asks for the system's description with the community "public", version 2c.
    static let snmpDescription2c = description(1, "RFC 1901, 3; RFC 3416, 4.2.1")
    /// Asks for the system's description with the community "public", version 1.
    static let snmpDescription1 = description(0, "RFC 1157, 4.1.2")

    private static func description(_ version: UInt8, _ specification: String) -> DatagramRequest {
        DatagramRequest(
            .snmp, "what the system is (version \(version == 0 ? "1" : "2c"), community public)",
            specification: specification,
            proof: "an SNMP agent lets strangers read with the community \"public\"",
            write: { bytes, context in
                bytes.append(hex: "3028 0201")
                bytes.append(version)
                bytes.append(hex: "0406")
                bytes.append(text: "public")
                bytes.append(hex: "a01b 0203")  // GetRequest
                append24Bits(context.token.berInteger(byteCount: 3), to: &bytes)
                bytes.append(hex: "020100 020100")  // no error
                bytes.append(hex: "300e 300c 06082b06010201010100 0500")  // sysDescr.0
            },
            recognise: { reply, context in
                var body = snmpFields(reply)
                guard let replied = body?.number(in: reply), replied == UInt64(version),
                    body?.content(of: 0x04, in: reply) != nil,
                    let response = body?.content(of: 0xa2, in: reply)
                else { return .unrecognised }
                var fields = BERReader(response)
                guard let id = fields.number(in: reply), fields.number(in: reply) != nil else {
                    return .unrecognised
                }
                return id == context.token.berInteger(byteCount: 3) ? .valid : .wrongToken
            })
    }

    private static func append24Bits(_ number: UInt32, to bytes: inout RequestBytes) {
        bytes.append(UInt8(truncatingIfNeeded: number >> 16))
        bytes.append(UInt16(truncatingIfNeeded: number))
    }

    /// The fields of the message, which begin with the version.
    private static func snmpFields(_ reply: RawSpan) -> BERReader? {
        var message = BERReader(0..<reply.byteCount)
        return message.content(of: 0x30, in: reply).map { BERReader($0) }
    }

    /// Whether the scoped data unit holds a report, which is how discovery is answered.
    private static func hasReport(_ scoped: Range<Int>, _ reply: RawSpan) -> Bool {
        var fields = BERReader(scoped)
        return fields.content(of: 0x04, in: reply) != nil
            && fields.content(of: 0x04, in: reply) != nil
            && fields.content(of: 0xa8, in: reply) != nil
    }
}
