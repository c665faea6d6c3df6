/// The extension headers between IPv6's own header and the transport's.
enum IPv6Headers {
    /// Where they end.
    enum End {
        /// At the header of this transport, which begins there.
        case transport(UInt8, offset: Int)
        /// In a fragment that is not the first.
        case laterFragment
        /// In a header of this number, of which too little is there.
        case cut(UInt8)
    }

    /// Follows the headers from `start` on, of which the first has the number `first` (RFC 8200,
    /// section 4; RFC 4302, 2.2 for the authentication header).
    static func end(
        after first: UInt8, in frame: RawSpan, _ start: Int, until end: Int
    ) -> End {
        var (header, offset) = (first, start)
        while header == fragment || others.contains(header) {
            guard offset + 8 <= end, let next = frame.byte(at: offset),
                let length = frame.byte(at: offset + 1),
                let place = frame.number(at: offset + 2, UInt16.self)
            else { return .cut(header) }
            switch header {
            case fragment:
                if place & 0xfff8 != 0 { return .laterFragment }
                offset += 8
            case authentication: offset += (Int(length) + 2) * 4
            default: offset += (Int(length) + 1) * 8
            }
            header = next
        }
        return .transport(header, offset: offset)
    }

    private static let fragment: UInt8 = 44
    private static let authentication: UInt8 = 51
    /// Hop-by-hop options, routing, authentication, destination options, mobility, HIP, shim6.
    private static let others: [UInt8] = [0, 43, 51, 60, 135, 139, 140]
}
