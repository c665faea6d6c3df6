/// What was seen on the wire of the probes of one endpoint.
public struct WireFacts: Hashable, Sendable {
    /// How many packets asked: SYNs, the kernel's repeated ones too, or datagrams.
    public var probes: UInt16
    /// The first answer; nil when none came.
    public var answer: WireAnswer?
    /// What the other TCP answer was that came after the first: a reset after the port had accepted,
    /// or the reverse.
    public var contradiction: WireAnswer?
    /// How many answers came that are alike and that no packet of ours asked for.
    public var duplicates: UInt8 = 0
    /// How many times the answer to a handshake was sent again, as if the handshake had not ended.
    public var repeatedAccepts: UInt8 = 0
    /// An address that was not asked, and answered all the same.
    public var stranger: IPAddress?

    /// Facts of `probes` packets and their answer.
    public init(probes: UInt16, answer: WireAnswer? = nil) {
        self.probes = probes
        self.answer = answer
    }
}

/// A packet that answers a probe, as far as its headers tell something of who sent it.
public struct WireAnswer: Hashable, Sendable {
    /// What it is.
    public var kind: Kind
    /// How many hops it could still have gone when it came.
    public var hopLimit: UInt8

    /// What answers a probe.
    public enum Kind: Hashable, Sendable {
        /// A SYN-ACK: the port accepts.
        case accept(TCPAccept)
        /// A TCP reset.
        case reset
        /// A datagram.
        case datagram
        /// An ICMP error and who sent it.
        case icmp(ICMPError, reporter: IPAddress)
    }

    /// An answer of the given parts.
    public init(_ kind: Kind, hopLimit: UInt8) {
        self.kind = kind
        self.hopLimit = hopLimit
    }

    /// Who sent it, when `address` was asked.
    public func sender(asked address: IPAddress) -> IPAddress {
        switch kind {
        case .icmp(_, let reporter): reporter
        case .accept, .reset, .datagram: address
        }
    }
}

/// What a SYN-ACK says of who sent it.
public struct TCPAccept: Hashable, Sendable {
    /// The window, not scaled.
    public var window: UInt16
    /// The greatest segment it takes, in bytes (RFC 9293); nil without the option.
    public var maximumSegmentSize: UInt16?
    /// By how many bits its windows are shifted (RFC 7323); nil without the option.
    public var windowScale: UInt8?
    /// Whether it takes selective acknowledgements (RFC 2018).
    public var allowsSelectiveAcknowledgement: Bool
    /// Whether it has time stamps (RFC 7323).
    public var hasTimestamps: Bool

    /// A SYN-ACK of the given parts.
    public init(
        window: UInt16, maximumSegmentSize: UInt16? = nil, windowScale: UInt8? = nil,
        allowsSelectiveAcknowledgement: Bool = false, hasTimestamps: Bool = false
    ) {
        self.window = window
        self.maximumSegmentSize = maximumSegmentSize
        self.windowScale = windowScale
        self.allowsSelectiveAcknowledgement = allowsSelectiveAcknowledgement
        self.hasTimestamps = hasTimestamps
    }

    /// Whether it has none of the options that are read.
    public var hasNoOptions: Bool {
        maximumSegmentSize == nil && windowScale == nil && !allowsSelectiveAcknowledgement
            && !hasTimestamps
    }
}
