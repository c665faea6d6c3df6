import Prober

/// A finding as it is written.
struct RecordedFindingText: Decodable {
    let finding: RecordedFinding

    private enum Key: String, CodingKey {
        case code, name, address, transport, ports, outside, listener, firewall, policy, result
        case severity, explanation, causes, actions, supplement, predicted, verdict, receipts
    }

    private struct Outside: Decodable {
        var states: [String]
        var evidence: [EvidenceText]
        var attempts: UInt16
    }

    private struct View: Decodable {
        var view: String
        var reasons: [String]?
        var listeners: [RecordedListenerText]
    }

    private struct Firewall: Decodable {
        struct Rule: Decodable {
            var family: String
            var table: String
            var chain: String
            var text: String
        }
        var outcome: String
        var reasons: [String]?
        var reject: String?
        var to: String?
        var rules: [Rule]?
    }

    private struct Receipt: Decodable {
        var text: String
    }

    private struct Advice: Decodable {
        struct Step: Decodable {
            var command: String?
            var file: String?
            var line: String?
            var note: String?

            /// The step as a person would be told it.
            var text: String {
                let place = file.map { " in \($0)" } ?? ""
                return (command ?? line ?? "") + place + (note.map { "  (\($0))" } ?? "")
            }
        }
        var text: String
        var steps: [Step]
    }

    private struct Declaration: Decodable {
        struct Lapsed: Decodable {
            var declared: String
            var until: String
            var reason: String?
            var location: String?
        }
        var stance: String
        var reason: String?
        var location: String?
        var by: [String]?
        var until: String?
        var lapsed: Lapsed?
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        func text(_ key: Key) throws -> String { try object.decode(String.self, forKey: key) }
        let addresses = try Self.range(try text(.address))
        let outside = try object.decode(Outside.self, forKey: .outside)
        let view = try object.decode(View.self, forKey: .listener)
        let firewall = try object.decode(Firewall.self, forKey: .firewall)
        let policy = try object.decode(Declaration.self, forKey: .policy)
        let ports = try ScanLine.ports(try text(.ports))
        finding = RecordedFinding(
            code: try text(.code), name: try text(.name),
            verdict: try object.decodeIfPresent(String.self, forKey: .verdict) ?? "",
            addresses: addresses,
            transport: try Self.transport(try text(.transport)), ports: ports,
            states: try outside.states.map { word in
                guard let state = PortState(rawValue: word) else {
                    throw ScanLineProblem.value(word, "a state that this version knows")
                }
                return state
            },
            evidence: try outside.evidence.map { try $0.evidence(at: addresses.first) },
            attempts: outside.attempts, view: view.view, doubts: view.reasons ?? [],
            listeners: view.listeners.map(\.listener),
            firewall: RecordedFinding.Firewall(
                outcome: firewall.outcome, reasons: firewall.reasons ?? [],
                reject: firewall.reject, target: firewall.to,
                rules: (firewall.rules ?? []).map {
                    RecordedFinding.Firewall.Rule(
                        family: $0.family, table: $0.table, chain: $0.chain, text: $0.text)
                }),
            receipts: try object.decodeIfPresent([Receipt].self, forKey: .receipts)?
                .map(\.text) ?? [],
            policy: Self.declaration(policy), result: try text(.result),
            severity: try text(.severity), explanation: try text(.explanation),
            causes: try object.decode([String].self, forKey: .causes),
            actions: try object.decode([Advice].self, forKey: .actions).map { advice in
                RecordedFinding.Advice(text: advice.text, steps: advice.steps.map(\.text))
            },
            isSupplement: try object.decodeIfPresent(Bool.self, forKey: .supplement) ?? false,
            isPredicted: try object.decodeIfPresent(Bool.self, forKey: .predicted) ?? false)
    }

    private static func declaration(_ text: Declaration) -> RecordedFinding.Declaration {
        let lapsed = text.lapsed.flatMap { lapsed in
            CalendarDay(lapsed.until).map {
                LapsedException(
                    isOpen: lapsed.declared == "open", until: $0, reason: lapsed.reason,
                    location: lapsed.location)
            }
        }
        return RecordedFinding.Declaration(
            stance: text.stance, reason: text.reason, location: text.location,
            holders: text.by ?? [], until: text.until, lapsed: lapsed?.explanation)
    }

    static func transport(_ word: String) throws(ScanLineProblem) -> Transport {
        guard let transport = Transport(rawValue: word) else {
            throw .value(word, "a transport, tcp or udp")
        }
        return transport
    }

    /// The one range that `text` is: an address, a block or `first-last`.
    static func range(_ text: String) throws(ScanLineProblem) -> AddressRange {
        guard case .ranges(let ranges)? = try? TargetWord(parsing: text), ranges.count == 1 else {
            throw .value(text, "an address or a range")
        }
        return ranges[0]
    }
}

/// A listener as it is written among findings.
struct RecordedListenerText: Decodable {
    let listener: Listener

    private enum Key: String, CodingKey {
        case transport, family, address, port, device, owners, unit, container, namespace
    }

    private struct Owner: Decodable {
        var pid: Int32
        var name: String
        var user: String?
        var command: String?
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        func optional(_ key: Key) throws -> String? {
            try object.decodeIfPresent(String.self, forKey: key)
        }
        let family = try object.decode(String.self, forKey: .family)
        guard let family = Listener.Family(rawValue: family) else {
            throw ScanLineProblem.value(family, "a family that this version knows")
        }
        listener = Listener(
            try RecordedFindingText.transport(try object.decode(String.self, forKey: .transport)),
            family,
            try ScanLine.address(try object.decode(String.self, forKey: .address)),
            try object.decode(UInt16.self, forKey: .port), device: try optional(.device),
            owners: try object.decode([Owner].self, forKey: .owners).map {
                ProcessIdentity(pid: $0.pid, name: $0.name, user: $0.user, command: $0.command)
            },
            unit: try optional(.unit), container: try optional(.container),
            namespace: try optional(.namespace))
    }
}
