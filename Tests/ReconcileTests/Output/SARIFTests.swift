import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

@Suite struct SARIFTests {
    /// What a program reads of a log.
    struct Log: Decodable {
        struct Run: Decodable {
            var results: [Result]
            var invocations: [Invocation]
            var automationDetails: Identity
            var tool: Tool
        }
        struct Tool: Decodable { var driver: Driver }
        struct Driver: Decodable { var rules: [Rule] }
        struct Rule: Decodable {
            var id: String
            var help: Text
        }
        struct Identity: Decodable, Equatable { var id: String }
        struct Text: Decodable { var text: String }
        struct Invocation: Decodable {
            var executionSuccessful: Bool
            var startTimeUtc: String?
            var toolConfigurationNotifications: [Notification]?
            var toolExecutionNotifications: [Notification]?
        }
        struct Notification: Decodable { var message: Text }
        struct Result: Decodable {
            var ruleId, kind, level: String
            var ruleIndex: Int
            var message: Text
            var locations: [Location]
            var partialFingerprints: [String: String]
        }
        struct Location: Decodable {
            var physicalLocation: Physical?
            var logicalLocations: [Logical]
        }
        struct Physical: Decodable {
            var artifactLocation: Artifact
            var region: Region
        }
        struct Artifact: Decodable { var uri: String }
        struct Region: Decodable, Equatable { var startLine, startColumn: Int }
        struct Logical: Decodable { var fullyQualifiedName: String }
        var runs: [Run]
    }

    private func log(_ report: FindingsReport) throws -> Log {
        try JSONDecoder().decode(Log.self, from: Data(report.sarif()))
    }

    @Test(
        "a log fits the schema, whatever a host says",
        .enabled(if: Validator.hasJSONSchema, "needs the package python3-jsonschema"),
        arguments: ["redis-server", Example.hostile])
    func schema(text: String) throws {
        #expect(try Validator.faults(of: Example.report(text).sarif(), in: "sarif.json") == "")
    }

    @Test func `a log of nothing fits the schema too`() throws {
        let report = FindingsReport(
            [FindingsReport.Part(reconcile(nil, with: nil, under: Policy()))], version: "0.1.0")
        if Validator.hasJSONSchema {
            #expect(try Validator.faults(of: report.sarif(), in: "sarif.json") == "")
        }
        let run = try #require(try log(report).runs.first)
        #expect(run.results.isEmpty)
        #expect(!run.invocations[0].executionSuccessful)
    }

    @Test(
        "kind and level follow from result and severity",
        arguments: [
            ("E1", "fail", "error"), ("A3", "fail", "error"), ("A5", "informational", "none"),
            ("U2", "open", "none"),
        ])
    func kinds(code: String, kind: String, level: String) throws {
        let results = try log(Example.report()).runs[0].results.filter { $0.ruleId == code }
        #expect(!results.isEmpty)
        for result in results { #expect([result.kind, result.level] == [kind, level]) }
    }

    @Test func `what only needs a look has no level`() throws {
        let reconciliation = reconcile(
            .of([Example.group(80...80, .handshake)]), with: ReconcileTests.report(),
            under: Policy([ReconcileTests.open]))
        let report = FindingsReport(
            [FindingsReport.Part(reconciliation)], version: "0.1.0")
        let result = try #require(try log(report).runs[0].results.first)
        #expect([result.ruleId, result.kind, result.level] == ["E3", "review", "none"])
    }

    @Test func `a result points to its declaration, or else to its target`() throws {
        let results = try log(Example.report()).runs[0].results
        let down = try #require(results.first { $0.ruleId == "A3" }?.locations.first)
        #expect(down.physicalLocation?.artifactLocation.uri == "targets/web.yaml")
        #expect(down.physicalLocation?.region == .init(startLine: 7, startColumn: 9))
        #expect(down.logicalLocations.map(\.fullyQualifiedName) == ["203.0.113.10:80/tcp"])
        let bare = reconcile(
            .of([Example.group(6379...6379, .handshake)]), with: nil, under: Policy())
        let report = FindingsReport(
            [FindingsReport.Part(bare, target: "a", location: "a b.yaml:3:11")],
            version: "0.1.0")
        let exposed = try #require(try log(report).runs[0].results.first?.locations.first)
        #expect(exposed.physicalLocation?.artifactLocation.uri == "a%20b.yaml")
        #expect(exposed.physicalLocation?.region == .init(startLine: 3, startColumn: 11))
    }

    @Test func `fingerprints outlive a restart, and tell endpoints and owners apart`() throws {
        func prints(_ report: FindingsReport) throws -> [[String: String]] {
            try log(report).runs[0].results.map(\.partialFingerprints)
        }
        let first = try prints(Example.report(pid: 1))
        var later = Example.report(pid: 2)
        later.parts[0].reconciliation.scan?.id = "another"
        later.parts[0].reconciliation.scan?.started = "2026-02-02T03:04:05Z"
        #expect(try prints(later) == first)
        #expect(Set(first).count == first.count)
        #expect(Set(try prints(Example.report("other"))).isDisjoint(with: first))
    }

    /// The fingerprint of one exposure that `owners` hold.
    private func fingerprint(_ owners: [String], unit: String?) throws -> String {
        var listener = Example.listener(6379, "", unit: unit)
        listener.owners = zip(1..., owners).map { ProcessIdentity(pid: $0, name: $1) }
        let whole = reconcile(
            .of([Example.group(6379...6379, .handshake)]),
            with: ReconcileTests.report([listener]), under: Policy())
        let report = FindingsReport(
            [FindingsReport.Part(whole, target: "web")], version: "0.1.0")
        let result = try #require(try log(report).runs[0].results.first)
        return try #require(result.partialFingerprints["endpoint/v1"])
    }

    @Test(
        "a login, a container and a passing unit are no owner",
        arguments: [
            ("session-7.scope", "session-8.scope"), ("docker-aa.scope", "docker-bb.scope"),
            ("run-r1.scope", "run-r2.scope"), ("run-u3.service", "run-u4.service"),
        ])
    func passing(unit: String, later: String) throws {
        let name = try fingerprint(["app"], unit: nil)
        #expect(try fingerprint(["app"], unit: unit) == name)
        #expect(try fingerprint(["app"], unit: later) == name)
        #expect(try fingerprint(["other"], unit: later) != name)
    }

    @Test func `a service is its unit, and without one all its programs`() throws {
        let service = try fingerprint(["app"], unit: "a.service")
        #expect(try fingerprint(["app"], unit: "b.service") != service)
        #expect(try fingerprint(["app-2"], unit: "a.service") == service)
        #expect(try fingerprint(["app"], unit: "a.socket") != service)
        let two = try fingerprint(["a", "b"], unit: nil)
        #expect(try fingerprint(["b", "a", "a"], unit: nil) == two)
        #expect(try fingerprint(["a"], unit: nil) != two)
    }

    @Test func `one more port is one more result, and the others stay what they are`() throws {
        func prints(_ ports: [ClosedRange<UInt16>]) throws -> Set<[String: String]> {
            let group = ObservationGroup(
                Example.web, .tcp, PortSet(ports), .handshake, attempts: 1)
            let part = FindingsReport.Part(reconcile(.of([group]), with: nil, under: Policy()))
            return Set(
                try log(FindingsReport([part], version: "0.1.0")).runs[0].results
                    .map(\.partialFingerprints))
        }
        let few = try prints([22...22, 80...80])
        let more = try prints([22...22, 80...81])
        #expect(few.count == 2)
        #expect(more.count == 3)
        #expect(few.isSubset(of: more))
        #expect(try prints([1...2000]).count < 50)
    }

    @Test func `what is not known is told, and is no success`() throws {
        let runs = try log(Example.report()).runs
        let run = try #require(runs.first)
        let told = (run.invocations[0].toolConfigurationNotifications ?? []).map(\.message.text)
        for words in ["9999", "203.0.113.99", "1-21", "not known: redis-server"] {
            #expect(told.contains { $0.contains(words) }, "\(words)")
        }
        let missing = try #require(runs.last)
        #expect(missing.automationDetails.id == "prober/redis-server/no vantage/")
        #expect(missing.invocations.map(\.executionSuccessful) == [false])
        let clean = reconcile(
            .of([Example.group(100...200, .reset)]), with: ReconcileTests.report(),
            under: Policy())
        let report = FindingsReport([FindingsReport.Part(clean)], version: "0.1.0")
        #expect(try log(report).runs[0].invocations.map(\.executionSuccessful) == [true])
    }

    @Test func `text of a host is neither a placeholder nor a link`() throws {
        for result in try log(Example.report(Example.hostile)).runs[0].results {
            let text = result.message.text.unicodeScalars
            #expect(!zip(text, text.dropFirst()).contains { $0 == "]" && $1 == "(" })
            for brace in ["{", "}"] as [Unicode.Scalar] {
                let runs = text.split { $0 != brace }
                #expect(runs.allSatisfy { $0.count % 2 == 0 })
            }
        }
        // What combines with a bracket is no part of it.
        #expect(
            JSONValue.message("{\u{301}0}\u{301} [a](\u{301}b)")
                == .object(["text": .text("{{\u{301}0}}\u{301} [a] (\u{301}b)")]))
    }

    @Test func `every rule has the help of its code`() throws {
        let run = try log(Example.report()).runs[0]
        for result in run.results {
            let rule = run.tool.driver.rules[result.ruleIndex]
            #expect(rule.id == result.ruleId)
            #expect(!rule.help.text.isEmpty)
        }
    }

    @Test(
        "a place is read back from its text",
        arguments: [
            ("targets/web.yaml:7:9", "targets/web.yaml", 7, 9),
            ("web.yaml:7", "web.yaml", 7, nil), ("web.yaml", "web.yaml", nil, nil),
            ("a:1:2:3", "a%3A1", 2, 3), ("/etc/a b:4:1", "file:///etc/a%20b", 4, 1),
            ("", "", nil, nil), (":1", "%3A1", nil, nil), ("ü.yaml:0", "%C3%BC.yaml%3A0", nil, nil),
        ] as [(String, String, Int?, Int?)])
    func place(_ text: String, uri: String, line: Int?, column: Int?) {
        let place = SourcePlace(text)
        #expect(place.uri == uri)
        #expect(place.line == line)
        #expect(place.column == column)
    }
}
