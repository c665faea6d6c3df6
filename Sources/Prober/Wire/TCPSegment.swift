/// The header of a TCP segment (RFC 9293, 3.1).
package struct TCPSegment: Hashable, Sendable {
    package var sourcePort: UInt16
    package var destinationPort: UInt16
    package var sequence: UInt32
    package var acknowledgement: UInt32
    package var flags: TCPFlags
    /// The window as it is written, not scaled.
    package var window: UInt16
    package var options: TCPOptions
    /// How many bytes it carries, as far as they were captured.
    package var payloadLength: Int

    /// The segment at `start`; nil when its fixed header does not fit before `end`.
    ///
    /// Options that are cut are those before the cut.
    init?(in frame: RawSpan, _ start: Int, until end: Int) {
        guard end - start >= 20,
            let sourcePort = frame.number(at: start, UInt16.self),
            let destinationPort = frame.number(at: start + 2, UInt16.self),
            let sequence = frame.number(at: start + 4, UInt32.self),
            let acknowledgement = frame.number(at: start + 8, UInt32.self),
            let length = frame.byte(at: start + 12), let flags = frame.byte(at: start + 13),
            let window = frame.number(at: start + 14, UInt16.self)
        else { return nil }
        self.sourcePort = sourcePort
        self.destinationPort = destinationPort
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = TCPFlags(rawValue: flags)
        self.window = window
        let last = min(end, frame.byteCount)
        let header = min(last, start + max(20, Int(length >> 4) * 4))
        options = TCPOptions(in: frame, start + 20, until: header)
        payloadLength = last - header
    }
}

/// The flags of a TCP segment.
package struct TCPFlags: OptionSet, Hashable, Sendable {
    package var rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let fin = TCPFlags(rawValue: 0x01)
    package static let syn = TCPFlags(rawValue: 0x02)
    package static let reset = TCPFlags(rawValue: 0x04)
    package static let push = TCPFlags(rawValue: 0x08)
    package static let ack = TCPFlags(rawValue: 0x10)
}

/// The options of a TCP segment that tell something of who sent it (RFC 9293, 7323, 2018).
package struct TCPOptions: Hashable, Sendable {
    /// The greatest segment the sender takes, in bytes.
    package var maximumSegmentSize: UInt16?
    /// By how many bits the sender's windows are shifted.
    package var windowScale: UInt8?
    /// Whether selective acknowledgements are taken.
    package var allowsSelectiveAcknowledgement = false
    /// The sender's time stamp, and the one that it has seen last.
    package var timestamps: TCPTimestamps?

    /// Whether there are time stamps.
    package var hasTimestamps: Bool { timestamps != nil }

    package init() {}

    /// The options from `start` on; reading ends at the first that makes no sense.
    init(in frame: RawSpan, _ start: Int, until end: Int) {
        var offset = start
        while offset < end, let kind = frame.byte(at: offset), kind != 0 {
            if kind == 1 {
                offset += 1
                continue
            }
            guard let length = frame.byte(at: offset + 1), length >= 2,
                offset + Int(length) <= end
            else { return }
            switch (kind, length) {
            case (2, 4): maximumSegmentSize = frame.number(at: offset + 2)
            case (3, 3): windowScale = frame.byte(at: offset + 2)
            case (4, 2): allowsSelectiveAcknowledgement = true
            case (8, 10):
                if let value = frame.number(at: offset + 2, UInt32.self),
                    let echo = frame.number(at: offset + 6, UInt32.self)
                {
                    timestamps = TCPTimestamps(value: value, echo: echo)
                }
            default: break
            }
            offset += Int(length)
        }
    }

    /// Whether there are none of these.
    package var isEmpty: Bool { self == TCPOptions() }
}

/// The time stamps of a TCP segment (RFC 7323, 3.2).
package struct TCPTimestamps: Hashable, Sendable {
    /// The sender's own.
    package var value: UInt32
    /// That of the segment which it answers.
    package var echo: UInt32

    package init(value: UInt32, echo: UInt32) {
        self.value = value
        self.echo = echo
    }
}
