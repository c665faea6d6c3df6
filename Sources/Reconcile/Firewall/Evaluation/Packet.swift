import Prober

/// What is known of a packet at one point of its way, for many destination ports at once.
struct Packet: Hashable {
    var family: IPFamily
    /// 6 for TCP, 17 for UDP, 1 and 58 for the ICMPs.
    var transport: UInt8
    var source: AddressFact
    var destination: AddressFact
    var sourcePort: PortFact
    var destinationPort: PortFact
    var input: InterfaceFact
    var output: InterfaceFact
    var mark = MarkFact(known: .max)
    var connectionMark = MarkFact(known: .max)
    var connection = ConnectionFact.none
    /// What the connection is once the kernel looks it up.
    var pendingConnection: ConnectionFact
    /// The status bits of the connection (IPS_* of nf_conntrack_common.h) and which are known.
    var status = MarkFact(known: statusKnown)
    var isReply = false
    /// Type and code of an ICMP error.
    var icmp: ICMPError?
    var tcpFlags: UInt8
    /// Whether a nat chain has had its say about the destination.
    var isDestinationChosen = false
    /// Whether a nat chain has had its say about the source.
    var isSourceChosen = false
    /// Whether a nat chain has changed the source.
    var isSourceTranslated = false
    /// Where an answer to a changed source goes once that is undone.
    var untranslated: AddressFact?
    /// Whether that was undone.
    var isRestored = false
    /// Where an answer came from, once the kernel has made its source the address that was asked.
    var answeredFrom: PacketEnd?
    /// Whether the destination was changed; nil for maybe.
    var isTranslated: Bool? = false
    /// The sets that the packet itself changed.
    var changedSets: Set<String> = []

    /// expected, seen-reply, assured, confirmed, snat, dnat.
    static let statusKnown: UInt32 = 0x3f
    static let destinationTranslated: UInt32 = 0x20
}

/// One end of a packet's way.
struct PacketEnd: Hashable {
    var address: AddressFact
    var port: PortFact
}

/// What is known of an address.
enum AddressFact: Hashable {
    case known(IPAddress)
    /// One of the host's own.
    case someLocal
    case unknown(FirewallUnknown)
}

/// What is known of a port.
enum PortFact: Hashable {
    /// The destination port that is asked about.
    case probed
    case oneOf(ClosedRange<UInt16>, FirewallUnknown)
    /// The packet has none.
    case absent

    static func fixed(_ port: UInt16) -> PortFact { .oneOf(port...port, .translation) }
}

/// What is known of an interface.
enum InterfaceFact: Hashable {
    case name(String)
    /// Any but loopback.
    case notLoopback
    case unknown
    /// There is none: what the host sends comes in nowhere.
    case none
}

/// A mark of which only some bits are known.
struct MarkFact: Hashable {
    var value: UInt32 = 0
    var known: UInt32

    func combined(
        _ other: MarkFact, _ operation: MarkOperation
    ) -> MarkFact {
        switch operation {
        case .and:
            let zero = known & ~value | other.known & ~other.value
            return MarkFact(value: value & other.value, known: known & other.known | zero)
        case .or:
            let one = known & value | other.known & other.value
            let sum = value | other.value
            return MarkFact(value: sum, known: known & other.known | one)
        case .xor: return MarkFact(value: value ^ other.value, known: known & other.known)
        }
    }

    enum MarkOperation { case and, or, xor }
}

/// What the kernel has tracked of a packet's connection.
enum ConnectionFact: Hashable {
    /// Not looked up yet, or invalid.
    case none
    case untracked
    /// One of these states (bits of `ct state`).
    case tracked(states: Set<UInt8>, isReply: Bool)
    case unknown

    static let invalid: UInt8 = 1
    static let established: UInt8 = 2
    static let related: UInt8 = 4
    static let new: UInt8 = 8
    static let notTracked: UInt8 = 64
}
