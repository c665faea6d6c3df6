/// The name service of NetBIOS over TCP/IP (RFC 1002).
extension DatagramRequest {
    /// Asks for the names the node has (node status).
    static let netbiosNames = DatagramRequest(
        .netbiosNames, "the names of the node", specification: "RFC 1002, 4.2.17, 4.2.18",
        proof: "a NetBIOS node tells strangers its names and groups", traits: .amplifies,
        write: { bytes, context in
            bytes.append(context.token.number(UInt16.self))
            bytes.append(UInt16(0))  // a query
            bytes.append(UInt64(0x0001_0000_0000_0000))  // one question, nothing else
            bytes.append(text: " CKAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\u{0}")  // "*", encoded
            bytes.append(UInt16(0x21))  // NBSTAT
            bytes.append(UInt16(1))  // IN
        },
        recognise: { reply, context in
            // A response without question, whose answer has the name we asked for.
            guard let id: UInt16 = reply.number(at: 0), let flags: UInt16 = reply.number(at: 2),
                flags & 0xf800 == 0x8000, reply.number(at: 4) == UInt16(0),
                reply.byte(at: 12) == 0x20, reply.byte(at: 45) == 0,
                let type: UInt16 = reply.number(at: 46), type == 0x21 || type == 0x0a
            else { return .unrecognised }
            return id == context.token.number() ? .valid : .wrongToken
        })
}
