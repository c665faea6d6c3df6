import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// Receipts in what is written of findings, and read back.
@Suite struct ReceiptOutputTests {
    private static let rule = RuleReference(
        family: .inet, table: "filter", chain: "input", place: .handle(7),
        text: "udp dport { 514, 5000 } counter drop")

    private static func reconciliation() -> Reconciliation {
        let web = ReconcileTests.web
        return reconcile(
            .of([
                ReconcileTests.group(5000...5002, .silence, .udp),
                ReconcileTests.group(99...99, .reset),
            ]),
            with: ReconcileTests.report([
                Listener(.udp, .ipv4, "0.0.0.0", 5001, unit: "app.service", inode: 5)
            ]), under: Policy(),
            receipts: [
                Receipt(
                    web, .udp, PortSet([5000...5000]), .stopped(rule), answer: .nothing,
                    proofs: [
                        .ruleCounter(rule, rise: 3, probes: 3),
                        .captured(packets: 3, interface: "eth0"),
                    ]),
                Receipt(
                    web, .udp, PortSet([5001...5001]), .queueFull,
                    proofs: [.socket(queuedBytes: 2_496, drops: 1, probes: 3)]),
                Receipt(
                    web, .udp, PortSet([5002...5002]), .noPort,
                    proofs: [.counter(.udpNoPort, rise: 3, probes: 3)]),
            ])
    }

    private static let report = FindingsReport(
        [FindingsReport.Part(reconciliation(), target: "web")], version: "1")

    private struct File: Decodable {
        struct Finding: Decodable {
            struct Receipt: Decodable, Equatable {
                struct Proof: Decodable, Equatable {
                    var kind: String
                    var counter: String?
                    var rise, probes, queued_bytes, drops, packets: UInt64?
                    var interface: String?
                }
                var fate: String
                var answer: String?
                var proofs: [Proof]
            }
            var ports: String
            var supplement: Bool?
            var receipts: [Receipt]?
        }
        var findings: [Finding]
    }

    @Test func `a findings file has every receipt with its proofs`() throws {
        let file = try JSONDecoder().decode(
            File.self, from: Data(Self.reconciliation().json(target: "web")))
        let receipts = Dictionary(
            uniqueKeysWithValues: file.findings.filter { $0.supplement == nil }
                .map { ($0.ports, $0.receipts) })
        typealias Written = File.Finding.Receipt
        typealias Proof = File.Finding.Receipt.Proof
        #expect(
            receipts["5000"] == [
                Written(
                    fate: "stopped", answer: "nothing",
                    proofs: [
                        Proof(kind: "rule-counter", rise: 3, probes: 3),
                        Proof(kind: "captured", packets: 3, interface: "eth0"),
                    ])
            ])
        #expect(
            receipts["5001"] == [
                Written(
                    fate: "queue-full",
                    proofs: [Proof(kind: "socket", probes: 3, queued_bytes: 2_496, drops: 1)])
            ])
        #expect(
            receipts["5002"] == [
                Written(
                    fate: "no-port",
                    proofs: [Proof(kind: "counter", counter: "UdpNoPorts", rise: 3, probes: 3)])
            ])
        #expect(receipts["99"] == .some(nil))
    }

    @Test func `every output says what became of the probes`() {
        let texts = [
            String(decoding: Self.report.html(), as: UTF8.self), Self.report.markdown(),
            String(decoding: Self.report.junit(), as: UTF8.self),
            String(decoding: Self.report.sarif(), as: UTF8.self),
        ]
        for text in texts { #expect(text.contains("the socket dropped 1 more")) }
        // What passes is in the HTML alone.
        #expect(texts[0].contains("the host counted 3 datagrams to ports where nothing listens"))
    }

    @Test(
        .enabled(if: Validator.hasJSONSchema, "needs the package python3-jsonschema"))
    func `what is written fits the schema`() throws {
        let json = Self.reconciliation().json(target: "web")
        #expect(try Validator.faults(of: json, in: "findings.json") == "")
    }

    @Test(
        "a story tells what became of the probes",
        arguments: [
            (
                5000,
                "A rule of the host stopped the probes, and the host sent nothing back: inet filter "
                    + "input: udp dport { 514, 5000 } counter drop. Its counter rose by 3 while 3 were "
                    + "sent. 3 of the probes were captured at eth0."
            ),
            (
                5002,
                "The probes came to a port where nothing listens. The host counted 3 datagrams to "
                    + "ports where nothing listens while 3 were sent."
            ),
        ] as [(UInt16, String)])
    func story(of port: UInt16, tells expected: String) throws {
        let file = try FindingsFile(
            parsing: Self.reconciliation().json(target: "web"), source: "f.json")
        let stories = try Story.all(of: try EndpointPattern(parsing: "\(port)/udp"), in: file)
        let parts = try #require(stories.first).parts
        #expect(parts.first { $0.topic == .received }?.sentences == [expected])
        let refused = try Story.all(of: try EndpointPattern(parsing: "99/tcp"), in: file)
        #expect(try #require(refused.first).parts.allSatisfy { $0.topic != .received })
    }
}
