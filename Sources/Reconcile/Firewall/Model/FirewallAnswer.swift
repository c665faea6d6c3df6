public import Prober

/// What the rules do with the ports of one flow that fare alike.
public struct FirewallAnswer: Hashable, Sendable {
    /// The destination ports.
    public var ports: PortSet
    /// Everything that may happen, at least one thing.
    public var outcomes: [FirewallOutcome]

    /// The one thing that happens; nil when it cannot be told.
    public var decision: FirewallAction? {
        guard let first = outcomes.first?.action, first != .undecided,
            outcomes.allSatisfy({ $0.action == first })
        else { return nil }
        return first
    }

    /// Whether one thing happens, whatever is not known.
    public var isDecided: Bool { decision != nil }

    /// Why it cannot be told, each reason once.
    public var unknowns: [FirewallUnknown] {
        isDecided
            ? []
            : outcomes.reduce(into: []) { all, outcome in
                for reason in outcome.reasons where !all.contains(reason) { all.append(reason) }
            }
    }
}

/// One thing that may happen to a packet.
public struct FirewallOutcome: Hashable, Sendable {
    /// What happens.
    public var action: FirewallAction
    /// The rules that lead there, in the order the packet meets them.
    public var path: [RuleReference]
    /// What is not known on the way; empty when it certainly happens.
    public var reasons: [FirewallUnknown]
}

/// What happens to a packet in the end.
public enum FirewallAction: Hashable, Sendable {
    /// It reaches the host's sockets at the port it was sent to, and answers get out.
    case accept
    /// It, or every answer to it, vanishes.
    case drop
    /// It is refused, as the sender is told.
    case reject(Rejection)
    /// It reaches another address or port, and answers get out.
    case translate(TranslatedDestination)
    /// It cannot be told.
    case undecided

    /// The word for it in files.
    public var word: String {
        switch self {
        case .accept: "accept"
        case .drop: "drop"
        case .reject: "reject"
        case .translate: "translate"
        case .undecided: "undecided"
        }
    }
}

/// What the sender of a refused packet gets.
public enum Rejection: Hashable, Sendable {
    case tcpReset
    case icmp(ICMPError)
}

/// Where a translated packet goes.
public struct TranslatedDestination: Hashable, Sendable {
    /// The address; nil for one of the host's own that is not known.
    public var address: IPAddress?
    /// The port; nil for the one the packet was sent to.
    public var port: UInt16?
    /// Whether the host itself is there; otherwise the packet is forwarded.
    public var isHere: Bool
}

/// A rule, or the policy of a chain, as people find it again.
public struct RuleReference: Hashable, Sendable {
    /// The family of its table.
    public var family: RuleTable.Family
    /// The table.
    public var table: String
    /// The chain.
    public var chain: String
    /// What finds the rule; nil for the policy of the chain.
    public var place: Rule.Place?
    /// The rule as its administrator would write it, or `policy drop`.
    public var text: String
    /// How many packets it met before, if it counts.
    public var packets: UInt64?
    /// Whether the rule lets in a port that it names.
    var acceptsPort = false
}
