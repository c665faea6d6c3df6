import Foundation
import Glibc
import Prober
import Reconcile
import Testing

/// A scan that is stopped says so, keeps what it found, and accounts for the rest.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct InterruptionTests {
    private static let inside = "203.0.113.10"

    /// Runs `command` outside, sends it `signals` once its first line is there, and reads its file.
    private static func scan(
        _ lab: Lab, _ command: [String], sending signals: [Int32]
    ) throws -> ScanOutcome {
        let running = try lab.command(on: .outside, command).start()
        let header = running.firstLine()
        for signal in signals { running.send(signal) }
        var outcome = running.finish()
        outcome.output = header + "\n" + outcome.output
        return try ScanOutcome(outcome)
    }

    @Test("a stopped scan writes a valid file", arguments: [SIGINT, SIGTERM, SIGHUP])
    func stopped(signal: Int32) throws {
        let lab = try Lab()
        let arguments = ["scan", "--format", "jsonl", Self.inside, "-p-", "--rate", "2000"]
        let scan = try Self.scan(
            lab, Lab.Binary.command(arguments), sending: [signal])
        #expect(scan.status == 2)
        #expect(scan.survey.ending == .interrupted)
        #expect(scan.survey.totals.requested == 65_535)
        #expect(scan.survey.totals[.notTested] > 0)
        #expect(scan.survey.totals.sum == 65_535)
    }

    @Test func `a probe under way is waited for, and the second signal ends that`() throws {
        let lab = try Lab()
        try lab.rules(
            on: .inside,
            """
            table ip t { chain input { type filter hook input priority 0
                tcp dport 1-100 drop
            }
            }
            """)
        let arguments = [
            "scan", "--format", "jsonl", Self.inside, "-p", "1-100", "--timeout", "600s",
        ]
        let scan = try Self.scan(
            lab, Lab.Binary.command(arguments), sending: [SIGINT, SIGTERM])
        #expect(scan.status == 2)
        #expect(scan.survey.totals[.notTested] == 100)
    }

    @Test func `two signals lose nothing that a reader takes`() throws {
        let lab = try Lab()
        let arguments = ["scan", "--format", "jsonl", Self.inside, "-p-", "--rate", "2000"]
        let scan = try Self.scan(
            lab, Lab.Binary.command(arguments), sending: [SIGTERM, SIGINT])
        #expect(scan.status == 2)
        #expect(scan.survey.ending == .interrupted)
    }

    @Test func `a signal that is ignored stays ignored, as nohup wants`() throws {
        let lab = try Lab()
        let arguments = [
            "scan", "--format", "jsonl", Self.inside, "-p", "1-1000", "--rate", "1000",
        ]
        let scan = try Self.scan(
            lab, ["env", "--ignore-signal=HUP"] + Lab.Binary.command(arguments), sending: [SIGHUP])
        #expect(scan.status == 0)
        #expect(scan.survey.ending == .complete)
    }

    @Test func `a reader that takes nothing does not make the scan deaf`() throws {
        let lab = try Lab()
        let arguments = [
            "scan", "--format", "jsonl", "--each", Self.inside, "-p-", "--rate", "max",
        ]
        let running = try lab.command(on: .outside, Lab.Binary.command(arguments)).start()
        // The pipe is full when the scan has gone as far as it can; nobody reads from it.
        _ = running.firstLine()
        running.send(SIGINT)
        running.send(SIGTERM)
        #expect(running.endsWithoutReading())
        #expect(running.process.terminationStatus == 2)
    }

    @Test func `signals at any moment leave a whole file or none`() throws {
        let lab = try Lab()
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "prober-signals-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for round in 0..<20 {
            let path = folder.appending(path: "\(round).jsonl").path
            let arguments = [
                "scan", "--format", "jsonl", Self.inside, "-p", "1-400", "--rate", "max", "-o",
                path,
            ]
            let running = try lab.command(on: .outside, Lab.Binary.command(arguments)).start()
            // Held from the moment the temporary file is there.
            #expect(
                eventually {
                    !((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
                        .filter { $0.hasPrefix("\(round).jsonl") }.isEmpty
                })
            running.send(SIGINT)
            running.send(SIGHUP)
            let outcome = running.finish()
            #expect(outcome.status == 0 || outcome.status == 2, "\(outcome.errors)")
            let file = try Data(contentsOf: URL(filePath: path))
            let survey = try Survey(parsing: Array(file), source: path)
            #expect(survey.totals.sum == 400)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(left.allSatisfy { !$0.contains("partial") })
    }

    @Test func `a reader that leaves is a normal end`() throws {
        let lab = try Lab()
        let prober = Lab.Binary.command(
            ["scan", "--format", "jsonl", "--each", Self.inside, "-p-"])
        let script = prober.joined(separator: " ") + " | head -1; echo ${PIPESTATUS[0]}"
        let outcome = try lab.run(on: .outside, ["bash", "-c", script])
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.last == "0")
        #expect(outcome.errors.isEmpty)
    }
}
