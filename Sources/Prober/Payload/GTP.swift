/// The GPRS tunnelling protocol of mobile networks: control, versions 1 and 2, and user data.
extension DatagramRequest {
    /// Asks a node that speaks version 2 of the control protocol whether it is alive.
    static let gtpControl2 = DatagramRequest(
        .gtp, "whether it is alive (control, version 2)", specification: "3GPP TS 29.274, 5.1, 7.1",
        proof: "a node of a mobile core network answers strangers",
        write: { bytes, context in
            bytes.append(hex: "4001 0009")  // version 2, echo request
            bytes.append(context.token, 3)  // sequence
            bytes.append(hex: "00 03000100 01")  // restart counter 1
        },
        recognise: { reply, context in
            // An echo response, or that the version is not supported.
            guard let first = reply.byte(at: 0), first & 0xe8 == 0x40,
                let type = reply.byte(at: 1), type == 2 || type == 3,
                let length: UInt16 = reply.number(at: 2), Int(length) == reply.byteCount - 4,
                length >= 4
            else { return .unrecognised }
            return reply.matches(context.token, 3, at: 4) ? .valid : .wrongToken
        })

    /// Asks a node that speaks version 1 of the control protocol whether it is alive.
    static let gtpControl1 = echo1("control, version 1", "3GPP TS 29.060, 6, 7.2")
    /// Asks a node that carries user data whether it is alive.
    static let gtpUser = echo1("user data", "3GPP TS 29.281, 5.1, 7.2")

    private static func echo1(_ plane: String, _ specification: String) -> DatagramRequest {
        DatagramRequest(
            .gtp, "whether it is alive (\(plane))", specification: specification,
            proof: "a node of a mobile core network answers strangers",
            write: { bytes, context in
                bytes.append(hex: "3201 0004 00000000")  // version 1 with sequence, echo request
                bytes.append(context.token, 2)  // sequence
                bytes.append(hex: "0000")
            },
            recognise: { reply, context in
                guard let first = reply.byte(at: 0), first & 0xf8 == 0x30, first & 7 != 0,
                    let type = reply.byte(at: 1), type == 2 || type == 3,
                    let length: UInt16 = reply.number(at: 2), Int(length) == reply.byteCount - 8,
                    length >= 4
                else { return .unrecognised }
                return reply.matches(context.token, 2, at: 8) ? .valid : .wrongToken
            })
    }
}
