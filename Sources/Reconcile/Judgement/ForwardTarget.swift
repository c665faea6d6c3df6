import Prober

/// Who is where the rules send a packet.
public struct ForwardTarget: Hashable, Sendable {
    /// Where it is sent; an address that is not known is one of the host's own.
    public var destination: TranslatedDestination
    /// The port it is sent to.
    public var port: UInt16
    /// Who is there.
    public var place: Place

    /// Who is at a place.
    public enum Place: Hashable, Sendable {
        /// The host itself listens there.
        case here([Listener])
        /// The host listens there, and on loopback only.
        case loopback([Listener])
        /// Another namespace of the host listens there.
        case namespace(HostNamespace, [Listener])
        /// Nothing listens there, in the namespace that has the address, or on the host itself.
        case nothing(HostNamespace?)
        /// No report says who has the address.
        case unknown
    }

    /// The sockets that are there.
    public var listeners: [Listener] {
        switch place {
        case .here(let listeners), .loopback(let listeners), .namespace(_, let listeners):
            listeners
        case .nothing, .unknown: []
        }
    }
}
