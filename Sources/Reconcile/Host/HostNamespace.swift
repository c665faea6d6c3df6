/// A network namespace of a host beside the one that its report was made in.
public struct HostNamespace: Hashable, Sendable {
    /// What ``Listener/namespace`` calls it: its name, or `net:[4026532345]` when it has none.
    public var name: String
    /// The kernel's number for it.
    public var inode: UInt64
    /// The container whose first process is in it, by the id its control group names.
    public var container: String?
    /// The addresses in it that are on interfaces which are up.
    public var addresses: [HostAddress]
    /// What joins it to the host.
    public var links: [Link]

    /// A namespace of the given parts.
    public init(
        _ name: String, inode: UInt64, container: String? = nil, addresses: [HostAddress] = [],
        links: [Link] = []
    ) {
        self.name = name
        self.inode = inode
        self.container = container
        self.addresses = addresses
        self.links = links
    }

    /// An interface in a namespace that is joined to one of the host.
    public struct Link: Hashable, Sendable {
        /// The interface in the namespace.
        public var interface: String
        /// How it is joined: `veth`, `macvlan`, `ipvlan`.
        public var kind: String
        /// The host's interface: the other end of a veth pair, or the device it rides on.
        public var peer: String
        /// The bridge that the host's interface is a port of.
        public var bridge: String?

        /// A link of the given parts.
        public init(interface: String, kind: String, peer: String, bridge: String? = nil) {
            self.interface = interface
            self.kind = kind
            self.peer = peer
            self.bridge = bridge
        }
    }
}
