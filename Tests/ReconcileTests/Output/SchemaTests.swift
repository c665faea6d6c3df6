import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// The documented schemas know every word that is written.
@Suite struct SchemaTests {
    private func schema(_ name: String) throws -> JSONValue {
        let path = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../docs/schemas").appending(path: name).path()
        return try JSONValue(
            parsing: try FileContents.bytes(of: path, atMost: 1 << 20), source: name)
    }

    /// The words of every `enum` that belongs to a property called `key`.
    private func words(of key: String, in value: JSONValue) -> [[String]] {
        switch value {
        case .object(let members):
            var found: [[String]] = []
            if case .object(let property)? = members[key],
                case .array(let words)? = property["enum"]
            {
                found.append(
                    words.compactMap { if case .text(let word) = $0 { word } else { nil } })
            }
            return found + members.values.flatMap { words(of: key, in: $0) }
        case .array(let values): return values.flatMap { words(of: key, in: $0) }
        case .null, .boolean, .unsigned, .number, .text: return []
        }
    }

    @Test(
        "a schema lists exactly the words of its key",
        arguments: [
            ("host-report.json", "subject", CoverageGap.Subject.allCases.map(\.rawValue)),
            ("host-report.json", "family", Listener.Family.allCases.map(\.rawValue)),
            ("findings.json", "code", FindingCode.allCases.map(\.rawValue)),
            ("findings.json", "result", FindingResult.allCases.map(\.rawValue)),
            ("findings.json", "severity", Severity.allCases.map(\.rawValue)),
            ("findings.json", "stance", ["open", "closed", "undeclared", "undecided"]),
            ("findings.json", "missing", ["port", "address", "namespace"]),
            ("host-report.json", "kind", RulesetText.Kind.allCases.map(\.rawValue)),
            ("firewall-query.json", "family", RuleTable.Family.allCases.map(\.rawValue)),
            ("firewall-query.json", "assume", FirewallAssumption.allCases.map(\.rawValue)),
            (
                "firewall-query.json", "verdict",
                ["accept", "drop", "reject", "translate", "undecided"]
            ),
            ("scan-record.json", "state", PortState.allCases.map(\.rawValue)),
        ])
    func words(in file: String, of key: String, are expected: [String]) throws {
        let found = words(of: key, in: try schema(file))
        #expect(!found.isEmpty)
        for words in found { #expect(words.sorted() == expected.sorted()) }
    }
}
