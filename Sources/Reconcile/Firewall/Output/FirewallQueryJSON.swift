import Prober

/// The answers to one flow, with what was asked.
public struct FirewallQuery: Hashable, Sendable {
    /// The flow.
    public var flow: Flow
    /// What was taken for granted.
    public var assumption: FirewallAssumption
    /// What the rules do, for every port asked for exactly once.
    public var answers: [FirewallAnswer]

    /// A query of the given parts.
    public init(_ flow: Flow, _ assumption: FirewallAssumption, answers: [FirewallAnswer]) {
        self.flow = flow
        self.assumption = assumption
        self.answers = answers
    }

    /// Whether every port's answer is decided.
    public var isDecided: Bool { answers.allSatisfy(\.isDecided) }

    /// The number of the format that ``json`` writes.
    public static let format = 1

    /// The query as one line of JSON, as `docs/file-formats.md` describes it.
    public var json: [UInt8] {
        var members: JSONMembers = [
            "type": "firewall-query", "format": .unsigned(UInt64(Self.format)),
            "to": .text("\(flow.destination)"), "transport": .text(flow.transport.rawValue),
            "assume": .text(assumption.rawValue), "answers": .array(answers.map(\.json)),
        ]
        members["from"] = flow.source.map { .text("\($0)") }
        members["interface"] = flow.interface.map { .text($0) }
        return JSONValue.object(members).line
    }
}

extension FirewallAnswer {
    /// The answer as a JSON object.
    var json: JSONValue {
        .object([
            "ports": .text(ports.description), "decided": .boolean(isDecided),
            "outcomes": .array(outcomes.map(\.json)),
        ])
    }
}

extension FirewallOutcome {
    fileprivate var json: JSONValue {
        var members: JSONMembers = [
            "verdict": .text(action.word), "rules": .array(path.map(\.json)),
        ]
        switch action {
        case .reject(let rejection): members["reject"] = .text(rejection.word)
        case .translate(let target): members["to"] = .text("\(target)")
        case .accept, .drop, .undecided: break
        }
        if !reasons.isEmpty {
            members["reasons"] = .array(reasons.map { .text($0.explanation) })
        }
        return .object(members)
    }
}

extension RuleReference {
    /// The rule as a JSON object.
    var json: JSONValue {
        var members: JSONMembers = [
            "family": .text(family.rawValue), "table": .text(table), "chain": .text(chain),
            "text": .text(text),
        ]
        switch place {
        case .handle(let handle): members["handle"] = .unsigned(handle)
        case .line(let line): members["line"] = .unsigned(UInt64(clamping: line))
        case nil: break
        }
        members["packets"] = packets.map { .unsigned($0) }
        return .object(members)
    }
}

extension Rejection {
    /// The word for it in files: `tcp-reset`, `icmp-port-unreachable`, `icmpv6-no-route`.
    public var word: String {
        switch self {
        case .tcpReset: "tcp-reset"
        case .icmp(let error):
            (error.family == .ipv4 ? "icmp-" : "icmpv6-") + error.name.replacing(" ", with: "-")
        }
    }
}

extension TranslatedDestination: CustomStringConvertible {
    /// `172.17.0.2:80`, `[2001:db8::1]:80`, `:80` for the same or an unknown address of the host.
    public var description: String {
        let host =
            switch address {
            case .v4?: "\(address.map { "\($0)" } ?? "")"
            case .v6?: "[\(address.map { "\($0)" } ?? "")]"
            case nil: ""
            }
        guard let port else { return host.isEmpty ? "this host" : host }
        return "\(host):\(port)"
    }
}
