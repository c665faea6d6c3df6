import Prober

/// The first word of a row of netstat: `tcp`, `udp6`, `tcp46`, `raw`.
struct NetstatProtocol {
    /// TCP or UDP; nil for everything else.
    let transport: Transport?
    /// What the digits say.
    let digits: Digits

    /// The families that the digits name.
    enum Digits {
        case none, four, six, fourAndSix
    }

    /// The protocol in `word`; nil when it is none.
    init?(_ word: String) {
        (transport, digits) =
            switch word {
            case "tcp": (.tcp, .none)
            case "tcp4", "toe4": (.tcp, .four)
            case "tcp6", "toe6": (.tcp, .six)
            case "tcp46": (.tcp, .fourAndSix)
            case "udp": (.udp, .none)
            case "udp4": (.udp, .four)
            case "udp6": (.udp, .six)
            case "udp46": (.udp, .fourAndSix)
            case _: (nil, .none)
            }
        if transport == nil {
            guard word.utf8.count <= 9, Self.others.contains(word) else { return nil }
        }
    }

    /// The family that rows with these digits are of; nil where the word does not tell.
    var family: IPAddress.Family? {
        switch digits {
        case .four: .ipv4
        case .six, .fourAndSix: .ipv6
        case .none: nil
        }
    }

    private static let others: Set<String> = [
        "raw", "raw4", "raw6", "raw46", "icmp", "icmp6", "icm4", "icm6", "icm46", "ip", "ip4",
        "ip6", "div4", "div6", "divert", "sctp", "sctp4", "sctp6", "sctp46", "udplite", "udpl6",
        "udpl", "udplite6", "igmp", "esp", "ah", "dccp", "dccp6", "mptcp", "l2tp",
    ]
}
