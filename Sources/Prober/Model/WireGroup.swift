public import SystemPackage

/// Ports of one address of which the same was seen on the wire.
public struct WireGroup: Hashable, Sendable {
    /// The address probed.
    public var address: IPAddress
    /// The transport probed.
    public var transport: Transport
    /// The ports, at least one.
    public var ports: PortSet
    /// What was seen of each of them.
    public var facts: WireFacts
    /// The shortest and the longest time from a probe to the first answer, by the kernel's clock where
    /// the packets were captured; nil where it is not known which packet was answered.
    public var roundTrip: ClosedRange<Duration>?

    /// A group of the given parts.
    public init(
        _ address: IPAddress, _ transport: Transport, _ ports: PortSet, _ facts: WireFacts,
        roundTrip: ClosedRange<Duration>? = nil
    ) {
        self.address = address
        self.transport = transport
        self.ports = ports
        self.facts = facts
        self.roundTrip = roundTrip
    }
}

/// How a capture beside a scan went.
public struct CaptureFacts: Hashable, Sendable {
    /// Where packets were captured; `any` for all interfaces.
    public var interface: String
    /// How many frames the kernel saw and dropped.
    public var counts: CaptureCounts
    /// How many of them belong to the scan.
    public var matched: UInt64 = 0
    /// For how many endpoints there was no room, so that nothing of them is written.
    public var unkept: UInt64 = 0
    /// Addresses that nobody asked, and that answered all the same; at most ``strangerLimit``.
    public var strangers: [IPAddress] = []
    /// Why the capture ended before the scan did; nil when it did not.
    ///
    /// Of this run, and so not in files.
    public var failure: CaptureError?
    /// Why the file of the packets does not have all of them; nil when it has.
    ///
    /// Of this run, and so not in files.
    public var fileFailure: Errno?

    /// How many strangers are named.
    public static let strangerLimit = 64

    /// Facts of a capture on `interface`.
    public init(interface: String, counts: CaptureCounts) {
        self.interface = interface
        self.counts = counts
    }

    /// How many frames were lost before anybody looked at them.
    public var lost: UInt64 { counts.dropped &+ counts.droppedByInterface }
}
