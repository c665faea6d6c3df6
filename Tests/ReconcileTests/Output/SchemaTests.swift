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
            // A list's words are those of its items, an object's those of its names.
            if case .object(let property)? = members[key],
                case .array(let words)? = property["enum"] ?? property["items"]?.members?["enum"]
                    ?? property["propertyNames"]?.members?["enum"]
            {
                found.append(
                    words.compactMap { if case .text(let word) = $0 { word } else { nil } })
            }
            return found + members.flatMap { words(of: key, in: $0.value) }
        case .array(let values): return values.flatMap { words(of: key, in: $0) }
        case .null, .boolean, .unsigned, .number, .text: return []
        }
    }

    @Test(
        "a schema lists exactly the words of its key",
        arguments: [
            ("host-report.json", "subject", CoverageGap.Subject.allCases.map(\.rawValue)),
            ("host-report.json", "system", HostSystem.allCases.map(\.rawValue)),
            ("findings.json", "shell", HostCommand.Shell.allCases.map(\.rawValue)),
            ("host-report.json", "about", Contradiction.Subject.allCases.map(\.rawValue)),
            ("host-report.json", "family", Listener.Family.allCases.map(\.rawValue)),
            ("host-report.json", "remarks", Remark.allCases.map(\.rawValue)),
            ("host-report.json", "why", UnlistedPort.Kind.allCases.map(\.rawValue)),
            ("host-report.json", "lacks", UnlistedPort.List.allCases.map(\.rawValue)),
            ("host-report.json", "by", Activation.Keeper.allCases.map(\.rawValue)),
            ("host-report.json", "part", KernelHolder.Kind.allCases.map(\.rawValue)),
            ("host-report.json", "skipped", SkippedRow.allCases.map(\.rawValue)),
            (
                "host-report.json", "address_form",
                PartialListener.AddressForm.allCases.map(\.rawValue)
            ),
            ("findings.json", "code", FindingCode.allCases.map(\.rawValue)),
            ("findings.json", "result", FindingResult.allCases.map(\.rawValue)),
            ("findings.json", "severity", Severity.allCases.map(\.rawValue)),
            ("findings.json", "stance", ["open", "closed", "undeclared", "undecided"]),
            ("findings.json", "verdict", Verdict.allCases.map(\.rawValue)),
            ("findings.json", "mode", ["observed", "predicted"]),
            ("findings.json", "answer", Receipt.Answer.allCases.map(\.rawValue)),
            (
                "findings.json", "fate",
                ["never-arrived", "arrived", "stopped", "no-port", "delivered", "queue-full"]
            ),
            (
                "findings.json", "view",
                [
                    "listening", "loopback-only", "other-namespace", "elsewhere", "none", "unknown",
                    "changed",
                ]
            ),
            ("findings.json", "missing", ["port", "address", "namespace"]),
            ("host-report.json", "kind", RulesetText.Kind.allCases.map(\.rawValue)),
            ("firewall-query.json", "family", RuleTable.Family.allCases.map(\.rawValue)),
            ("firewall-query.json", "assume", FirewallAssumption.allCases.map(\.rawValue)),
            (
                "firewall-query.json", "verdict",
                ["accept", "drop", "reject", "translate", "undecided"]
            ),
            ("witness-record.json", "answers", Receipt.Answer.allCases.map(\.rawValue)),
            ("witness-record.json", "transport", Transport.allCases.map(\.rawValue)),
            ("scan-record.json", "state", PortState.allCases.map(\.rawValue)),
            ("scan-record.json", "controls", Silence.Controls.allCases.map(\.rawValue)),
            ("findings.json", "controls", Silence.Controls.allCases.map(\.rawValue)),
        ])
    func words(in file: String, of key: String, are expected: [String]) throws {
        let found = words(of: key, in: try schema(file))
        #expect(!found.isEmpty)
        for words in found { #expect(words.sorted() == expected.sorted()) }
    }

    @Test func `the schema of a host report has every sysctl`() throws {
        guard case .object(let schema) = try schema("host-report.json"),
            case .object(let properties)? = schema["properties"],
            case .object(let sysctls)? = properties["sysctls"],
            case .object(let names)? = sysctls["properties"]
        else {
            Issue.record("the schema has no properties of sysctls")
            return
        }
        #expect(Set(names.keys) == Set(Sysctl.allCases.map(\.rawValue)))
    }

    @Test(
        "the reasons of silence and of failures are all there",
        arguments: [
            "scan-record.json", "findings.json",
        ])
    func reasons(in file: String) throws {
        let found = Set(words(of: "reason", in: try schema(file)).joined())
        let silences = Silence.Reason.allCases.map(\.rawValue)
        // A rejection here has a form of its own, with a constant word.
        let failures = LocalFailureReason.allCases.filter { $0 != .rejectedHere }.map(\.rawValue)
        #expect(found.isSuperset(of: silences + failures))
    }

    @Test func `the schema of target files has exactly the keys that are read`() throws {
        let root = try schema("target-file.json")
        func keys(_ path: [String]) -> Set<String> {
            var value = root
            for name in path { value = value.members?[name] ?? .null }
            return Set(value.members?["properties"]?.members.map { Array($0.keys) } ?? [])
        }
        let target = Set(TargetReader.targetKeys + TargetReader.settingKeys)
        #expect(keys(["properties", "targets", "items"]) == target)
        #expect(keys(["$defs", "expectation"]) == Set(TargetReader.expectationKeys))
        #expect(keys(["properties", "defaults"]) == Set(TargetReader.settingKeys))
        #expect(
            keys(["properties", "groups", "items"])
                == Set(["name", "expect"] + TargetReader.settingKeys))
        let rules = Policy.UndeclaredRule.allCases.map(\.rawValue)
        #expect(words(of: "undeclared", in: root) == [rules, rules, rules])
        #expect(words(of: "family", in: root) == [["ipv4", "ipv6"]])
    }

    @Test func `the end record's schema has each count of the UDP part`() throws {
        var bytes: [UInt8] = []
        var facts = DatagramFacts()
        facts.sourcePorts = PortSet(ports: [40_000])
        ScanRecord.end(
            ScanRecord.Ending(
                isComplete: true, totals: SurveyTotals(requested: 0, counts: [:]), probeCount: 0,
                datagrams: facts, elapsed: .zero)
        ).write(to: &bytes)
        let line = try JSONValue(parsing: bytes, source: "end")
        let schema = try schema("scan-record.json")
        let written = try #require(keys(of: "datagrams", in: line).first)
        #expect(keys(of: "properties", in: schema, under: "datagrams").contains(written))
        #expect(written.count == 7)
    }

    /// The keys of every object called `key`, or of those within something called `parent`.
    private func keys(
        of key: String, in value: JSONValue, under parent: String? = nil
    ) -> [Set<String>] {
        switch value {
        case .object(let members):
            var found: [Set<String>] = []
            for (name, member) in members {
                if let parent {
                    let isParent = name == parent
                    found += keys(of: key, in: member, under: isParent ? nil : parent)
                } else if name == key, case .object(let inner) = member {
                    found.append(Set(inner.keys))
                } else {
                    found += keys(of: key, in: member)
                }
            }
            return found
        case .array(let values): return values.flatMap { keys(of: key, in: $0, under: parent) }
        case .null, .boolean, .unsigned, .number, .text: return []
        }
    }
}
