/// An IP packet as it was on the wire, as far as its headers tell.
///
/// Read from any bytes: what is cut or makes no sense is no packet, or a packet of which less is known.
/// Checksums are not looked at: a machine's own packets are captured before they have one.
package struct WirePacket: Hashable, Sendable {
    /// Where it comes from, by its own account.
    package var source: IPAddress
    /// Where it goes.
    package var destination: IPAddress
    /// How many hops it may still go: IPv4's time to live, IPv6's hop limit.
    package var hopLimit: UInt8
    /// IPv4's identification; nil for IPv6.
    package var identification: UInt16?
    /// What it carries.
    package var content: Content

    /// What an IP packet carries.
    package enum Content: Hashable, Sendable {
        case segment(TCPSegment)
        case datagram(UDPDatagram)
        case icmpError(ICMPMessage)
        /// The packet is not the first fragment of several, and has no transport header.
        case laterFragment
        /// A transport of this number that is not read, or a header of which too little is there.
        case other(transport: UInt8)
    }

    /// The packet in `frame`, which begins as `link` says; nil when it holds no whole IP header.
    package init?(_ frame: RawSpan, _ link: LinkType) {
        guard let (offset, family) = link.network(in: frame) else { return nil }
        switch family {
        case .ipv4: self.init(ipv4At: offset, in: frame)
        case .ipv6: self.init(ipv6At: offset, in: frame)
        }
    }

    /// RFC 791, section 3.1.
    private init?(ipv4At start: Int, in frame: RawSpan) {
        guard let first = frame.byte(at: start), first >> 4 == 4,
            let length = frame.number(at: start + 2, UInt16.self),
            let identification = frame.number(at: start + 4, UInt16.self),
            let fragment = frame.number(at: start + 6, UInt16.self),
            let hopLimit = frame.byte(at: start + 8), let transport = frame.byte(at: start + 9),
            let source = frame.address(.ipv4, at: start + 12),
            let destination = frame.address(.ipv4, at: start + 16)
        else { return nil }
        let headerLength = Int(first & 0xf) * 4
        guard headerLength >= 20, headerLength <= frame.byteCount - start else { return nil }
        // A segment that the network card will cut up has no length yet (0).
        let end =
            length == 0 ? frame.byteCount : min(frame.byteCount, start + Int(length))
        guard end >= start + headerLength else { return nil }
        self.init(
            source: source, destination: destination, hopLimit: hopLimit,
            identification: identification,
            content: fragment & 0x1fff == 0
                ? Content(transport, in: frame, start + headerLength, until: end)
                : .laterFragment)
    }

    /// RFC 8200, sections 3 and 4.
    private init?(ipv6At start: Int, in frame: RawSpan) {
        guard let first = frame.byte(at: start), first >> 4 == 6,
            let length = frame.number(at: start + 4, UInt16.self),
            let next = frame.byte(at: start + 6), let hopLimit = frame.byte(at: start + 7),
            let source = frame.address(.ipv6, at: start + 8),
            let destination = frame.address(.ipv6, at: start + 24)
        else { return nil }
        let end =
            length == 0 ? frame.byteCount : min(frame.byteCount, start + 40 + Int(length))
        self.init(
            source: source, destination: destination, hopLimit: hopLimit, identification: nil,
            content: Content(after: next, in: frame, start + 40, until: end))
    }

    private init(
        source: IPAddress, destination: IPAddress, hopLimit: UInt8, identification: UInt16?,
        content: Content
    ) {
        self.source = source
        self.destination = destination
        self.hopLimit = hopLimit
        self.identification = identification
        self.content = content
    }
}

extension WirePacket.Content {
    /// What lies behind IPv6's extension headers.
    fileprivate init(after first: UInt8, in frame: RawSpan, _ start: Int, until end: Int) {
        switch IPv6Headers.end(after: first, in: frame, start, until: end) {
        case .transport(let transport, let offset):
            self.init(transport, in: frame, offset, until: end)
        case .laterFragment: self = .laterFragment
        case .cut(let header): self = .other(transport: header)
        }
    }

    /// What the header of `transport` at `start` says.
    fileprivate init(_ transport: UInt8, in frame: RawSpan, _ start: Int, until end: Int) {
        let content: Self? =
            switch transport {
            case 6: TCPSegment(in: frame, start, until: end).map(Self.segment)
            case 17: UDPDatagram(in: frame, start, until: end).map(Self.datagram)
            case 1: ICMPMessage(.ipv4, in: frame, start, until: end).map(Self.icmpError)
            case 58: ICMPMessage(.ipv6, in: frame, start, until: end).map(Self.icmpError)
            default: nil
            }
        self = content ?? .other(transport: transport)
    }
}

extension RawSpan {
    /// The address in network byte order at `offset`, or nil when it does not fit.
    func address(_ family: IPAddress.Family, at offset: Int) -> IPAddress? {
        switch family {
        case .ipv4: number(at: offset, UInt32.self).map { .v4($0) }
        case .ipv6:
            number(at: offset, UInt64.self).flatMap { high in
                number(at: offset + 8, UInt64.self).map { .v6(high: high, low: $0) }
            }
        }
    }
}
