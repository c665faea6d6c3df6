/// What the firewall's rules do with an endpoint.
public enum FirewallView: Hashable, Sendable {
    /// It cannot be told.
    case undecided([Reason])

    /// Why it cannot be told what the rules do.
    public enum Reason: String, Hashable, Sendable {
        /// Nobody read the rules.
        case rulesNotRead = "rules-not-read"
    }
}
