public import Prober

/// A local socket that would take a new connection or datagram.
public struct Listener: Hashable, Sendable {
    /// Which destination families reach the socket.
    public enum Family: String, Hashable, Sendable, CaseIterable {
        case ipv4, ipv6, dual
        /// An IPv6 wildcard of which it is not known whether it takes IPv4 too (V6ONLY unknown).
        case ipv6OrDual = "ipv6|dual"
    }

    /// TCP or UDP.
    public var transport: Transport
    /// Which destination families reach the socket; for a bound address, the family of it.
    public var family: Family
    /// The address bound to; the wildcard is `0.0.0.0` or `::`.
    ///
    /// A mapped address stays as it is.
    public var address: IPAddress
    /// The port bound to.
    public var port: UInt16
    /// The interface the socket is bound to (SO_BINDTODEVICE), if any.
    public var device: String?
    /// Every process that holds the socket, by ascending pid; empty when none was seen.
    public var owners: [ProcessIdentity]
    /// The systemd unit whose control group made or holds the socket.
    public var unit: String?
    /// The container, by the id its control group names.
    public var container: String?
    /// The network namespace, when it is not the one the report was made in.
    public var namespace: String?
    /// The user the kernel has for the socket, known even when the owner is not.
    public var userID: UInt32?
    /// The socket's inode, the same for every holder; what tells a restarted listener from the old.
    public var inode: UInt64?
    /// Connections waiting for accept, and how many may wait; TCP only, nil when not known.
    public var queue: AcceptQueue?
    /// The datagrams that wait to be read; UDP only, nil when not known.
    public var buffer: ReceiveBuffer?
    /// What the kernel dropped at the socket since it was made: datagrams that had no room, and
    /// connections that the accept queue had no room for; nil when not known.
    public var dropCount: UInt64?
    /// The zone of a link-local address: an interface's name, or its number on Windows.
    public var zone: String?
    /// The program's name, where a report has no process id for it.
    public var program: String?
    /// Who keeps the socket for a service that it starts, if anybody does.
    public var activation: Activation?
    /// The part of the kernel that holds the socket, where that is known and no process does.
    public var kernelHolder: KernelHolder?
    /// How far a report is to be believed; empty for what a kernel said itself.
    public var remarks: [Remark]
    /// The lines of reports that show the socket.
    public var lines: [ReportedLine]

    /// A listener of the given parts.
    public init(
        _ transport: Transport, _ family: Family, _ address: IPAddress, _ port: UInt16,
        device: String? = nil, owners: [ProcessIdentity] = [], unit: String? = nil,
        container: String? = nil, namespace: String? = nil, userID: UInt32? = nil,
        inode: UInt64? = nil, queue: AcceptQueue? = nil, buffer: ReceiveBuffer? = nil,
        dropCount: UInt64? = nil, zone: String? = nil,
        program: String? = nil, activation: Activation? = nil, kernelHolder: KernelHolder? = nil,
        remarks: [Remark] = [], lines: [ReportedLine] = []
    ) {
        self.transport = transport
        self.family = family
        self.address = address
        self.port = port
        self.device = device
        self.owners = owners
        self.unit = unit
        self.container = container
        self.namespace = namespace
        self.userID = userID
        self.inode = inode
        self.queue = queue
        self.buffer = buffer
        self.dropCount = dropCount
        self.zone = zone
        self.program = program
        self.activation = activation
        self.kernelHolder = kernelHolder
        self.remarks = remarks
        self.lines = lines
    }
}

/// The accept queue of a listening TCP socket.
public struct AcceptQueue: Hashable, Sendable {
    /// Connections that wait for accept.
    public var waiting: UInt32
    /// The backlog: above it the kernel drops what would complete a connection.
    public var limit: UInt32

    /// A queue with its two numbers.
    public init(waiting: UInt32, limit: UInt32) {
        self.waiting = waiting
        self.limit = limit
    }
}

/// A process, as far as its host tells.
public struct ProcessIdentity: Hashable, Sendable {
    /// The process id.
    public var pid: Int32
    /// The short name (`comm`), at most 15 bytes on Linux; empty where a report has the id alone.
    public var name: String
    /// The user name, or the number when it has none.
    public var user: String?
    /// The command line, arguments parted by spaces.
    public var command: String?

    /// A process of the given parts.
    public init(pid: Int32, name: String, user: String? = nil, command: String? = nil) {
        self.pid = pid
        self.name = name
        self.user = user
        self.command = command
    }
}
