import Prober

/// What the firewall's rules do with an endpoint.
public enum FirewallView: Hashable, Sendable {
    /// It cannot be told.
    case undecided([Reason])
    /// What happens, and the rules that decide.
    case decided(FirewallAction, rules: [RuleReference])

    /// Why it cannot be told what the rules do.
    public enum Reason: Hashable, Sendable {
        /// Nobody read the rules.
        case rulesNotRead
        /// The question is about many addresses at once, which were never probed.
        case manyAddresses
        /// The rules changed while the scan ran.
        case changed
        /// The rules were read, and do not tell.
        case unknown(FirewallUnknown)

        /// The word for it in files.
        public var word: String {
            switch self {
            case .rulesNotRead: "rules-not-read"
            case .manyAddresses: "many-addresses"
            case .changed: "rules-changed"
            case .unknown(let unknown): unknown.explanation
            }
        }
    }
}

/// What the rules do, as far as a verdict asks.
public enum FirewallEffect: Hashable, Sendable, CaseIterable {
    case unknown
    case accepts
    /// They accept by a rule that names the port.
    case acceptsByPort
    case drops
    /// They refuse, and what was seen is that refusal.
    case refusesAsSeen
    case refusesOtherwise
    /// They send the packet to another address or port.
    case translates

    /// What `view` comes to where `evidence` was seen.
    init(_ view: FirewallView, seen evidence: [Evidence]) {
        switch view {
        case .undecided: self = .unknown
        case .decided(let action, let rules):
            switch action {
            case .accept: self = rules.contains(where: \.acceptsPort) ? .acceptsByPort : .accepts
            case .drop: self = .drops
            case .translate: self = .translates
            case .undecided: self = .unknown
            case .reject(let rejection):
                let isSeen = evidence.contains { $0.isOf(rejection) }
                self = isSeen ? .refusesAsSeen : .refusesOtherwise
            }
        }
    }
}

extension Evidence {
    /// Whether this is what `rejection` looks like from outside.
    fileprivate func isOf(_ rejection: Rejection) -> Bool {
        switch self {
        case .reset: rejection == .tcpReset
        case .icmp(let error, _): rejection == .icmp(error)
        case .handshake, .reply, .silence, .unanswered, .localFailure: false
        }
    }
}
