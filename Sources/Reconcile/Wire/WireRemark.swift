public import Prober

/// What follows from the packets of a host's answers, beside what each says by itself.
public enum WireRemark: Hashable, Sendable {
    /// Answers in the host's name came from another distance than what its open ports answer.
    case otherDistance(Answers, hopLimit: UInt8, host: UInt8, Side)
    /// Answers have another hop limit than what the host's open ports answer, but may have come
    /// equally far: the host may begin with another limit for them.
    case otherInitial(Answers, hopLimit: UInt8, host: UInt8)
    /// Answers of one kind came from several distances.
    case severalDistances(Kind, Transport, [UInt8])
    /// SYN-ACKs allow no byte to be sent.
    case zeroWindow(PortSet)
    /// SYN-ACKs have no option at all, although our SYN has.
    case noOptions(PortSet)
    /// An address answered that was not asked.
    case stranger(IPAddress, Transport, PortSet)
    /// Answers came more than once, the same to the last bit.
    case duplicates(Transport, PortSet)
    /// SYN-ACKs were sent again.
    case repeatedAccepts(PortSet)
    /// A reset came after the SYN-ACK.
    case resetAfterAccept(PortSet, hopLimit: UInt8, accept: UInt8)
    /// A SYN-ACK came after the reset.
    case acceptAfterReset(PortSet, hopLimit: UInt8, reset: UInt8)

    /// Answers of one kind.
    public struct Answers: Hashable, Sendable {
        /// The kind.
        public var kind: Kind
        /// Over which transport they answer.
        public var transport: Transport
        /// The ports that they are of.
        public var ports: PortSet

        /// Answers of the given parts.
        public init(kind: Kind, transport: Transport, ports: PortSet) {
            self.kind = kind
            self.transport = transport
            self.ports = ports
        }
    }

    /// Kinds of answers that a host gives in its own name.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case accept, reset, datagram, icmpError

        init(_ kind: WireAnswer.Kind) {
            switch kind {
            case .accept: self = .accept
            case .reset: self = .reset
            case .datagram: self = .datagram
            case .icmp: self = .icmpError
            }
        }
    }

    /// On which side of the host.
    public enum Side: Hashable, Sendable {
        /// Fewer hops away than the host: a box on the way.
        case nearer
        /// More hops away: something behind the address.
        case farther
    }
}
