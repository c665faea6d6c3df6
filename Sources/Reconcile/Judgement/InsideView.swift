import Prober

/// What the host says of an endpoint, as far as a verdict asks.
public enum InsideView: String, Hashable, Sendable, CaseIterable {
    /// A socket that is bound to every address of the family takes it.
    case wildcard
    /// A socket that is bound to the destination takes it.
    case address
    /// The destination is a loopback address, and a socket is bound to it.
    case ownLoopback
    /// Only sockets that take packets from the host itself have the port.
    case loopbackOnly
    /// A socket of another namespace of the host takes it, and that namespace has the address.
    case namespace
    /// Sockets have the port, but for another address, family, device or namespace.
    case elsewhere
    /// No socket has the port.
    case none
    /// It cannot be told.
    case unknown
    /// The reports from before and after the scan disagree.
    case changed

    /// What `view` comes to.
    init(_ view: ListenerView) {
        self =
            switch view {
            case .listening(_, .wildcard): .wildcard
            case .listening(_, .address): .address
            case .listening(_, .loopback): .ownLoopback
            case .loopbackOnly: .loopbackOnly
            case .inNamespace: .namespace
            case .elsewhere: .elsewhere
            case .none: .none
            case .unknown: .unknown
            case .changed: .changed
            }
    }
}

/// What is special about the sockets of an endpoint beside where they are bound.
public enum ListenerMark: String, Hashable, Sendable, CaseIterable {
    /// Nothing.
    case none
    /// A program that only keeps the port, while rules carry the packets elsewhere.
    case placeholder
    /// A program that only keeps the port, and takes no packet at all.
    case blindPlaceholder
    /// The accept queue is full, so that the kernel drops what would complete a connection.
    case full
    /// Connections waited to be accepted before the scan, and do after it.
    case neglected
    /// No list of sockets has the port, and yet it is taken.
    case hidden
    /// A client's socket, which was gone after the scan.
    case client

    /// Whether the sockets only keep the port.
    var isPlaceholder: Bool { self == .placeholder || self == .blindPlaceholder }

    /// Whether packets that arrive are dropped though a socket is there.
    var isStalled: Bool { self == .full || self == .blindPlaceholder }
}

extension ListenerView {
    /// What is special about the sockets that take the packets.
    ///
    /// `isHidden` says that the port is taken by what no list shows; `clients` are the ports that the
    /// kernel gives to clients.
    func mark(isHidden: Bool, clients: ClosedRange<UInt16>) -> ListenerMark {
        switch self {
        case .listening(let listeners, _):
            if listeners.allSatisfy(\.isBlindPlaceholder) { return .blindPlaceholder }
            if listeners.allSatisfy(\.isPlaceholder) { return .placeholder }
            return listeners.allSatisfy { $0.queue?.isFull ?? false } ? .full : .none
        case .none: return isHidden ? .hidden : .none
        case .changed(let before, let after):
            // What came while the scan ran may as well be a service that starts.
            let isGone = !before.isEmpty && after.isEmpty
            return isGone && before.allSatisfy { $0.isOnClientPort(clients) } ? .client : .none
        case .loopbackOnly, .inNamespace, .elsewhere, .unknown: return .none
        }
    }
}

extension AcceptQueue {
    /// Whether the kernel drops what would complete one more connection: more wait than may, and
    /// one more than the backlog fits (net/sock.h, sk_acceptq_is_full).
    var isFull: Bool { waiting > limit }
}

extension Listener {
    /// The programs that keep published ports from others, while rules carry the packets.
    private static let placeholders: Set<String> = ["docker-proxy", "dockerd", "kube-proxy"]

    /// Whether every process that holds the socket is one that only keeps ports.
    var isPlaceholder: Bool {
        !owners.isEmpty && owners.allSatisfy { Self.placeholders.contains($0.name) }
    }

    /// Whether it is the Docker daemon's own socket, which a filter keeps from taking anything
    /// (moby, `port_mapping_linux.go`).
    var isBlindPlaceholder: Bool {
        !owners.isEmpty && owners.allSatisfy { $0.name == "dockerd" }
    }

    /// Whether it is an unconnected UDP socket on a port of `clients`, as clients have them.
    func isOnClientPort(_ clients: ClosedRange<UInt16>) -> Bool {
        transport == .udp && clients.contains(port) && address.destination.isUnspecified
            && activation == nil && kernelHolder == nil
    }
}
