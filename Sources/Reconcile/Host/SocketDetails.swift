/// What is known of a socket besides where it listens.
public struct SocketDetails: Hashable, Sendable {
    /// The interface the socket is bound to (SO_BINDTODEVICE), if any.
    public var device: String?
    /// The zone of a link-local address: an interface's name or number.
    public var zone: String?
    /// Every process that holds the socket, by ascending pid; empty when none was seen.
    public var owners: [ProcessIdentity] = []
    /// The network namespace, when it is not the one the report was made in.
    public var namespace: String?
    /// The user the kernel has for the socket.
    public var userID: UInt32?
    /// The socket's inode.
    public var inode: UInt64?
    /// Connections waiting for accept, and how many may wait.
    public var queue: AcceptQueue?
    /// How far it is to be believed, in a fixed order.
    public var remarks: [Remark] = []
    /// Where it was read.
    public var lines: [ReportedLine] = []
    /// What few sockets have, one or none: the others are copied sooner without it.
    private var rare: [Rare] = []

    /// Details of which nothing is known.
    public init() {}
}

extension SocketDetails {
    /// The facts that few sockets have.
    private struct Rare: Hashable {
        var program: String?
        var unit: String?
        var container: String?
        var buffer: ReceiveBuffer?
        var dropCount: UInt64?
        var activation: Activation?
        var kernelHolder: KernelHolder?
    }

    /// The program's name where the report has no process id for it.
    public var program: String? {
        get { rare.first?.program }
        set { setRare(newValue) { $0.program = $1 } }
    }

    /// The systemd unit whose control group made or holds the socket.
    public var unit: String? {
        get { rare.first?.unit }
        set { setRare(newValue) { $0.unit = $1 } }
    }

    /// The container, by the name or id that the report has.
    public var container: String? {
        get { rare.first?.container }
        set { setRare(newValue) { $0.container = $1 } }
    }

    /// The datagrams that wait to be read; UDP only, nil when not known.
    public var buffer: ReceiveBuffer? {
        get { rare.first?.buffer }
        set { setRare(newValue) { $0.buffer = $1 } }
    }

    /// What the kernel dropped at the socket since it was made: datagrams that had no room, and
    /// connections that the accept queue had no room for; nil when not known.
    public var dropCount: UInt64? {
        get { rare.first?.dropCount }
        set { setRare(newValue) { $0.dropCount = $1 } }
    }

    /// Who keeps the socket for a service that it starts, if anybody does.
    public var activation: Activation? {
        get { rare.first?.activation }
        set { setRare(newValue) { $0.activation = $1 } }
    }

    /// The part of the kernel that holds the socket, where that is known and no process does.
    public var kernelHolder: KernelHolder? {
        get { rare.first?.kernelHolder }
        set { setRare(newValue) { $0.kernelHolder = $1 } }
    }

    /// Takes those rare facts of `other` that are not known here.
    mutating func mergeRare(_ other: SocketDetails) {
        guard let other = other.rare.first else { return }
        program = program ?? other.program
        unit = unit ?? other.unit
        container = container ?? other.container
        buffer = buffer ?? other.buffer
        dropCount = dropCount ?? other.dropCount
        activation = activation ?? other.activation
        kernelHolder = kernelHolder ?? other.kernelHolder
    }

    /// Gives the rare facts, and `fact` for one of them, to `set`.
    private mutating func setRare<Fact>(_ fact: Fact?, _ set: (inout Rare, Fact?) -> Void) {
        if rare.isEmpty {
            guard fact != nil else { return }
            rare = [Rare()]
        }
        set(&rare[0], fact)
        // Nothing known is the same whether or not something was known before.
        if fact == nil, rare[0] == Rare() { rare = [] }
    }
}
