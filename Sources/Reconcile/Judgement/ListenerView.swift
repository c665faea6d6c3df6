import Prober

/// What the host says of one endpoint: whether a socket would take a packet to that address.
///
/// It is a view of a destination address, not of a port number: a socket bound to ::1 does not
/// listen for a packet to 203.0.113.10, and an IPv6 wildcard may or may not take IPv4.
public enum ListenerView: Hashable, Sendable {
    /// A socket takes it; the most specific such sockets.
    case listening([Listener], Reach)
    /// Only sockets that take packets from the host itself have the port.
    case loopbackOnly([Listener])
    /// Sockets of another namespace of the host take it, which has the address.
    case inNamespace([Listener])
    /// Sockets have the port, but for another address, family, device or namespace.
    case elsewhere([Listener])
    /// No socket has the port.
    case none
    /// It cannot be told; the sockets that have the port anyway are a hint.
    case unknown([Doubt], [Listener])
    /// The reports from before and after the scan disagree.
    case changed(before: [Listener], after: [Listener])

    /// How the bind address covers the destination.
    public enum Reach: Hashable, Sendable {
        /// Bound to every address of the family.
        case wildcard
        /// Bound to the destination.
        case address
        /// Bound to the destination, which is a loopback address: only this host gets there.
        case loopback
    }

    /// Why it cannot be told who listens.
    public enum Doubt: Hashable, Sendable {
        /// There is no host report.
        case noReport
        /// The report misses listeners, for the reason it gives.
        case listenersMissing(String)
        /// An IPv6 wildcard of which it is not known whether it takes IPv4 too.
        case dualStackUnknown
        /// The socket takes only what comes in through a device that does not hold the address.
        case device(String)
        /// The address is none of the host's: something translates it on the way.
        case addressNotOfHost
        /// The question is about many addresses at once, which were never probed.
        case manyAddresses
        /// The report does not say which addresses the host has.
        case hostAddressesUnknown
        /// A socket that may have the port, of which the report lost the address or the port.
        case partial(PartialListener)
    }

    /// The sockets that have the port, whether they cover the destination or not.
    public var listeners: [Listener] {
        switch self {
        case .listening(let listeners, _), .loopbackOnly(let listeners),
            .inNamespace(let listeners), .elsewhere(let listeners), .unknown(_, let listeners):
            listeners
        case .none: []
        case .changed(let before, let after): before + after.filter { !before.contains($0) }
        }
    }

    /// Whether both say the same of the endpoint.
    ///
    /// Where a socket listens it must be the same socket: one that was made anew in between may
    /// not have been there when the probe came. What other namespaces have comes and goes, and is
    /// no change where no packet gets to it.
    func agrees(with other: ListenerView) -> Bool {
        switch (self, other) {
        case (.listening(let mine, let reach), .listening(let others, let otherReach)):
            reach == otherReach
                && Set(mine.map(SocketIdentity.init)) == Set(others.map(SocketIdentity.init))
        case (.loopbackOnly, .loopbackOnly), (.inNamespace, .inNamespace),
            (.elsewhere, .elsewhere), (.none, .none), (.unknown, .unknown):
            true
        case (.elsewhere(let listeners), .none), (.none, .elsewhere(let listeners)):
            listeners.allSatisfy { $0.namespace != nil }
        case (.listening, _), (.loopbackOnly, _), (.inNamespace, _), (.elsewhere, _), (.none, _),
            (.unknown, _), (.changed, _):
            false
        }
    }
}

/// What tells one socket from another in two reports of the same host.
private struct SocketIdentity: Hashable {
    let address: IPAddress
    let device: String?
    let inode: UInt64?
    /// Who holds it, where the report has no inode.
    let owners: [Int32]

    init(_ listener: Listener) {
        address = listener.address
        device = listener.device
        inode = listener.inode
        owners = listener.inode == nil ? listener.owners.map(\.pid) : []
    }
}
