import BasicContainers
import SystemPackage

/// One socket and the datagrams that are about to leave through it.
struct DatagramLane: ~Copyable {
    /// The socket.
    let socket: DatagramSocket
    /// The port it sends from.
    let port: UInt16
    private var batch = SendBatch()
    /// Whom each datagram of the batch is for, by its place.
    private var owners = RigidArray<Owner>(capacity: SendBatch.capacity)
    /// How often in a row the first datagram could not leave.
    private var refusals = 0

    /// Whom a datagram is for: an endpoint of the wave, or a host as its control.
    enum Owner {
        case endpoint(Int)
        case control(host: Int)
    }

    /// What came of sending.
    enum Sent {
        /// So many datagrams left, from this place of the batch on.
        case left(first: Int, count: Int)
        /// A queued error stood in the way, and the datagram did not leave.
        ///
        /// That error is about an earlier datagram; it is taken with the call. Without this, every
        /// other probe of a closed port would be lost (`ip(7)`, IP_RECVERR).
        case swallowed
        /// The kernel has no room now.
        case blocked
        /// The first datagram cannot leave, for this reason.
        case refused(Owner, Errno)
    }

    /// How often a datagram is tried when no queued error explains why it does not leave.
    private static let tries = 4

    /// A lane of `family` that sends from `source`, or the kernel's choice, and `port`.
    init(
        _ family: IPAddress.Family, source: IPAddress?, interface: String?, port: UInt16 = 0
    ) throws(SystemCallFailure) {
        let socket = try DatagramSocket(family)
        if let interface { try socket.bind(toInterface: interface) }
        try socket.bind(to: source ?? family.wildcard, port: port)
        self.port = socket.localPort ?? port
        self.socket = socket
    }

    /// Whether nothing waits to leave.
    var isEmpty: Bool { batch.isDone }

    /// Adds a datagram for `owner`; the batch must not be full.
    mutating func append(
        _ request: borrowing RequestBytes, to address: IPAddress, port: UInt16, for owner: Owner
    ) {
        if batch.isDone {
            batch.clear()
            owners.removeAll()
        }
        batch.append(request, to: address, port: port)
        owners.append(owner)
    }

    /// Whom the datagram at `place` of the batch is for.
    func owner(at place: Int) -> Owner { owners[place] }

    /// Sends as much as the kernel takes with one call.
    mutating func send() -> Sent {
        let first = batch.done
        do throws(SystemCallFailure) {
            let count = try batch.send(on: socket)
            refusals = 0
            return .left(first: first, count: count)
        } catch {
            switch error.errno {
            case .resourceTemporarilyUnavailable, .noBufferSpace, .noMemory: return .blocked
            default:
                refusals += 1
                guard refusals >= Self.tries else { return .swallowed }
                refusals = 0
                batch.skip()
                return .refused(owners[first], error.errno)
            }
        }
    }

    /// Notes that the queue of errors was not empty, which explains a refusal.
    mutating func noteQueuedErrors() { refusals = 0 }
}
