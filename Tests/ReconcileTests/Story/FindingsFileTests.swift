import Prober
import SystemPackage
import Testing

@testable import Reconcile

@Suite struct FindingsFileTests {
    /// A reconciliation with findings of every kind of evidence and view.
    static func reconciliation() -> Reconciliation {
        let survey = Survey(
            id: "a", started: "2026-11-24T03:04:05Z",
            vantage: Vantage(name: "monitor", addresses: ["198.51.100.2"]), seed: 7,
            plan: SurveyPlan(
                targets: [AddressRange(ReconcileTests.web)],
                ports: PortSpec(tcp: PortSet([1...9000]), udp: PortSet([53...54, 123...123]))),
            groups: [
                ReconcileTests.group(22...22, .handshake),
                ReconcileTests.group(6379...6379, .handshake),
                ReconcileTests.group(100...200, .reset),
                ReconcileTests.group(300...300, .silence),
                ReconcileTests.group(
                    301...301, .icmp(ICMPError(.ipv4, type: 3, code: 13), reporter: "203.0.113.1")),
                ReconcileTests.group(53...53, .reply(.dns), .udp),
                ReconcileTests.group(
                    54...54, .unanswered(Silence(isExpected: true, controls: .answered)), .udp),
                ReconcileTests.group(
                    400...400, .localFailure(.system(.connect, .networkUnreachable))),
            ], ending: .interrupted)
        let policy = Policy([
            Expectation(
                isOpen: true, ports: PortSpec(tcp: PortSet([22...22])), holders: [.name("sshd")],
                until: CalendarDay("2027-01-31"), reason: "why", location: "w.yaml:7:9"),
            Expectation(isOpen: true, ports: PortSpec(udp: PortSet([123...123]))),
        ])
        return reconcile(
            survey,
            with: ReconcileTests.report([
                ReconcileTests.redis,
                Listener(
                    .tcp, .dual, "::", 22,
                    owners: [
                        ProcessIdentity(pid: 7, name: "sshd", user: "root", command: "sshd -D")
                    ],
                    unit: "ssh.service"),
            ]), under: policy)
    }

    @Test func `everything that a story needs reads back`() throws {
        let whole = Self.reconciliation()
        let file = try FindingsFile(parsing: whole.json(target: "web"), source: "f.json")
        let result = try #require(file.results.first)
        #expect(result.target == "web")
        #expect(result.scan == whole.scan)
        #expect(!result.isComplete)
        #expect(result.findings.count == whole.findings.count)
        for (read, finding) in zip(result.findings, whole.findings) {
            #expect(read.code == finding.code.rawValue)
            #expect(read.addresses == finding.addresses)
            #expect(read.transport == finding.transport)
            #expect(read.ports == finding.ports)
            #expect(read.states == finding.states)
            #expect(read.evidence == finding.sighting?.evidence ?? [])
            #expect(read.result == finding.result.rawValue)
            #expect(read.severity == finding.severity.rawValue)
            #expect(read.explanation == finding.explanation)
            #expect(read.causes == finding.causes.map(\.explanation))
            let remedies = finding.remedies(on: whole.remedyHost)
            #expect(read.actions.map(\.text) == remedies.map(\.action.explanation))
            #expect(read.actions.map(\.steps.count) == remedies.map(\.steps.count))
            #expect(read.listeners.map(\.port) == finding.inside.listeners.map(\.port))
            #expect(read.listeners.map(\.owners) == finding.inside.listeners.map(\.owners))
        }
        let ssh = try #require(result.findings.first { $0.ports.contains(22) })
        #expect(ssh.policy.holders == ["sshd"])
        #expect(ssh.policy.until == "2027-01-31")
        #expect(ssh.policy.location == "w.yaml:7:9")
    }

    @Test func `a file of several targets has a result for each`() throws {
        let line = Self.reconciliation().json(target: "a")
        let file = try FindingsFile(
            parsing: line + Self.reconciliation().json(target: "b"), source: "f")
        #expect(file.results.map(\.target) == ["a", "b"])
    }

    @Test func `an object that is spread over lines reads as well`() throws {
        let value = try JSONValue(parsing: Self.reconciliation().json(), source: "f")
        let file = try FindingsFile(parsing: value.text, source: "f")
        #expect(file.results.count == 1)
    }

    @Test func `a file that is cut anywhere is refused with one line`() throws {
        let bytes = Self.reconciliation().json(target: "web")
        // The last line feed may be missing, and the brace before it not.
        for length in stride(from: 0, to: bytes.count - 1, by: 37) {
            let error = #expect(throws: InputError.self) {
                try FindingsFile(parsing: Array(bytes.prefix(length)), source: "cut.json")
            }
            let text = error?.description ?? ""
            #expect(text.hasPrefix("cut.json") && !text.contains("\n"), "\(length): \(text)")
            #expect(text.contains("incomplete") || text.contains("empty"), "\(length): \(text)")
        }
    }

    @Test(
        "a foreign file is refused, and says what would be right",
        arguments: [
            ("hello", "this is not JSON"), ("[]", "it is not an object"),
            ("7", "it is not an object"),
            ("{}", "\"\" is not the type"),
            (#"{"type":"host","format":1}"#, "\"host\" is not the type"),
            (#"{"type":"reconciliation","format":9}"#, "has format 9"),
            (#"{"type":"reconciliation","format":1}"#, "\"unasked_ports\" is missing"),
            (#"{"type":"reconciliation"}"#, "\"format\" is missing"),
        ])
    func foreign(_ text: String, says message: String) {
        let error = #expect(throws: InputError.self) {
            try FindingsFile(parsing: Array(text.utf8), source: "x.json")
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("prober") == true)
    }

    @Test(arguments: UInt64(0)..<300)
    func `no damage to a file traps its reader`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        var bytes = Self.reconciliation().json()
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0...2, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...(.max), using: &generator)
            case 1: bytes.remove(at: place)
            default: bytes.insert(Array("0{}[]\",:-9".utf8)[place % 10], at: place)
            }
        }
        do throws(InputError) {
            let file = try FindingsFile(parsing: bytes, source: "f")
            for port in [22, 54, 300] as [UInt16] {
                let pattern = try EndpointPattern(parsing: "203.0.113.10:\(port)")
                _ = try Story.all(of: pattern, in: file)
                _ = file.absence(of: pattern)
            }
        } catch {
            #expect(error.source == "f")
        }
    }
}
