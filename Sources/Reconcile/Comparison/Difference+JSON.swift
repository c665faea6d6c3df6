import Prober

extension Difference {
    /// The number of the format that ``json(old:new:)`` writes.
    public static let format = 1

    /// The difference as one line of JSON, as `docs/file-formats.md` describes it.
    public func json(
        old: (source: String, file: Comparand), new: (source: String, file: Comparand)
    ) -> [UInt8] {
        JSONValue.object([
            "type": "difference", "format": .unsigned(UInt64(Self.format)),
            "of": .text(old.file.kind), "old": Self.side(old), "new": Self.side(new),
            "conclusion": .text(conclusion.rawValue), "complete": .boolean(!isNewIncomplete),
            "possibly_opened": .unsigned(possiblyOpenedCount),
            "rules_on_one_side": .boolean(hasRulesOnOneSide),
            "changes": .array(changes.map(\.json)), "unchanged": .unsigned(unchangedCount),
            "noise": .object(
                JSONMembers(
                    Noise.allCases.map { ($0.rawValue, .unsigned(noise[$0] ?? 0)) })),
        ]).line
    }

    private static func side(_ side: (source: String, file: Comparand)) -> JSONValue {
        .object([
            "file": .text(side.source), "time": .text(side.file.time),
            "vantages": .array(side.file.vantages.map { .text($0.name) }),
        ])
    }
}

extension Difference.Change {
    fileprivate var json: JSONValue {
        var members: JSONMembers = [
            "change": .text(kind.rawValue), "address": .text("\(address)"),
            "transport": .text(transport.rawValue), "ports": .text("\(ports)"),
            "count": .unsigned(UInt64(ports.count)), "old": old.json, "new": new.json,
        ]
        members["vantage"] = vantage.map { .text($0) }
        return .object(members)
    }
}

extension EndpointFacts {
    fileprivate var json: JSONValue {
        var members: JSONMembers = ["reach": .text(reach.rawValue)]
        members["code"] = code.map { .text($0) }
        members["owner"] = owner.map { .text($0) }
        members["rule"] = rule.map { .text($0) }
        return .object(members)
    }
}
