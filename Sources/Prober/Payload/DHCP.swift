/// The Dynamic Host Configuration Protocol (RFC 2131), of IPv4 alone.
extension DatagramRequest {
    /// Asks for the settings of the network, as a client that has an address already.
    ///
    /// The server answers to port 68 of the address in the request, so it must leave from there.
    static let dhcpInform = DatagramRequest(
        .dhcp, "the settings of the network", specification: "RFC 2131, 2, 3.4, 4.3.5; RFC 2132, 9",
        proof: "a DHCP server answers us", traits: .fromClientPort,
        write: { bytes, context in
            bytes.append(hex: "010106 00")  // request over Ethernet
            bytes.append(context.token.number(UInt32.self))  // transaction
            bytes.append(UInt32(0))  // begun just now; answer by unicast
            if case .v4(let bits) = context.source {
                bytes.append(bits)
            } else {
                bytes.append(UInt32(0))
            }
            bytes.append(repeating: 0, count: 12)  // your, next server's and relay's address
            bytes.append(UInt8(2))  // an Ethernet address that nobody was given
            bytes.append(context.token, 5, from: 8)
            bytes.append(repeating: 0, count: 10 + 64 + 128)  // no server's name, no file
            bytes.append(hex: "63825363 350108 3703010306 ff")  // inform: mask, routers, names
            bytes.append(repeating: 0, count: 300 - bytes.count)  // as long as BOOTP was
        },
        recognise: { reply, context in
            guard reply.byte(at: 0) == 2, reply.byte(at: 1) == 1, reply.byte(at: 2) == 6,
                reply.number(at: 236) == UInt32(0x6382_5363)
            else { return .unrecognised }
            return reply.matches(context.token, 4, at: 4) ? .valid : .wrongToken
        })
}
