public import Prober

/// Which probes came to a host, and what it sent back, as it was captured there.
public struct Witness: Hashable, Sendable {
    /// When it began: milliseconds since 1970 by the clock of the host; never too early.
    public var started: Int64
    /// When it was over, never too late; nil when the file does not come to that.
    public var ended: Int64?
    /// What the host calls itself; nil where that is not known.
    public var host: String?
    /// The boot of the host; nil where that is not known.
    public var boot: String?
    /// The host's own addresses.
    public var addresses: TargetSet
    /// The interface that was watched; `any` for all.
    public var interface: String
    /// Where probes come from that were recorded; nil for anywhere.
    public var sources: TargetSet?
    /// The ports they are sent to that were recorded.
    public var ports: PortSpec
    /// The filter of the capture.
    public var filter: String
    /// What came.
    public var arrivals: [Arrival]
    /// Whether all that was seen is here.
    public var isComplete: Bool
    /// How many probes the writer counted.
    public var packets: UInt64
    /// How many packets the capture lost; nil where nobody counted.
    public var dropped: UInt64?
    /// How many probes the writer had no room for.
    public var uncounted: UInt64

    /// A witness that begins, with nothing seen yet.
    public init(
        started: Int64, host: String?, boot: String?, addresses: TargetSet, interface: String,
        sources: TargetSet?, ports: PortSpec, filter: String
    ) {
        self.started = started
        self.host = host
        self.boot = boot
        self.addresses = addresses
        self.interface = interface
        self.sources = sources
        self.ports = ports
        self.filter = filter
        arrivals = []
        isComplete = false
        packets = 0
        uncounted = 0
    }

    /// The number of the format that is written, and the only one that is read.
    public static let format = 1

    /// What stands for all interfaces of a host.
    public static let allInterfaces = "any"
}
