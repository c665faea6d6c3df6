/// Who keeps a socket for a service, and starts the service when somebody comes.
public struct Activation: Hashable, Sendable {
    /// The program that keeps sockets for others.
    public enum Keeper: String, Hashable, Sendable, CaseIterable {
        case systemd, inetd, xinetd
    }

    /// Who keeps the socket.
    public var keeper: Keeper
    /// The socket unit that asks for it; systemd only.
    public var unit: String?
    /// What is started: a service unit, a program, or `internal` for the keeper itself.
    public var service: String

    /// An activation of the given parts.
    public init(by keeper: Keeper, unit: String? = nil, service: String) {
        self.keeper = keeper
        self.unit = unit
        self.service = service
    }
}

/// A part of the kernel that holds a socket itself; no process does.
public struct KernelHolder: Hashable, Sendable {
    /// Which part.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case vxlan, geneve, wireguard
        /// Packets in UDP that belong to no interface (`ip-fou(8)`).
        case fou
        case nfs
    }

    /// Which part of the kernel.
    public var kind: Kind
    /// The interface that it is for, of those that are for one.
    public var interface: String?

    /// A holder of the given parts.
    public init(_ kind: Kind, interface: String? = nil) {
        self.kind = kind
        self.interface = interface
    }
}
