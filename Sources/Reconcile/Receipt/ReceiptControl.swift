public import Prober

/// A port where nothing listens, packets to which the host counts: where it counts them, it would have
/// counted others.
public struct ReceiptControl: Hashable, Sendable {
    /// The address, that of the question.
    public let address: IPAddress
    /// The transport of the packets.
    public let transport: Transport
    /// The port.
    public let port: UInt16

    /// How many packets are sent to it in a window: one before all others, and one after them.
    static let copies: UInt64 = 2

    init(_ address: IPAddress, _ transport: Transport, _ port: UInt16) {
        self.address = address
        self.transport = transport
        self.port = port
    }

    /// What rises by one for each packet.
    var counter: KernelCounter {
        switch transport {
        case .udp: address.destination.family.datagramCounters.noPort
        case .tcp: .tcpResets
        }
    }

    /// Whether it is of the address and transport of `question`, so that another adds nothing.
    func isLike(_ question: ReceiptQuestion) -> Bool {
        address == question.address && transport == question.transport
    }
}
