import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

@Suite struct FindingsJSONTests {
    /// What a program reads of the findings file.
    struct File: Decodable, Equatable {
        struct Finding: Decodable, Equatable {
            var code, name, address, transport, ports, result, severity, explanation: String
            var port: UInt16?
            var count: UInt64
            var actions: [Remedy]
            var listener: View
            var outside: Outside
            var firewall: Firewall
            var policy: Stance
        }
        struct Remedy: Decodable, Equatable {
            struct Step: Decodable, Equatable {
                var command, shell, file, line, note: String?
            }
            var kind, text: String
            var steps: [Step]
        }
        struct View: Decodable, Equatable {
            var view: String
            var listeners: [Socket]
        }
        struct Socket: Decodable, Equatable {
            var address: String
            var owners: [Owner]
        }
        struct Owner: Decodable, Equatable {
            var pid: Int
            var name: String
        }
        struct Outside: Decodable, Equatable {
            var states: [String]
            var attempts: Int
        }
        struct Firewall: Decodable, Equatable {
            var outcome: String
            var reasons: [String]
        }
        struct Stance: Decodable, Equatable {
            var stance: String
            var location: String?
        }
        struct Summary: Decodable, Equatable {
            var complete: Bool
            var conclusion: String
            var requested: UInt64
            var endpoints: [String: UInt64]
        }
        struct Scan: Decodable, Equatable {
            var id, started: String
            var seed: UInt64
            var vantage: Vantage
        }
        struct Vantage: Decodable, Equatable {
            var name: String
            var addresses: [String]
        }
        struct Note: Decodable, Equatable {
            var code: String?
            var text: String
        }
        var type: String
        var format: Int
        var target: String?
        var scan: Scan?
        var notes: [Note]
        var findings: [Finding]
        var summary: Summary
    }

    private func file(_ reconciliation: Reconciliation) throws -> File {
        try JSONDecoder().decode(File.self, from: Data(reconciliation.json()))
    }

    @Test func `findings have the documented form`() throws {
        let reconciliation = reconcile(
            .of([
                ReconcileTests.group(6379...6379, .handshake),
                ReconcileTests.group(100...200, .reset),
            ]), with: ReconcileTests.report([ReconcileTests.redis]),
            under: Policy([ReconcileTests.open]))
        let file = try file(reconciliation)
        #expect(file.type == "reconciliation")
        #expect(file.format == 1)
        let exposure = try #require(file.findings.first)
        #expect(exposure.code == "E1")
        #expect(exposure.name == "unexpected-exposure")
        #expect(exposure.address == "203.0.113.10")
        #expect(exposure.port == 6379)
        #expect(exposure.ports == "6379")
        #expect(exposure.result == "fail")
        #expect(exposure.severity == "critical")
        #expect(exposure.listener.view == "listening")
        #expect(
            exposure.listener.listeners.map(\.owners) == [[.init(pid: 812, name: "redis-server")]])
        #expect(exposure.outside == .init(states: ["open"], attempts: 2))
        #expect(exposure.firewall == .init(outcome: "undecided", reasons: ["rules-not-read"]))
        #expect(exposure.policy == .init(stance: "undeclared", location: nil))
        #expect(exposure.actions.map(\.kind) == ["stop", "rebind", "restrict", "declare"])
        #expect(exposure.actions.allSatisfy { !$0.text.isEmpty })
        #expect(
            exposure.actions[0].steps.first
                == .init(command: "systemctl disable --now redis-server.service", shell: "sh"))
        #expect(
            exposure.actions[1].steps.first
                == .init(file: "/etc/redis/redis.conf", line: "bind 127.0.0.1"))
        let refused = try #require(file.findings.last)
        #expect(refused.port == nil)
        #expect(refused.ports == "100-200")
        #expect(refused.count == 101)
        #expect(
            file.summary
                == .init(
                    complete: true, conclusion: "violates", requested: 102,
                    endpoints: ["fail": 1, "warn": 0, "inconclusive": 0, "info": 0, "pass": 101]))
    }

    @Test func `hostile text is escaped and comes back unchanged`() throws {
        let name = "\u{1b}[2J\u{9b}1m\u{202e}\u{e0041}\"\\\n"
        var listener = ReconcileTests.redis
        listener.owners = [ProcessIdentity(pid: 1, name: name)]
        let reconciliation = reconcile(
            .of([ReconcileTests.group(6379...6379, .handshake)]),
            with: ReconcileTests.report(
                [listener], coverage: [CoverageGap(.owners, reason: name)]), under: Policy())
        let text = String(decoding: reconciliation.json(), as: UTF8.self)
        #expect(!text.unicodeScalars.contains { $0.isDeceptive && $0 != "\n" })
        let owner = try file(reconciliation).findings.first?.listener.listeners.first?.owners.first
        #expect(owner?.name == name)
        #expect(try file(reconciliation).notes.last?.text.contains(name) == true)
    }

    @Test func `the scan is named, and its target where there is one`() throws {
        let reconciliation = reconcile(
            .of([ReconcileTests.group(22...22, .reset)]), with: nil, under: Policy())
        let text = reconciliation.json(target: "web1")
        #expect(text.count { $0 == UInt8(ascii: "\n") } == 1)
        let file = try JSONDecoder().decode(File.self, from: Data(text))
        #expect(file.target == "web1")
        #expect(
            file.scan
                == .init(
                    id: "test", started: "2026-01-02T03:04:05Z", seed: 1,
                    vantage: .init(name: "outside", addresses: ["198.51.100.2"])))
        #expect(try self.file(reconcile(nil, with: nil, under: Policy())).scan == nil)
    }

    @Test func `a host that could not be asked leaves the whole open`() throws {
        var reconciliation = reconcile(
            .of([ReconcileTests.group(22...22, .reset)]), with: nil, under: Policy())
        #expect(reconciliation.conclusion() == .conforms)
        reconciliation.notes.append(.hostNotAsked(reason: "no route"))
        #expect(reconciliation.conclusion() == .undecided)
        #expect(reconciliation.conclusion(allowsInconclusive: true) == .conforms)
        let note = try file(reconciliation).notes.last
        #expect(
            note == .init(code: "U5", text: "What the host says of itself is not known: no route."))
    }

    @Test(
        "the conclusion is by the rule that the exit status follows",
        arguments: [
            ([], "violates"), (["critical"], "conforms"), (["high"], "violates"),
            (["H2"], "conforms"),
        ])
    func conclusion(failing words: [String], is expected: String) throws {
        let reconciliation = reconcile(
            .of([ReconcileTests.group(8080...8080, .handshake)]), with: nil, under: Policy())
        #expect(reconciliation.findings.map(\.severity) == [.high])
        let rule = try FailureRule.parsing(words).get()
        let file = try JSONDecoder().decode(
            File.self, from: Data(reconciliation.json(failing: rule)))
        #expect(file.summary.conclusion == expected)
        let report = FindingsReport(
            [FindingsReport.Part(reconciliation)], version: "0.1.0", failing: rule)
        let log = String(decoding: report.sarif(), as: UTF8.self)
        #expect(log.contains(#""conclusion":"\#(expected)""#))
    }

    @Test func `a vantage that fell back is noted`() throws {
        var reconciliation = reconcile(
            .of([ReconcileTests.group(22...22, .reset)]), with: nil, under: Policy())
        let conclusion = reconciliation.conclusion()
        reconciliation.notes.append(.probedDirectly(reason: "it needs root"))
        #expect(reconciliation.conclusion() == conclusion)
        #expect(
            try file(reconciliation).notes.last
                == .init(
                    code: nil,
                    text: "Probed directly instead of from a namespace, because it needs root; "
                        + "this is no view from outside."))
    }

    @Test(
        "a file fits the schema, whatever a host says",
        .enabled(if: Validator.hasJSONSchema, "needs the package python3-jsonschema"),
        arguments: ["redis-server", Example.hostile])
    func schema(text: String) throws {
        let json = Example.mixed(text).json(target: text)
        #expect(try Validator.faults(of: json, in: "findings.json") == "")
    }
}
