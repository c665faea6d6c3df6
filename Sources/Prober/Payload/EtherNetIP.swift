/// EtherNet/IP, which carries the Common Industrial Protocol.
extension DatagramRequest {
    /// Asks the device for its identity.
    static let etherNetIP = DatagramRequest(
        .etherNetIP, "what it is", specification: "CIP volume 2, 2-3, 2-4.2 (ListIdentity)",
        proof: "an industrial controller answers strangers", traits: .isIndustrial,
        write: { bytes, context in
            bytes.append(hex: "6300 0000 00000000 00000000")  // list identity, no data, no session
            bytes.append(hex: "0000")  // how long it may wait before it answers: as it likes
            bytes.append(context.token, 6)
            bytes.append(UInt32(0))  // options
        },
        recognise: { reply, context in
            // The same command, with items behind it.
            guard reply.number(at: 0) == UInt16(0x6300), let length: UInt16 = reply.number(at: 2),
                Int(length.byteSwapped) == reply.byteCount - 24, length > 0,
                reply.number(at: 8) == UInt32(0), reply.number(at: 20) == UInt32(0)
            else { return .unrecognised }
            // The context comes back, in devices that follow the book.
            let hasNone = reply.number(at: 12) == UInt64(0)
            return hasNone || reply.matches(context.token, 6, at: 14) ? .valid : .wrongToken
        })
}
