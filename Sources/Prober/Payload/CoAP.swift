/// The Constrained Application Protocol (RFC 7252).
extension DatagramRequest {
    /// Sends an empty message that wants to be confirmed, which is reset: a ping of four bytes.
    static let coapPing = DatagramRequest(
        .coap, "whether anybody is there", specification: "RFC 7252, 3, 4.3",
        proof: "a CoAP server answers us",
        write: { bytes, context in
            bytes.append(UInt16(0x4000))  // version 1, confirmable, empty
            bytes.append(context.token, 2)  // message
        },
        recognise: { reply, context in
            guard reply.byteCount == 4, reply.number(at: 0) == UInt16(0x7000) else {
                return .unrecognised
            }
            return reply.matches(context.token, 2, at: 2) ? .valid : .wrongToken
        })

    /// Asks for the list of resources, which has a well-known place (RFC 6690, 4).
    static let coapResources = DatagramRequest(
        .coap, "its list of resources", specification: "RFC 7252, 3, 5.10; RFC 6690, 4",
        proof: "a CoAP server lets strangers list its resources", traits: .amplifies,
        write: { bytes, context in
            bytes.append(UInt16(0x4001))  // version 1, confirmable, GET
            bytes.append(context.token, 2)  // message
            bytes.append(hex: "bb")  // Uri-Path of eleven bytes
            bytes.append(text: ".well-known")
            bytes.append(hex: "04")  // another, of four
            bytes.append(text: "core")
        },
        recognise: { reply, context in
            // An acknowledgement without token, empty or with a response, or a reset.
            guard let code: UInt16 = reply.number(at: 0), reply.byteCount >= 4 else {
                return .unrecognised
            }
            switch code {
            case 0x6000, 0x7000: guard reply.byteCount == 4 else { return .unrecognised }
            case 0x6040...0x605f, 0x6080...0x60bf: break
            default: return .unrecognised
            }
            return reply.matches(context.token, 2, at: 2) ? .valid : .wrongToken
        })
}
