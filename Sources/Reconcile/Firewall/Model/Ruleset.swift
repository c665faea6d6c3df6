import Prober

/// The firewall rules of a host, from one or more sources, as the kernel would apply them.
public struct Ruleset: Hashable, Sendable {
    /// The tables, in the order they were read.
    public internal(set) var tables: [RuleTable] = []
    /// The sets of `ipset`, by name.
    var addressSets: [String: NamedSet] = [:]
    /// Where the rules came from, as people name it: a file, a command.
    public internal(set) var origins: [String] = []
    /// What filters packets too, or may, and was not read or not understood.
    public internal(set) var gaps: [RulesetGap] = []

    /// The families of which the rules were read.
    var readFamilies: Set<IPFamily> = []

    /// No rules at all.
    public init() {}

    /// How many rules there are.
    public var ruleCount: Int {
        tables.reduce(0) { $0 + $1.chains.reduce(0) { $0 + $1.rules.count } }
    }

    /// Whether rules of the table change the set called `name`; those of `ipset` all tables share.
    func changes(_ name: String, in table: Int) -> Bool {
        tables[table].changedSets.contains(name)
            || addressSets[name] != nil && tables.contains { $0.changedSets.contains(name) }
    }

    /// The rule at `position`, which must be one of this ruleset.
    subscript(position: RulePosition) -> Rule {
        tables[position.table].chains[position.chain].rules[position.rule]
    }
}

/// Something that decides about packets and is not in the rules that were read.
public enum RulesetGap: Hashable, Sendable {
    /// A source that was not, or could not be, read.
    case unread(String)
    /// A listing of nftables as text, from the place named.
    case textListing(String)
    /// A kernel layer outside the rules that is in use: XDP, tc, a cgroup program, IPVS.
    case layer(String)

    /// Why it matters, as a phrase.
    public var explanation: String {
        switch self {
        case .unread(let reason): reason
        case .textListing(let origin):
            "cannot read the text form (\(origin)): give `nft -j list ruleset`"
        case .layer(let name): "\(name) may decide too, and Prober does not read it"
        }
    }
}

/// Where a rule stands in a ``Ruleset``.
struct RulePosition: Hashable {
    var table: Int
    var chain: Int
    var rule: Int
}
