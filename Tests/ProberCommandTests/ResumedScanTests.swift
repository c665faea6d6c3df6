import ArgumentParser
import FoundationEssentials
import Prober
import Reconcile
import Testing

@testable import ProberCommand

@Suite final class ResumedScanTests {
    private let path = FileManager.default.temporaryDirectory
        .appending(path: "prober-resume-\(UUID().uuidString).jsonl").path
    private static let target = IPAddress.v4(0x7f00_0001)

    deinit { try? FileManager.default.removeItem(atPath: path) }

    private static func plan(_ configure: (inout ScanPlan) -> Void = { _ in }) throws -> ScanPlan {
        let targets = TargetSet([AddressRange(target)])
        let ports = PortSpec(tcp: PortSet([1...9]), udp: PortSet([53...53]))
        var plan = ScanPlan(try #require(ProbeSpace(targets, ports)), seed: 7)
        configure(&plan)
        return plan
    }

    private func resumed(_ plan: ScanPlan) throws -> (scan: ResumedScan, vantage: Vantage) {
        let header = ScanRecord.Header(plan, started: "2026-01-02T03:04:05Z")
        var bytes: [UInt8] = []
        ScanRecord.scan(header).write(to: &bytes)
        try Data(bytes).write(to: URL(filePath: path))
        return (try ResumedScan(path), header.vantage)
    }

    @Test func `the same plan may go on, at another pace`() throws {
        let (scan, vantage) = try resumed(Self.plan())
        try scan.check(
            Self.plan {
                $0.workers = 7
                $0.inFlight = 3
                $0.rate = .perSecond(5)
            }, from: vantage)
        #expect(scan.targets == TargetSet([AddressRange(Self.target)]))
    }

    /// A change of the plan, and what is said of it.
    struct Change: Sendable, CustomTestStringConvertible {
        var text: String
        var make: @Sendable (inout ScanPlan) -> Void

        init(_ text: String, _ make: @escaping @Sendable (inout ScanPlan) -> Void) {
            self.text = text
            self.make = make
        }

        var testDescription: String { text }
    }

    private static let changes = [
        Change("seed 7 is now 8") { $0.seed = 8 },
        Change("shard 1/1 is now 1/2") { $0.shard = Shard(1, of: 2) ?? .whole },
        Change("--retries not given is now 3") { $0.retries = 3 },
        Change("--timeout not given is now 2000ms") { $0.timeout = .seconds(2) },
        Change("--confidence 0.9999 is now 0.9") { $0.confidence = 0.9 },
        Change("--source not given is now 127.0.0.2") { $0.sources = [.v4(0x7f00_0002)] },
        Change("--interface not given is now lo") { $0.interface = "lo" },
        Change("--udp-effort 1 is now 2") { $0.datagrams.effort = .most },
        Change("--udp-budget 30000ms is now 1000ms") { $0.datagrams.budget = .seconds(1) },
        Change("--include-ot no is now yes") { $0.datagrams.includesIndustrial = true },
        Change("ports tcp:1-9,udp:53 is now tcp:1-8") {
            let ports = PortSpec(tcp: PortSet([1...8]))
            $0.space = ProbeSpace($0.space.targets, ports) ?? $0.space
        },
        Change("targets 127.0.0.1 is now 127.0.0.2") {
            let targets = TargetSet([AddressRange(.v4(0x7f00_0002))])
            $0.space = ProbeSpace(targets, $0.space.ports) ?? $0.space
        },
    ]

    @Test("a plan that differs is refused, and what differs is named", arguments: changes)
    func refusal(of change: Change) throws {
        let (scan, vantage) = try resumed(Self.plan())
        let plan = try Self.plan(change.make)
        let error = try #require(throws: InputError.self) { try scan.check(plan, from: vantage) }
        #expect(error.problem == "this is not the same scan: \(change.text)")
        let status = RootCommand.exitCode(for: RootCommand.ending(of: error))
        #expect(status.rawValue == 64)
    }

    @Test func `another vantage is another scan`() throws {
        let (scan, vantage) = try resumed(Self.plan())
        var other = vantage
        other.name = "elsewhere"
        let error = try #require(throws: InputError.self) {
            try scan.check(Self.plan(), from: other)
        }
        #expect(error.problem.contains("is now elsewhere (127.0.0.1)"))
    }

    @Test func `every choice that a file carries is made again from it`() throws {
        let plan = try Self.plan {
            $0.retries = 3
            $0.timeout = .milliseconds(750)
            $0.confidence = 0.99
            $0.sources = [.v4(1), .v6(high: 1, low: 2)]
            $0.interface = "eth0"
            $0.talks = true
            $0.datagrams.effort = .most
            $0.datagrams.budget = .zero
            $0.datagrams.includesIndustrial = true
        }
        #expect(Set(plan.terms.keys) == Set(PlanTerm.all.map(\.name)))
        var other = try Self.plan()
        try other.choose(plan.terms, source: "part.jsonl")
        #expect(other.terms == plan.terms)
    }

    @Test(
        "choices that this version does not know are refused",
        arguments: [
            ("patience", "3"), ("retries", "many"), ("retries", "21"), ("timeout", "0ms"),
            ("confidence", "nan"), ("confidence", "2"), ("source", "1.2.3"), ("udp-effort", "9"),
            ("include-ot", "perhaps"), ("interface", "a-name-that-is-too-long"),
        ])
    func unknown(name: String, value: String) throws {
        var plan = try Self.plan()
        #expect(throws: InputError.self) { try plan.choose([name: value], source: "part.jsonl") }
    }

    @Test func `a shard needs a seed, or a file that has both`() throws {
        #expect(throws: (any Error).self) {
            try RootCommand.parseAsRoot(["scan", "--shard", "1/2", "127.0.0.1"])
        }
        _ = try RootCommand.parseAsRoot(["scan", "--shard", "1/2", "--resume", "part.jsonl"])
    }
}
