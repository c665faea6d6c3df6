/// How far a listener of a report is to be believed, where it is not a plain fact.
public enum Remark: String, Hashable, Sendable, CaseIterable {
    /// The report shows no state, or a word nobody knows; the peer is a wildcard.
    case stateInferred = "state-inferred"
    /// The report does not say TCP or UDP; something else in it does.
    case transportInferred = "transport-inferred"
    /// The row contradicts itself, such as a UDP socket that is said to listen.
    case contradictoryRow = "contradictory-row"
    /// The port is that of the same service over the other transport.
    case nameOfOtherTransport = "name-of-other-transport"
    /// The service's name was cut; only one known name begins so.
    case nameCut = "name-cut"
    /// Columns ran together, so the owner may be wrong.
    case ownerUncertain = "owner-uncertain"
    /// An unconnected UDP socket on an ephemeral port, whose process serves another port.
    case likelyClient = "likely-client"
    /// Registered with rpcbind; whether a socket is there is not said.
    case registered
    /// Held by systemd for the service that the unit starts.
    case socketUnit = "socket-unit"
    /// Several sockets have the same address and port (SO_REUSEPORT, or SO_REUSEADDR over UDP).
    case sharedPort = "shared-port"
    /// A container's port that the host passes on; there need not be a socket.
    case published
    /// Seen by a scan: it says nothing of what the host itself shows.
    case seenFromOutside = "seen-from-outside"
}

/// A line of a report, for whoever wants to see why.
public struct ReportedLine: Hashable, Sendable {
    /// The file as it was named, or `-`.
    public var source: String
    /// The number of the line, counted from 1.
    public var number: Int
    /// The line itself, cut where it is long.
    public var text: String

    /// A line and its place.
    public init(source: String, number: Int, text: String) {
        self.source = source
        self.number = number
        self.text = text
    }
}
