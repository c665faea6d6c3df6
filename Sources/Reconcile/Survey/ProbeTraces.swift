public import Prober

/// What the probes of a scan can be known by where they arrive, beside their addresses and ports.
public struct ProbeTraces: Hashable, Sendable {
    /// The boot of the machine that sent them: another with the same one has the same clock.
    public var boot: String?
    /// The ports that connections leave from; nil where they may be any.
    public var tcpSources: PortSet?
    /// The ports that datagrams left from; nil until the scan has ended.
    public var udpSources: PortSet?
    /// When the scan was over, as RFC 3339 text in UTC; nil for one that was cut off.
    public var ended: String?

    /// Traces of the given parts.
    public init(
        boot: String? = nil, tcpSources: PortSet? = nil, udpSources: PortSet? = nil,
        ended: String? = nil
    ) {
        self.boot = boot
        self.tcpSources = tcpSources
        self.udpSources = udpSources
        self.ended = ended
    }
}

/// The traces in the header of a scan file, as they are written.
struct TracesText: Decodable {
    private var boot: String?
    private var tcpSources: String?

    private enum CodingKeys: String, CodingKey {
        case boot
        case tcpSources = "tcp_sources"
    }

    var traces: ProbeTraces {
        get throws(ScanLineProblem) {
            var traces = ProbeTraces(boot: boot)
            if let tcpSources { traces.tcpSources = try ScanLine.ports(tcpSources) }
            return traces
        }
    }
}
