/// The header of a UDP datagram (RFC 768).
package struct UDPDatagram: Hashable, Sendable {
    package var sourcePort: UInt16
    package var destinationPort: UInt16
    /// How many bytes it carries, by its own account.
    package var payloadLength: Int
    /// Where in the frame its bytes are, as far as they were captured.
    package var payload: Range<Int>

    /// The datagram at `start`; nil when its header does not fit before `end`.
    init?(in frame: RawSpan, _ start: Int, until end: Int) {
        guard end - start >= 8,
            let sourcePort = frame.number(at: start, UInt16.self),
            let destinationPort = frame.number(at: start + 2, UInt16.self),
            let length = frame.number(at: start + 4, UInt16.self), length >= 8 || length == 0
        else { return nil }
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        // Only a jumbogram has no length (RFC 2675, 4).
        payloadLength = length == 0 ? end - start - 8 : Int(length) - 8
        payload = start + 8..<min(end, start + 8 + payloadLength)
    }
}
