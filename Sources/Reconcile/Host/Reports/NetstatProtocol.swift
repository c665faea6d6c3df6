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
        guard (2...9).contains(word.utf8.count), let (transport, digits) = Self.words[word]
        else { return nil }
        self.transport = transport
        self.digits = digits
    }

    /// The family that rows with these digits are of; nil where the word does not tell.
    var family: IPAddress.Family? {
        switch digits {
        case .four: .ipv4
        case .six, .fourAndSix: .ipv6
        case .none: nil
        }
    }

    private static let words: [String: (Transport?, Digits)] = {
        var words: [String: (Transport?, Digits)] = [:]
        for transport in Transport.allCases {
            let name = transport.rawValue
            words[name] = (transport, .none)
            words[name + "4"] = (transport, .four)
            words[name + "6"] = (transport, .six)
            words[name + "46"] = (transport, .fourAndSix)
        }
        words["toe4"] = (.tcp, .four)
        words["toe6"] = (.tcp, .six)
        for other in [
            "raw", "raw4", "raw6", "raw46", "icmp", "icmp6", "icm4", "icm6", "icm46", "ip", "ip4",
            "ip6", "div4", "div6", "divert", "sctp", "sctp4", "sctp6", "sctp46", "udplite", "udpl6",
            "udpl", "udplite6", "igmp", "esp", "ah", "dccp", "dccp6", "mptcp", "l2tp",
        ] {
            words[other] = (nil, .none)
        }
        return words
    }()
}
