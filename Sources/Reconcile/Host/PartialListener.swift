public import Prober

/// A socket that would take a new connection or datagram, of which the report lost a part.
///
/// What is missing is not known; it is never a reason to leave the socket out.
public struct PartialListener: Hashable, Sendable {
    /// TCP or UDP; nil when the report does not tell.
    public var transport: Transport?
    /// Which destination families reach the socket; nil when the report does not tell.
    public var family: Listener.Family?
    /// What is known of the address.
    public var address: Address
    /// What is known of the port.
    public var port: Port
    /// What is known of it otherwise.
    public var details: SocketDetails

    /// What a report has of an address.
    public enum Address: Hashable, Sendable {
        /// All of it.
        case whole(IPAddress)
        /// Every address of a family that is not told.
        case wildcard
        /// The beginning of its text; the rest was cut off to fit a column.
        case cut(String)
        /// A host's name.
        case name(String)
        /// Nothing.
        case notShown
    }

    /// What a report has of a port.
    public enum Port: Hashable, Sendable {
        /// All of it.
        case number(UInt16)
        /// A service's name, and the ports that it may stand for; none where nobody knows it.
        case name(String, PortSet)
        /// The first digits, and the ports that they may stand for.
        case cut(String, PortSet)
    }

    /// A listener of the given parts.
    public init(
        _ transport: Transport?, _ family: Listener.Family?, _ address: Address, _ port: Port,
        details: SocketDetails = SocketDetails()
    ) {
        self.transport = transport
        self.family = family
        self.address = address
        self.port = port
        self.details = details
    }

    /// Whether the socket may have `port` of `transport`.
    public func mayHave(_ port: UInt16, over transport: Transport) -> Bool {
        guard (self.transport ?? transport) == transport else { return false }
        return switch self.port {
        case .number(let number): number == port
        case .name(_, let ports), .cut(_, let ports): ports.isEmpty || ports.contains(port)
        }
    }
}
