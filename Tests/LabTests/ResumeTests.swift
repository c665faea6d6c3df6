import Foundation
import Glibc
import Prober
import Reconcile
import TestSupport
import Testing

/// A scan that was killed at any moment goes on where it was, and ends with the truth.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
final class ResumeTests {
    private static let inside = "203.0.113.10"
    private static let insideIPv6 = "2001:db8:b::10"
    private static let open: [UInt16] = [22, 80, 443, 1000, 2999]
    /// TCP ports that are dropped on their way in.
    private static let dropped: ClosedRange<UInt16> = 500...503
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "prober-resume-\(getpid())-\(UInt32.random(in: 0...UInt32.max))").path

    init() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// The inside host with open, closed and dropped ports over TCP, and UDP ports.
    private struct Truth {
        let lab: Lab
        let listeners: [ListeningSocket]
        let responders: [DatagramResponder]

        init() throws {
            let lab = try Lab()
            self.lab = lab
            listeners = try open.flatMap { port in
                [
                    try lab.listen(on: .inside, inside, port: port),
                    try lab.listen(on: .inside, insideIPv6, port: port),
                ]
            }
            responders = [
                try lab.answer(on: .inside, inside, port: 53, .answeringDNS(isOurs: true))
            ]
            try lab.rules(
                on: .inside,
                """
                table inet t { chain input { type filter hook input priority 0
                    tcp dport 500-503 drop
                }
                }
                """)
        }

        /// The state that an endpoint has.
        func state(_ endpoint: Endpoint) -> PortState {
            switch endpoint.transport {
            case .tcp:
                dropped.contains(endpoint.port)
                    ? .filtered : open.contains(endpoint.port) ? .open : .closed
            case .udp:
                endpoint.port == 53 && endpoint.address == IPAddress(inside) ? .open : .closed
            }
        }
    }

    private static let question = [
        inside, insideIPv6, "-p", "tcp:1-3000,udp:1-100", "--timeout", "300ms", "--retries", "1",
        "--udp-budget", "500ms", "--seed", "9",
    ]

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    private func scan(_ lab: Lab, _ arguments: [String]) throws -> Command.Outcome {
        try lab.run(
            on: .outside, Lab.Binary.command(["scan", "--format", "jsonl", "-q"] + arguments))
    }

    /// Every endpoint of the file at `path` is there once, and in its true state.
    private func expectTruth(
        _ path: String, _ truth: Truth, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let outcome = try ScanOutcome(Command.Outcome(status: 0, output: text, errors: path))
        #expect(outcome.survey.ending == .complete, sourceLocation: sourceLocation)
        #expect(outcome.groups.count == 6200, sourceLocation: sourceLocation)
        for (endpoint, group) in outcome.groups {
            #expect(
                group.state == truth.state(endpoint), "\(endpoint)", sourceLocation: sourceLocation)
        }
    }

    @Test("killed once or several times at random moments", arguments: UInt64(1)...4)
    func killed(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let truth = try Truth()
        var arguments = Self.question
        var known: UInt128 = 0
        for round in 0..<Int.random(in: 1...3, using: &generator) {
            let target = path("\(round).jsonl")
            let running = try truth.lab.command(
                on: .outside,
                Lab.Binary.command(
                    ["scan", "--format", "jsonl", "-q", "--rate", "1500", "-o", target] + arguments
                )
            ).start()
            let partial = "\(target).0.partial"
            #expect(eventually { FileManager.default.fileExists(atPath: partial) })
            // Any moment of a scan that takes four seconds; nothing is waited for.
            Thread.sleep(forTimeInterval: Double.random(in: 0...2.5, using: &generator))
            running.send(SIGKILL)
            _ = running.finish()
            let bytes = Array(try Data(contentsOf: URL(filePath: partial)))
            guard bytes.contains(UInt8(ascii: "\n")) else { break }
            let survey = try Survey(parsing: bytes, source: partial)
            let seen = survey.totals.requested - survey.totals[.notTested]
            #expect(seen >= known, "nothing that was known is lost")
            known = seen
            arguments = ["--resume", partial]
        }
        let whole = path("whole.jsonl")
        let outcome = try scan(truth.lab, arguments + ["-o", whole])
        #expect(outcome.status == 0, "\(outcome.errors)")
        try expectTruth(whole, truth)
    }

    @Test func `cut at any byte of its last kilobyte, a file knows no more than it says`() throws {
        let truth = try Truth()
        let part = path("part.jsonl")
        _ = try scan(truth.lab, Self.question + ["-o", part])
        let bytes = Array(try Data(contentsOf: URL(filePath: part)))
        var generator = SplitMix64(state: 3)
        let lengths = Array(max(0, bytes.count - 1024)...bytes.count)
        for length in lengths {
            let cut = Array(bytes[..<length])
            let scan = try ResumableScan(parsing: cut, source: part)
            let survey = try Survey(parsing: cut, source: part)
            let seen = survey.totals.requested - survey.totals[.notTested]
            #expect(scan.known.count == seen)
        }
        for length in lengths.shuffled(using: &generator).prefix(6) {
            try Data(bytes[..<length]).write(to: URL(filePath: path("cut.jsonl")))
            let whole = path("whole.jsonl")
            let outcome = try scan(
                truth.lab, ["--resume", path("cut.jsonl"), "-o", whole])
            #expect(outcome.status == 0, "\(outcome.errors)")
            try expectTruth(whole, truth)
        }
    }

    @Test(
        "an interrupted scan goes on under its own name", arguments: [[SIGINT], [SIGINT, SIGTERM]])
    func interrupted(signals: [Int32]) throws {
        let truth = try Truth()
        let file = path("scan.jsonl")
        let running = try truth.lab.command(
            on: .outside,
            Lab.Binary.command(
                ["scan", "--format", "jsonl", "-q", "--rate", "1500", "-o", file] + Self.question)
        ).start()
        #expect(eventually { FileManager.default.fileExists(atPath: "\(file).0.partial") })
        for signal in signals { running.send(signal) }
        #expect(running.finish().status == 2)
        let before = try Survey(
            parsing: Array(try Data(contentsOf: URL(filePath: file))), source: file)
        #expect(before.totals[.notTested] > 0)
        let outcome = try scan(truth.lab, ["--resume", file, "-o", file])
        #expect(outcome.status == 0, "\(outcome.errors)")
        try expectTruth(file, truth)
        let after = try Survey(
            parsing: Array(try Data(contentsOf: URL(filePath: file))), source: file)
        #expect(after.id == before.id)
        #expect(after.started == before.started)
        #expect(after.plan == before.plan)
    }

    @Test func `a changed plan is refused, and nothing is lost`() throws {
        let truth = try Truth()
        let file = path("scan.jsonl")
        _ = try scan(truth.lab, Self.question + ["-o", file])
        let before = try Data(contentsOf: URL(filePath: file))
        let outcome = try scan(
            truth.lab, ["--resume", file, "-p", "22", "--seed", "8", "-o", file])
        #expect(outcome.status == 64)
        #expect(
            outcome.errors.contains("ports tcp:1-3000,udp:1-100 is now tcp:22; seed 9 is now 8"))
        #expect(try Data(contentsOf: URL(filePath: file)) == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder) == ["scan.jsonl"])
    }
}
