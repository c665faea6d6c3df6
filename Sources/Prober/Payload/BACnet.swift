/// BACnet/IP, which building automation speaks (ASHRAE 135, annex J).
extension DatagramRequest {
    /// Asks the device, whichever number it has, for its name.
    static let bacnet = DatagramRequest(
        .bacnet, "its name", specification: "ASHRAE 135, 6.2, 15.5, 20.1, J.2",
        proof: "a controller of a building answers strangers", traits: .isIndustrial,
        write: { bytes, context in
            bytes.append(hex: "810a 0011 0104")  // unicast of 17 bytes; expects a reply
            bytes.append(hex: "0005")  // confirmed request, up to 1,476 bytes
            bytes.append(context.token[0])  // invocation
            bytes.append(hex: "0c 0c023fffff 194d")  // ReadProperty: any device, object-name
        },
        recognise: { reply, context in
            guard reply.number(at: 0) == UInt16(0x810a), let length: UInt16 = reply.number(at: 2),
                Int(length) == reply.byteCount, reply.byte(at: 4) == 1,
                let control = reply.byte(at: 5), control & 0xa0 == 0
            else { return .unrecognised }
            // Behind a router the device's own address stands first.
            var start = 6
            if control & 0x08 != 0 {
                guard let addressLength = reply.byte(at: 8) else { return .unrecognised }
                start += 3 + Int(addressLength)
            }
            // An answer, an error, a reject or an abort.
            guard let type = reply.byte(at: start), (3...7).contains(type >> 4), type >> 4 != 4,
                let invocation = reply.byte(at: start + 1), reply.byteCount >= start + 3
            else { return .unrecognised }
            return invocation == context.token[0] ? .valid : .wrongToken
        })
}
