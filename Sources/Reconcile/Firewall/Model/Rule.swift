/// One rule of a chain.
public struct Rule: Hashable, Sendable {
    /// What finds the rule again.
    public enum Place: Hashable, Sendable {
        /// The handle that nftables gave it.
        case handle(UInt64)
        /// The line of an iptables-save file.
        case line(Int)
    }

    /// What finds the rule again.
    public var place: Place
    /// The rule as its administrator would write it.
    public var text: String
    /// How many packets it met, if it counts.
    public var packets: UInt64?
    /// What it does, in order.
    var statements: [Statement] = []

    /// What of the rule is not understood, as it stands in the text.
    public var opaqueParts: [String] {
        statements.compactMap { statement in
            switch statement {
            case .opaque(let text), .opaqueMatch(let text): text
            case .match(let match): match.key.opaquePart
            default: nil
            }
        }
    }
}

/// One step of a rule.
enum Statement: Hashable, Sendable {
    /// Goes on only if the packet matches.
    case match(Match)
    /// Goes on only if one of several holds, or none of them for `isNegated`.
    case either([Match], isNegated: Bool)
    /// Never goes on.
    case never
    case verdict(RuleVerdict)
    /// Takes the verdict that a map has for the packet.
    case verdictMap(Key, VerdictSource)
    case reject(RejectStatement)
    case translate(DestinationTranslation)
    /// SNAT or masquerade, which matters no more for where the packet goes.
    case translateSource
    case setMark(MarkKind, MarkExpression)
    /// Sets a mark to what a map has for the packet; without an entry the rule ends.
    case mapMark(MarkKind, Key, ValueSource)
    /// Goes on for one IP version or for both; nft does not list which.
    case unlistedFamily
    /// Takes the packet away from connection tracking.
    case untrack
    /// Goes on below a rate or quota, or above it.
    case rate(String, goesOnAbove: Bool)
    /// Adds to or deletes from a set that rules may look into.
    case changeSet(String)
    /// Does nothing that matters for where the packet goes.
    case transparent
    /// May or may not match; does nothing else.
    case opaqueMatch(String)
    /// May do anything.
    case opaque(String)
}

/// Where a packet goes next.
enum RuleVerdict: Hashable, Sendable {
    case accept, drop, goBack, goOn
    case jump(String)
    case goTo(String)
    /// To a program, which decides.
    case queue
}

/// Where the verdicts of a `vmap` come from.
enum VerdictSource: Hashable, Sendable {
    case entries(ValueMap<RuleVerdict>)
    case named(String)
}

/// How a rule refuses a packet, before it is known of which family that is.
enum RejectStatement: Hashable, Sendable {
    case tcpReset
    /// ICMP of IPv4, which does nothing to IPv6 packets.
    case icmp(UInt8)
    /// ICMPv6, which does nothing to IPv4 packets.
    case icmpv6(UInt8)
    /// The message of either family that means the same (`icmpx`).
    case either(UInt8)
}

/// DNAT or redirect.
struct DestinationTranslation: Hashable, Sendable {
    enum Target: Hashable, Sendable {
        /// The host itself, at the interface the packet came in through.
        case here
        case addresses(ClosedRange<UInt128>)
        /// The address stays.
        case same
        /// What a map has for the packet: an address, or an address and a port.
        case mapped(Key, ValueSource)
        case unknown(String)
    }

    /// The family that is translated; nil for that of the table.
    var family: IPFamily?
    var target: Target
    /// The ports it chooses from; nil leaves the port as it is.
    var ports: ClosedRange<UInt16>?
}

/// Where the values of a map come from.
enum ValueSource: Hashable, Sendable {
    case entries(ValueMap<[Pattern]>)
    case named(String)
}

/// One of the two marks.
enum MarkKind: Hashable, Sendable { case packet, connection }

/// A number computed from marks.
indirect enum MarkExpression: Hashable, Sendable {
    case constant(UInt32)
    case mark(MarkKind)
    case and(MarkExpression, MarkExpression)
    case or(MarkExpression, MarkExpression)
    case xor(MarkExpression, MarkExpression)
    case unknown

    /// Whether it is understood.
    var isKnown: Bool {
        switch self {
        case .constant, .mark: true
        case .and(let left, let right), .or(let left, let right), .xor(let left, let right):
            left.isKnown && right.isKnown
        case .unknown: false
        }
    }
}
