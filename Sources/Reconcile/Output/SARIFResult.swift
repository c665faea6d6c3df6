import Prober

/// A finding as a `result` of SARIF (3.27).
struct SARIFResult {
    private let finding: Finding
    private let ruleIndex: UInt64
    private let part: FindingsReport.Part

    init(_ finding: Finding, ruleIndex: UInt64, of part: FindingsReport.Part) {
        self.finding = finding
        self.ruleIndex = ruleIndex
        self.part = part
    }

    /// The `result` object.
    var json: JSONValue {
        .object([
            "ruleId": .text(finding.code.rawValue),
            "ruleIndex": .unsigned(ruleIndex),
            "kind": .text(kind),
            "level": .text(level),
            "message": .message(message),
            "locations": .array([location]),
            "partialFingerprints": .object(fingerprints),
            "properties": .object(properties),
        ])
    }

    private var kind: String {
        switch finding.result {
        case .fail: "fail"
        case .warn: "review"
        case .inconclusive: "open"
        case .info: "informational"
        case .pass: "pass"
        }
    }

    /// Only what fails has a level (3.27.10).
    private var level: String {
        guard finding.result == .fail else { return "none" }
        return switch finding.severity {
        case .critical, .high: "error"
        case .medium: "warning"
        case .low, .info: "note"
        }
    }

    private var row: FindingRow { FindingRow(finding) }

    /// What was found, and what to do about it.
    ///
    /// Rules are full of braces, which a message may not hold as they are; they are a property.
    private var message: String {
        var lines = ["\(row.place): \(finding.explanation)".visible]
        lines += row.fields.filter { $0.name != "rules" }.map { "\($0.name): \($0.value)".visible }
        lines += row.remedyLines(on: part.reconciliation.remedyHost).map(\.visible)
        return lines.joined(separator: "\n")
    }

    /// Where it was declared, or the target is written, and which endpoint it is about.
    private var location: JSONValue {
        var location: JSONMembers = [
            "logicalLocations": .array([
                .object([
                    "name": .text(portText), "fullyQualifiedName": .text(row.place.visible),
                    "kind": "resource",
                ])
            ])
        ]
        if let text = finding.stance.expectation?.location ?? part.location {
            let place = SourcePlace(text)
            var physical: JSONMembers = [
                "artifactLocation": .object(["uri": .text(place.uri)])
            ]
            if let line = place.line {
                var region: JSONMembers = ["startLine": .unsigned(UInt64(line))]
                if let column = place.column { region["startColumn"] = .unsigned(UInt64(column)) }
                physical["region"] = .object(region)
            }
            location["physicalLocation"] = .object(physical)
        }
        return .object(location)
    }

    private var portText: String {
        "\(FindingRow.text(of: finding.ports))/\(finding.transport.rawValue)"
    }

    /// What is the same in every run that finds the same: no process id, time or count.
    ///
    /// The second is the one that GitHub compares; it would make its own of the line otherwise,
    /// which all findings of one declaration share.
    private var fingerprints: JSONMembers {
        let identity = [
            finding.code.rawValue, part.target ?? "", part.vantage, finding.addresses.description,
            finding.transport.rawValue, finding.ports.description, server,
        ].map(\.visible).joined(separator: " ")
        let digest = SHA256(Array(identity.utf8)).hexadecimal
        return [
            "endpoint/v1": .text(digest),
            "primaryLocationLineHash": .text("\(digest.prefix(16)):1"),
        ]
    }

    /// What has the port, by names that outlive a restart.
    private var server: String {
        Set(finding.inside.listeners.map(\.lastingName)).filter { !$0.isEmpty }.sorted()
            .joined(separator: ",")
    }

    private var properties: JSONMembers {
        var properties: JSONMembers = [
            "name": .text(finding.code.name),
            "result": .text(finding.result.rawValue),
            "severity": .text(finding.severity.rawValue),
            "address": .text(finding.addresses.description),
            "transport": .text(finding.transport.rawValue),
            "ports": .text(finding.ports.description),
            "count": .count(finding.endpointCount),
            "states": .array(finding.states.map { .text($0.rawValue) }),
            "causes": .array(finding.causes.map { .text($0.explanation.visible) }),
            "actions": .array(
                finding.remedies(on: part.reconciliation.remedyHost).map { remedy in
                    .text(remedy.lines.map(\.visible).joined(separator: "\n"))
                }),
        ]
        if let rules = finding.firewall.explanation { properties["rules"] = .text(rules.visible) }
        return properties
    }
}

extension Listener {
    /// What holds the socket, by a name that is the same after a restart; empty where none is known.
    ///
    /// Scopes are made anew for each login and each container, and so are the units of
    /// `systemd-run`. Of several processes none is the first: their numbers change.
    fileprivate var lastingName: String {
        if let unit, unit.hasSuffix(".service") || unit.hasSuffix(".socket"),
            !unit.hasPrefix("run-")
        {
            return unit
        }
        let names = Set(owners.map(\.name)).filter { !$0.isEmpty }.sorted()
        return names.isEmpty ? program ?? "" : names.joined(separator: "+")
    }
}
