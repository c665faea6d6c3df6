/// KNXnet/IP, which joins the wires of buildings to IP networks (ISO 22510).
extension DatagramRequest {
    /// Asks the device to describe itself; it gives nothing back.
    static let knx = DatagramRequest(
        .knx, "what it is", specification: "ISO 22510, description (KNXnet/IP core, 7.7)",
        proof: "a gateway to the wires of a building answers strangers", traits: .isIndustrial,
        write: { bytes, _ in
            bytes.append(hex: "0610 0203 000e")  // description request of 14 bytes
            bytes.append(hex: "0801 00000000 0000")  // answer to where this came from
        },
        recognise: { reply, _ in
            // A description response, whose first block describes the device in 54 bytes.
            guard reply.number(at: 0) == UInt32(0x0610_0204),
                let length: UInt16 = reply.number(at: 4), Int(length) == reply.byteCount,
                reply.number(at: 6) == UInt16(0x3601)
            else { return .unrecognised }
            return .valid
        })
}
