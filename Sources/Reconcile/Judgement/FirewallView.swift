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
        /// The finding is about a socket, whatever packets come.
        case notAsked
        /// Since the scan the rules stop its source, which is in this set now and was not before.
        case interfered(String)
        /// The rules were read, and do not tell.
        case unknown(FirewallUnknown)

        /// The word for it in files.
        public var word: String {
            switch self {
            case .rulesNotRead: "rules-not-read"
            case .manyAddresses: "many-addresses"
            case .changed: "rules-changed"
            case .notAsked: "not-asked"
            case .interfered: "prober-banned"
            case .unknown(let unknown): unknown.explanation
            }
        }
    }
}
