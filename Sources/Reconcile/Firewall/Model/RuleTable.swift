import Prober

/// A table of chains, of nftables or of iptables.
public struct RuleTable: Hashable, Sendable {
    /// Which packets its chains see.
    public enum Family: String, Hashable, Sendable, CaseIterable {
        case ip, ip6, inet, netdev, bridge, arp

        /// Whether a chain of this family sees IP packets of `family`.
        func sees(_ family: IPFamily) -> Bool {
            switch self {
            case .ip: family == .ipv4
            case .ip6: family == .ipv6
            case .inet, .netdev: true
            case .bridge, .arp: false
            }
        }
    }

    /// Which part of the kernel runs the rules.
    public enum Engine: String, Hashable, Sendable {
        /// nftables, listed by `nft`.
        case nftables
        /// nftables, listed by `iptables-save`.
        case iptables = "iptables-nft"
        /// The older x_tables, which `nft` cannot see.
        case legacy = "iptables-legacy"
    }

    /// Which packets its chains see.
    public var family: Family
    /// The table's name.
    public var name: String
    /// Which part of the kernel runs it.
    public var engine: Engine
    /// Whether it is switched off (`flags dormant`); nil when its flags cannot be read.
    public var isDormant: Bool? = false
    /// Its chains, in the order they were read.
    public private(set) var chains: [RuleChain] = []
    private var chainNumbers: [String: Int] = [:]
    /// Its named sets.
    var sets: [String: NamedSet] = [:]
    /// Its named maps to verdicts.
    var verdictMaps: [String: ValueMap<RuleVerdict>] = [:]
    /// Its named maps to values.
    var valueMaps: [String: ValueMap<[Pattern]>] = [:]
    /// The sets and maps that rules of the table change.
    var changedSets: Set<String> = []

    init(_ family: Family, _ name: String, _ engine: Engine) {
        self.family = family
        self.name = name
        self.engine = engine
    }

    /// The position of the chain called `name`.
    func chainIndex(_ name: String) -> Int? { chainNumbers[name] }

    /// Adds `chain`, whose name no other chain of the table has.
    mutating func add(_ chain: RuleChain) {
        chainNumbers[chain.name] = chains.count
        chains.append(chain)
    }

    /// Changes the chain at `index`, but for its name.
    mutating func change(_ index: Int, _ change: (inout RuleChain) -> Void) {
        change(&chains[index])
    }
}

/// A chain of rules.
public struct RuleChain: Hashable, Sendable {
    /// The chain's name.
    public let name: String
    /// Where packets enter it by themselves; nil when only other chains lead to it.
    public var base: BaseChain?
    /// The rules, in order.
    public internal(set) var rules: [Rule] = []
    /// The number that nftables gave it; later ones are greater.
    var handle: UInt64?

    init(_ name: String, base: BaseChain? = nil) {
        self.name = name
        self.base = base
    }
}

/// Where and when packets enter a chain by themselves.
public struct BaseChain: Hashable, Sendable {
    /// What the chain may do.
    public enum Kind: String, Hashable, Sendable { case filter, nat, route }

    /// The place on a packet's way.
    public enum Hook: String, Hashable, Sendable, CaseIterable {
        case ingress, prerouting, input, forward, output, postrouting, egress
    }

    /// What the chain may do.
    public var kind: Kind
    /// The place on a packet's way.
    public var hook: Hook
    /// When, among the chains of that place: lower comes first.
    public var priority: Int
    /// Whether a packet that no rule decides is dropped.
    public var drops: Bool
    /// The devices of a chain at `ingress` or `egress`; empty when they are not known.
    public var devices: [String] = []
}
