/// What the frames of a capture begin with: the LINKTYPE_ numbers of pcap-linktype(7).
package enum LinkType: UInt16, Hashable, Sendable, CaseIterable {
    /// BSD loopback: the protocol family in the capturing machine's byte order.
    case bsdLoopback = 0
    /// Ethernet.
    case ethernet = 1
    /// An IPv4 or IPv6 packet, and nothing before it (a TUN device).
    case rawIP = 101
    /// OpenBSD loopback: the protocol family in network byte order.
    case openBSDLoopback = 108
    /// Linux "cooked" capture, as the device `any` gives it.
    case cooked = 113
    /// An IPv4 packet.
    case rawIPv4 = 228
    /// An IPv6 packet.
    case rawIPv6 = 229
    /// The second version of Linux cooked capture, which names the interface.
    case cooked2 = 276
}

extension LinkType {
    /// Where the network layer begins in `frame`, and what it is; nil when that is no IP.
    ///
    /// VLAN tags (IEEE 802.1Q, 802.1ad) are passed over, however many there are.
    func network(in frame: RawSpan) -> (offset: Int, family: IPAddress.Family)? {
        switch self {
        case .ethernet: Self.afterTags(at: 12, in: frame)
        case .cooked: Self.afterTags(at: 14, in: frame)
        case .cooked2:
            // The type is the first field here, and tags would follow the header.
            switch frame.number(at: 0, UInt16.self) {
            case Self.ipv4Type: (20, .ipv4)
            case Self.ipv6Type: (20, .ipv6)
            case let type? where Self.tagTypes.contains(type): Self.afterTags(at: 22, in: frame)
            default: nil
            }
        case .bsdLoopback, .openBSDLoopback:
            // AF_INET is 2 everywhere, AF_INET6 is not; the packet itself says which it is.
            Self.versioned(at: 4, in: frame)
        case .rawIP: Self.versioned(at: 0, in: frame)
        case .rawIPv4: (0, .ipv4)
        case .rawIPv6: (0, .ipv6)
        }
    }

    /// The number of the interface that saw `frame`, where the frame tells; else 0.
    package func interface(of frame: RawSpan) -> UInt32 {
        self == .cooked2 ? frame.number(at: 4) ?? 0 : 0
    }

    /// Whether this machine sent `frame`; nil where frames do not tell.
    func isOutgoing(_ frame: RawSpan) -> Bool? {
        // PACKET_OUTGOING of packet(7).
        switch self {
        case .cooked: frame.number(at: 0, UInt16.self).map { $0 == 4 }
        case .cooked2: frame.byte(at: 10).map { $0 == 4 }
        case .ethernet, .rawIP, .rawIPv4, .rawIPv6, .bsdLoopback, .openBSDLoopback: nil
        }
    }

    /// The network layer behind the type at `offset` and the tags that follow it.
    private static func afterTags(
        at offset: Int, in frame: RawSpan
    ) -> (offset: Int, family: IPAddress.Family)? {
        var offset = offset
        while let type = frame.number(at: offset, UInt16.self) {
            switch type {
            case ipv4Type: return (offset + 2, .ipv4)
            case ipv6Type: return (offset + 2, .ipv6)
            case _ where tagTypes.contains(type): offset += 4
            default: return nil
            }
        }
        return nil
    }

    private static func versioned(
        at offset: Int, in frame: RawSpan
    ) -> (offset: Int, family: IPAddress.Family)? {
        switch frame.byte(at: offset).map({ $0 >> 4 }) {
        case 4: (offset, .ipv4)
        case 6: (offset, .ipv6)
        default: nil
        }
    }

    private static let ipv4Type: UInt16 = 0x0800
    private static let ipv6Type: UInt16 = 0x86dd
    private static let tagTypes: [UInt16] = [0x8100, 0x88a8, 0x9100]
}
