/// An ICMP error and what it quotes of the packet that it is about (RFC 792, RFC 4443).
package struct ICMPMessage: Hashable, Sendable {
    package var error: ICMPError
    /// The packet that was not delivered; nil when too little of it is there.
    package var quoted: QuotedPacket?

    /// The error at `start`; nil when the message is none, or is cut.
    init?(_ family: IPAddress.Family, in frame: RawSpan, _ start: Int, until end: Int) {
        guard end - start >= 8, let type = frame.byte(at: start),
            let code = frame.byte(at: start + 1)
        else { return nil }
        // Unreachable, source quench, redirect, hop limit, parameter; ICMPv6's errors are below 128.
        let isError = family == .ipv4 ? [3, 4, 5, 11, 12].contains(type) : (1...4).contains(type)
        guard isError else { return nil }
        error = ICMPError(family, type: type, code: code)
        quoted = QuotedPacket(family, in: frame, start + 8, until: end)
    }
}

/// What an ICMP error quotes of a packet: where it went, and over which ports.
package struct QuotedPacket: Hashable, Sendable {
    package var source: IPAddress
    package var destination: IPAddress
    /// The transport's number.
    package var transport: UInt8
    package var sourcePort: UInt16
    package var destinationPort: UInt16

    /// The packet that begins at `start`; nil when its ports are not there.
    init?(_ family: IPAddress.Family, in frame: RawSpan, _ start: Int, until end: Int) {
        guard let first = frame.byte(at: start),
            let (transport, offset) = Self.transport(family, first, in: frame, start, until: end),
            transport == 6 || transport == 17, end - offset >= 4,
            let source = frame.address(family, at: start + (family == .ipv4 ? 12 : 8)),
            let destination = frame.address(family, at: start + (family == .ipv4 ? 16 : 24)),
            let sourcePort = frame.number(at: offset, UInt16.self),
            let destinationPort = frame.number(at: offset + 2, UInt16.self)
        else { return nil }
        self.source = source
        self.destination = destination
        self.transport = transport
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
    }

    /// The number of the transport and where its header begins.
    private static func transport(
        _ family: IPAddress.Family, _ first: UInt8, in frame: RawSpan, _ start: Int, until end: Int
    ) -> (UInt8, Int)? {
        switch family {
        case .ipv4:
            guard first >> 4 == 4, first & 0xf >= 5, let transport = frame.byte(at: start + 9),
                let fragment = frame.number(at: start + 6, UInt16.self), fragment & 0x1fff == 0
            else { return nil }
            return (transport, start + Int(first & 0xf) * 4)
        case .ipv6:
            guard first >> 4 == 6, let next = frame.byte(at: start + 6),
                case .transport(let transport, let offset) = IPv6Headers.end(
                    after: next, in: frame, start + 40, until: end)
            else { return nil }
            return (transport, offset)
        }
    }
}
