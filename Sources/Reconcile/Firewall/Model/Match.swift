import Prober

typealias IPFamily = IPAddress.Family

/// A comparison of something in a packet with values.
struct Match: Hashable, Sendable {
    var key: Key
    var comparison: Comparison

    init(_ key: Key, _ comparison: Comparison) {
        self.key = key
        self.comparison = comparison
    }

    /// Whether `selector` has one of `values`.
    init(_ selector: Selector, in values: ValueSet, isNegated: Bool = false) {
        self.init(
            Key(selector), isNegated ? .isNotIn(.values(values)) : .isIn(.values(values)))
    }
}

/// What a packet's facts are compared with.
enum Comparison: Hashable, Sendable {
    case isIn(Operand)
    case isNotIn(Operand)
    /// At least one of these bits is set.
    case anyBit(UInt128)
    /// None of these bits is set.
    case noBit(UInt128)
}

/// Values to be looked up in.
enum Operand: Hashable, Sendable {
    case values(ValueSet)
    /// A named set of the table.
    case named(String)
    /// A set of `ipset`.
    case addressSet(String)
}

/// What of a packet is looked at: one fact, or several together (a concatenation).
struct Key: Hashable, Sendable {
    var selectors: [Selector]
    /// What is done to a single fact before it is compared.
    var bits: [BitOperation] = []

    init(_ selectors: Selector...) { self.selectors = selectors }

    init(_ selectors: [Selector], bits: [BitOperation] = []) {
        self.selectors = selectors
        self.bits = bits
    }

    /// The first part of it that is not understood.
    var opaquePart: String? {
        for case .opaque(let text) in selectors { return text }
        return nil
    }
}

/// An operation on the bits of a fact.
enum BitOperation: Hashable, Sendable {
    case and(UInt128), or(UInt128), xor(UInt128), shiftLeft(Int), shiftRight(Int)

    /// The number that the operation makes of `number`.
    func applied(to number: UInt128) -> UInt128 {
        switch self {
        case .and(let mask): number & mask
        case .or(let mask): number | mask
        case .xor(let mask): number ^ mask
        case .shiftLeft(let count): number << count
        case .shiftRight(let count): number >> count
        }
    }
}

/// Which packets of a connection.
enum Direction: Hashable, Sendable { case original, reply }

/// What has a field: packets of one network protocol, of one transport, or all.
enum Holder: Hashable, Sendable {
    case network(IPFamily)
    case transport(UInt8)
    case all
}

/// Which end of a packet's way.
enum PacketSide: Hashable, Sendable { case source, destination }

/// One fact of a packet.
enum Selector: Hashable, Sendable {
    /// IPv4 or IPv6, by the numbers of address families: 2 and 10.
    case networkFamily
    /// The number of the network protocol: 0x0800, 0x86dd.
    case etherType
    /// The number of the transport protocol.
    case transportProtocol
    /// The same as the header of one family has it.
    case headerProtocol(IPFamily)
    case address(PacketSide, IPFamily)
    /// The port; of TCP alone (6), UDP alone (17), or of any transport for nil.
    case port(PacketSide, of: UInt8?)
    case tcpFlags
    case icmpType(IPFamily)
    case icmpCode(IPFamily)
    /// The name of the interface a packet comes in or goes out through.
    case interface(PacketSide)
    case mark(MarkKind)
    case connectionState
    case connectionStatus
    /// 0 toward the one who was asked, 1 back.
    case connectionDirection
    /// The address that one end of the connection has for its packets in a direction.
    case connectionAddress(Direction, PacketSide, IPFamily)
    case connectionPort(Direction, PacketSide)
    case packetType
    /// What the routes say an address is; `throughInterface` asks for the one of the packet alone.
    case addressType(PacketSide, throughInterface: Bool)
    /// Whether the source would be answered through the interface it came from.
    case reversePath(usesMark: Bool)
    case headerVersion(IPFamily)
    case fragmentOffset
    /// A field that packets of some protocol have, and of which nothing is known.
    case field(Holder, String)
    /// Whether an IPv6 extension header, or an option of the IPv4 header, is there.
    case headerExtension(IPFamily)
    /// What a set of `ipset` says its field is: address, port or interface.
    case setField(PacketSide)
    /// Something that is not understood.
    case opaque(String)
}
