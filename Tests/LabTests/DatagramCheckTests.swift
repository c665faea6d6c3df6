import Foundation
import Glibc
import Prober
import Reconcile
import TestSupport
import Testing

/// The check of a host over UDP, which its own report helps to pace and to explain, without receipts.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct DatagramCheckTests {
    /// What a check found over UDP, as its JSON output has it.
    struct Report: Decodable {
        struct Finding: Decodable {
            struct Outside: Decodable {
                struct Evidence: Decodable {
                    var kind: String
                    var service: String?
                    var reason: String?
                }
                var evidence: [Evidence]
            }
            struct Inside: Decodable { var view: String }
            var code: String
            var transport: String
            var ports: String
            var result: String
            var explanation: String
            var outside: Outside
            var listener: Inside
        }
        struct Unprobed: Decodable {}
        var findings: [Finding]
        var unprobed_listeners: [Unprobed]

        init(_ outcome: Command.Outcome) throws {
            self = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        }

        /// The findings about a UDP port, one for each address.
        func findings(_ port: UInt16) -> [Finding] {
            findings.filter { finding in
                finding.transport == "udp"
                    && (try? PortSpec(
                        parsing: finding.ports, for: [.udp], services: ServiceTable()))?.udp
                        .contains(port) ?? false
            }
        }

        /// Code, result, what was seen and what the host says of a UDP port.
        func outline(_ port: UInt16) -> Set<String> {
            Set(
                findings(port).map { finding in
                    let seen = finding.outside.evidence.map { $0.service ?? $0.reason ?? $0.kind }
                    return ([finding.code, finding.result] + seen + [finding.listener.view])
                        .joined(separator: " ")
                })
        }
    }

    /// A file in a folder of the test run.
    private static func file(_ name: String, _ text: String = "") throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "prober-check-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "\(UUID().uuidString).\(name)")
        try Data(text.utf8).write(to: path)
        return path.path
    }

    /// A lab whose inside host limits its errors as a real one does, only more often.
    private static func lab() throws -> Lab {
        let lab = try Lab()
        try lab.run(
            on: .inside,
            ["sysctl", "-qw", "net.ipv4.icmp_ratelimit=200", "net.ipv6.icmp.ratelimit=100"]
        ).expectSuccess()
        return lab
    }

    /// A check of the inside host by itself, of a few UDP ports of which `open` are meant.
    private static func check(
        _ lab: Lab, open: String, ports: String = "53,5000-5015"
    ) throws -> (outcome: Command.Outcome, report: Report) {
        let path = try file(
            "yaml",
            """
            version: 1
            targets:
              - name: inside
                addresses: [this-host]
                vantage: namespace
                probe: { udp: "\(ports)" }
                timeout: 300ms
                receipts: false
                host: { live: true }
                expect:
                  - open: "\(open)"

            """)
        let outcome = try lab.run(
            on: .inside, Lab.Binary.command(["check", path, "--format", "json"]))
        return (outcome, try Report(outcome))
    }

    private static func serve(
        _ lab: Lab, _ port: UInt16, _ behaviour: DatagramResponder.Behaviour
    ) throws -> DatagramResponder {
        try lab.answer(on: .inside, "::", port: port, behaviour)
    }

    @Test func `a host that limits its errors is proven to be as declared`() throws {
        let lab = try Self.lab()
        let server = try Self.serve(lab, 53, .answeringDNS(isOurs: true))
        let (outcome, report) = try Self.check(lab, open: "udp:53")
        withExtendedLifetime(server) {}
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(report.outline(53) == ["C1 pass dns listening"])
        #expect(report.findings(53).count == 2)
        for port: UInt16 in 5000...5015 {
            #expect(report.outline(port) == ["C2 pass icmp none"], "\(port)")
        }
    }

    @Test func `a service that nobody declared is an exposure`() throws {
        let lab = try Self.lab()
        let servers = try [
            Self.serve(lab, 53, .answeringDNS(isOurs: true)),
            Self.serve(lab, 5001, .answeringDNS(isOurs: true)),
        ]
        let (outcome, report) = try Self.check(lab, open: "udp:53")
        withExtendedLifetime(servers) {}
        #expect(outcome.status == 1, "\(outcome.output)\(outcome.errors)")
        #expect(report.outline(5001) == ["E1 fail dns listening"])
    }

    @Test func `silence is decided by the host's rules, or said to be a listener's or a filter's`()
        throws
    {
        let lab = try Self.lab()
        let servers = try [
            Self.serve(lab, 53, .answeringDNS(isOurs: true)), Self.serve(lab, 5002, .silent),
        ]
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                udp dport 5003 drop
            }
            }
            """)
        let (outcome, report) = try Self.check(lab, open: "udp:53,udp:5002")
        withExtendedLifetime(servers) {}
        #expect(outcome.status == 2, "\(outcome.output)\(outcome.errors)")
        #expect(report.outline(5002) == ["U2 inconclusive controls-answered listening"])
        #expect(
            Set(report.findings(5002).map(\.explanation)) == [
                "No answer, and a closed port would have said so: the listener is silent, or "
                    + "something filters."
            ])
        #expect(report.outline(5003) == ["C3 pass controls-answered none"])
        #expect(
            Set(report.findings(5003).map(\.explanation)) == [
                "Stopped by the host's own rules."
            ])
        #expect(report.outline(5004) == ["C2 pass icmp none"])
    }

    /// Sockets that the check itself sends from would be listeners at ports that it asks.
    @Test func `the check's own sockets are neither listed nor found open`() throws {
        let lab = try Self.lab()
        let path = try Self.file(
            "yaml",
            """
            version: 1
            targets:
              - name: first
                addresses: [127.0.0.1, 203.0.113.10]
                probe: { udp: 1-65535 }
                host: { live: true }
              - name: second
                addresses: ["::1"]
                probe: { udp: 1-65535 }
                host: { live: true }
            """)
        let outcome = try lab.run(
            on: .inside, Lab.Binary.command(["check", path, "--format", "json"]))
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        for line in outcome.output.split(separator: "\n") {
            let report = try JSONDecoder().decode(Report.self, from: Data(line.utf8))
            #expect(report.unprobed_listeners.isEmpty)
            #expect(Set(report.findings.map(\.code)) == ["C2"])
        }
    }

    @Test func `a scan keeps to the limits in a report of the host`() throws {
        let lab = try Self.lab()
        let server = try Self.serve(lab, 53, .answeringDNS(isOurs: true))
        let report = try Self.file("json")
        try lab.run(
            on: .inside, Lab.Binary.command(["host", "--format", "json", "-o", report])
        ).expectSuccess()
        let outcome = try lab.scan([
            "203.0.113.10", "-p", "udp:53,5000-5029", "--timeout", "300ms", "--host-report", report,
        ])
        withExtendedLifetime(server) {}
        #expect(outcome.status == 0, "\(outcome.errors)")
        let address = try #require(IPAddress("203.0.113.10"))
        for port: UInt16 in 5000...5029 {
            #expect(outcome.groups[Endpoint(address, .udp, port)]?.state == .closed, "\(port)")
        }
        #expect(outcome.groups[Endpoint(address, .udp, 53)]?.evidence == .reply(.dns))
        let wrong = try lab.run(
            on: .outside,
            Lab.Binary.command(["scan", "203.0.113.10", "--udp", "--host-report", "/dev/null"]))
        #expect(wrong.status == 64)
        #expect(wrong.errors.contains("the file is empty"))
    }
}
