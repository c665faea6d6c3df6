import Prober

/// nmap's word for what decided a state, as `reason` in its XML.
struct NmapReason: Hashable {
    /// The word for one port.
    let singular: String
    /// The word where several ports are counted together.
    let plural: String

    private init(_ singular: String, _ plural: String) {
        self.singular = singular
        self.plural = plural
    }

    /// The word for `evidence` over `transport`.
    ///
    /// nmap has none for some ICMP errors; they are spelled, as `icmp-3-5`. Why a probe failed here
    /// is said in our own words, since nmap has no state for that but `unknown`.
    init(_ evidence: Evidence, over transport: Transport) {
        switch evidence {
        case .handshake, .exchange: self.init("syn-ack", "syn-acks")
        case .reset: self.init("conn-refused", "conn-refused")
        case .reply: self.init("udp-response", "udp-responses")
        case .silence, .unanswered: self.init("no-response", "no-responses")
        case .icmp(let error, _): self = Self.named(error)
        case .localFailure(let failure):
            let word = LocalFailureReason(failure).rawValue
            self.init(word, word)
        }
    }

    /// The word for what was never asked.
    static let interrupted = NmapReason("interrupted", "interrupted")

    /// The error that `word`, in singular or plural, means in `family`; nil for any other word.
    static func error(_ word: String, in family: IPAddress.Family) -> ICMPError? {
        let known = errors.first { $0.reason.singular == word || $0.reason.plural == word }
        let numbers = (family == .ipv4 ? known?.ipv4 : known?.ipv6) ?? spelled(word, in: family)
        return numbers.map { ICMPError(family, type: $0.type, code: $0.code) }
    }

    private static func spelled(_ word: String, in family: IPAddress.Family) -> Numbers? {
        let prefix = spelling(of: family)
        guard word.hasPrefix(prefix) else { return nil }
        let numbers = word.dropFirst(prefix.count)
            .split(separator: "-", omittingEmptySubsequences: false).map { UInt8(decimal: $0) }
        guard numbers.count == 2, let type = numbers[0], let code = numbers[1] else { return nil }
        return (type, code)
    }

    private static func spelling(of family: IPAddress.Family) -> String {
        family == .ipv4 ? "icmp-" : "icmpv6-"
    }

    private static func named(_ error: ICMPError) -> NmapReason {
        let known = errors.first { known in
            let numbers = error.family == .ipv4 ? known.ipv4 : known.ipv6
            return numbers.map { $0.type == error.type && $0.code == error.code } ?? false
        }
        let spelled = "\(spelling(of: error.family))\(error.type)-\(error.code)"
        return known?.reason ?? NmapReason(spelled, spelled)
    }

    private typealias Numbers = (type: UInt8, code: UInt8)

    /// The words for ICMP errors; of two for one error, the first is written.
    private static let errors: [(reason: NmapReason, ipv4: Numbers?, ipv6: Numbers?)] = [
        (NmapReason("no-route", "no-routes"), nil, (1, 0)),
        (NmapReason("addr-unreach", "addr-unreaches"), nil, (1, 3)),
        (NmapReason("net-unreach", "net-unreaches"), (3, 0), (1, 0)),
        (NmapReason("host-unreach", "host-unreaches"), (3, 1), (1, 3)),
        (NmapReason("proto-unreach", "proto-unreaches"), (3, 2), nil),
        (NmapReason("port-unreach", "port-unreaches"), (3, 3), (1, 4)),
        (NmapReason("net-prohibited", "net-prohibiteds"), (3, 9), nil),
        (NmapReason("host-prohibited", "host-prohibiteds"), (3, 10), nil),
        (NmapReason("admin-prohibited", "admin-prohibiteds"), (3, 13), (1, 1)),
        (NmapReason("beyond-scope", "beyond-scopes"), nil, (1, 2)),
        (NmapReason("reject-route", "reject-routes"), nil, (1, 6)),
        (NmapReason("time-exceeded", "time-exceededs"), (11, 0), (3, 0)),
        (NmapReason("param-problem", "param-problems"), (12, 0), (4, 0)),
    ]
}
