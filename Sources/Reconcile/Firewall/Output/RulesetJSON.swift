import Prober

extension Ruleset {
    /// The number of the format that ``json`` writes.
    public static let format = 1

    /// The ruleset as it was read, as one line of JSON (`docs/file-formats.md`).
    public var json: [UInt8] {
        JSONValue.object([
            "type": "firewall-ruleset", "format": .unsigned(UInt64(Self.format)),
            "origins": .array(origins.map { .text($0) }),
            "gaps": .array(gaps.map { .text($0.explanation) }),
            "notes": .array(observations.map(\.json)),
            "tables": .array(tables.map(\.json)),
        ]).line
    }
}

extension RulesetObservation {
    fileprivate var json: JSONValue {
        var members: JSONMembers = [
            "note": .text(word), "explanation": .text(explanation),
        ]
        switch self {
        case .shadowed(let rule, let others):
            members["rule"] = rule.json
            members["by"] = .array(others.map(\.json))
        case .contradictory(let rule), .looksClosed(let rule): members["rule"] = rule.json
        case .emptySet(let rule, let name):
            members["rule"] = rule.json
            members["set"] = .text(name)
        case .unreachable(let family, let table, let chain):
            members["family"] = .text(family.rawValue)
            members["table"] = .text(table)
            members["chain"] = .text(chain)
        case .noFilter(let isIPv6): members["ip"] = isIPv6 ? 6 : 4
        }
        return .object(members)
    }
}

extension RuleTable {
    fileprivate var json: JSONValue {
        var members: JSONMembers = [
            "family": .text(family.rawValue), "name": .text(name),
            "engine": .text(engine.rawValue), "chains": .array(chains.map(\.json)),
        ]
        if isDormant != false { members["dormant"] = isDormant.map { .boolean($0) } ?? .null }
        return .object(members)
    }
}

extension RuleChain {
    fileprivate var json: JSONValue {
        var members: JSONMembers = [
            "name": .text(name), "rules": .array(rules.map(\.json)),
        ]
        if let base {
            members["chain-type"] = .text(base.kind.rawValue)
            members["hook"] = .text(base.hook.rawValue)
            members["priority"] = .number(Double(base.priority))
            members["policy"] = base.drops ? "drop" : "accept"
            if !base.devices.isEmpty {
                members["devices"] = .array(base.devices.map { .text($0) })
            }
        }
        return .object(members)
    }
}

extension Rule {
    fileprivate var json: JSONValue {
        var members: JSONMembers = ["text": .text(text)]
        switch place {
        case .handle(let handle): members["handle"] = .unsigned(handle)
        case .line(let line): members["line"] = .unsigned(UInt64(clamping: line))
        }
        members["packets"] = packets.map { .unsigned($0) }
        if !opaqueParts.isEmpty {
            members["not-understood"] = .array(opaqueParts.map { .text($0) })
        }
        return .object(members)
    }
}
