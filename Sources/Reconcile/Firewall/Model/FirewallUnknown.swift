/// Why it cannot be told what the rules do with a packet.
public enum FirewallUnknown: Hashable, Sendable {
    /// Something in a rule that is not understood, as it stands there.
    case notUnderstood(String)
    /// A rate limit or quota may be reached.
    case rate(String)
    /// Rules change the set while packets come.
    case changingSet(String)
    /// The set is not in what was read, or holds what is not understood.
    case unreadableSet(String)
    /// Whether the rule is for one IP version alone, which nft does not list.
    case unlistedFamily
    /// The packet's source is not known.
    case source
    /// The packet's source port decides.
    case sourcePort
    /// The interface decides, and is not known.
    case interface
    /// The kernel chooses where the packet is translated to.
    case translation
    /// A mark that is not known decides.
    case mark
    /// The state of the connection decides, and is not known.
    case connection
    /// Which addresses the host has decides, and is not known.
    case hostAddresses
    /// Something in the packet that the kernel or the way there chooses: time to live, length.
    case packet(String)
    /// Whether the kernel takes what is translated to a loopback address (route_localnet).
    case loopbackRoute
    /// A program decides (`queue`).
    case program
    /// Whether a table is switched off.
    case dormancy(String)
    /// Nothing that was read makes the kernel track connections, as chains of the type nat need.
    case tracking
    /// Chains of the same priority have no order.
    case order
    /// The rules are too entangled to follow.
    case tooComplex
    /// Something else decides too.
    case gap(RulesetGap)

    /// Why, as a phrase.
    public var explanation: String {
        switch self {
        case .notUnderstood(let text): "\"\(text.shortened)\" is not understood"
        case .rate(let text): "it depends on how many packets came before (\(text.shortened))"
        case .changingSet(let name): "rules change the set \(name) while packets come"
        case .unreadableSet(let name): "the set \(name) was not read, or is not understood"
        case .unlistedFamily:
            "nft lists a rule with `reject with tcp reset` without the IP version it is for: "
                + "give `nft --debug=netlink list ruleset` as well"
        case .source: "the source address decides, and is not known"
        case .sourcePort: "the source port decides, and the kernel chooses it"
        case .interface: "the interface decides, and is not known"
        case .translation: "the kernel chooses where it is translated to"
        case .mark: "a mark decides that something else may have set"
        case .connection: "the state of the connection decides, and is not known"
        case .hostAddresses: "the host's addresses decide, and are not known"
        case .packet(let text): "the packet's \(text) decides, and is not known"
        case .loopbackRoute:
            "it is translated to loopback, which the kernel drops unless route_localnet is set"
        case .program: "a program decides (queue)"
        case .dormancy(let table):
            "whether the table \(table.shortened) is switched off was not listed: "
                + "give `nft list ruleset` as well"
        case .tracking:
            "chains of the type nat see packets only where connections are tracked, and no rule needs that"
        case .order: "chains of the same priority have no order"
        case .tooComplex: "the rules are too entangled to follow"
        case .gap(let gap): gap.explanation
        }
    }
}
