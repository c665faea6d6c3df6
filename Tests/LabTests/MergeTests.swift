import Foundation
import Prober
import Reconcile
import TestSupport
import Testing

/// Shards of a scan, and scans from two vantages, in one file.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
final class MergeTests {
    private static let inside = ["203.0.113.10", "2001:db8:b::10"]
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "prober-merge-\(getpid())-\(UInt32.random(in: 0...UInt32.max))").path

    init() throws {
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private func path(_ name: String) -> String { "\(folder)/\(name)" }

    private func scan(
        _ lab: Lab, from host: Lab.Host = .outside, to name: String, _ more: [String] = []
    ) throws {
        let arguments =
            ["scan", "-q", "--format", "jsonl", "--seed", "4", "-p", "tcp:1-1000,udp:1-50"]
            + ["--timeout", "300ms", "--udp-budget", "500ms", "-o", path(name)]
        try lab.run(on: host, Lab.Binary.command(arguments + more + Self.inside)).expectSuccess()
    }

    private func merge(_ names: [String], to output: String) throws -> Command.Outcome {
        try Command(
            Lab.Binary.command(["merge"] + names.map(path) + ["-o", path(output)])
        ).run()
    }

    private func surveys(_ name: String) throws -> [Survey] {
        try Survey.all(
            parsing: Array(try Data(contentsOf: URL(filePath: path(name)))), source: name)
    }

    private func states(_ survey: Survey) -> [Endpoint: PortState] {
        Dictionary(
            uniqueKeysWithValues: survey.groups.flatMap { group in
                group.ports.map { (Endpoint(group.address, group.transport, $0), group.state) }
            })
    }

    @Test("the shards of a scan are the scan", arguments: [2, 5])
    func shards(count: Int) throws {
        let lab = try Lab()
        let listeners = try [22, 80, 443].map { try lab.listen(on: .inside, "::", port: $0) }
        try scan(lab, to: "whole.jsonl")
        var names: [String] = []
        for number in 1...count {
            names.append("\(number).jsonl")
            try scan(lab, to: "\(number).jsonl", ["--shard", "\(number)/\(count)"])
        }
        let outcome = try merge(names.shuffled(), to: "merged.jsonl")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.isEmpty)
        let merged = try surveys("merged.jsonl")
        let whole = try surveys("whole.jsonl")
        #expect(merged.count == 1)
        #expect(merged[0].isComplete)
        #expect(merged[0].plan == whole[0].plan)
        #expect(states(merged[0]) == states(whole[0]))
        #expect(merged[0].totals == whole[0].totals)
        #expect(merged[0].totals[.open] >= 3)

        let part = try merge(Array(names.dropFirst()), to: "part.jsonl")
        #expect(part.status == 2)
        #expect(part.errors.contains("shard 1/\(count) missing"))
        #expect(part.errors.split(separator: "\n").count == 1)
        // What is missing is asked with a file of all that is there.
        let resumed = try lab.run(
            on: .outside,
            Lab.Binary.command([
                "scan", "-q", "--format", "jsonl", "--resume", path("part.jsonl"), "-o",
                path("resumed.jsonl"),
            ]))
        resumed.expectSuccess()
        let complete = try surveys("resumed.jsonl")[0]
        #expect(states(complete) == states(whole[0]))
        withExtendedLifetime(listeners) {}
    }

    @Test func `scans from two vantages are one file, and are judged by vantage`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 22)
        try lab.rules(
            on: .inside,
            """
            table ip t { chain input { type filter hook input priority 0
                ip saddr 198.51.100.2 tcp dport 22 drop
            }
            }
            """)
        try scan(lab, to: "outside.jsonl")
        try scan(lab, from: .inside, to: "inside.jsonl")
        let outcome = try merge(["outside.jsonl", "inside.jsonl"], to: "both.jsonl")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let surveys = try surveys("both.jsonl")
        #expect(
            surveys.map(\.vantage.addresses.first?.description) == ["198.51.100.2", "203.0.113.10"])
        let ssh = Endpoint(try #require(IPAddress("203.0.113.10")), .tcp, 22)
        #expect(surveys.map { states($0)[ssh] } == [.filtered, .open])
        let judged = try Command(
            Lab.Binary.command([
                "reconcile", "--scan", path("both.jsonl"), "--format", "json",
            ])
        ).run()
        #expect(judged.output.split(separator: "\n").count == 2)
        let both = try Command(
            Lab.Binary.command([
                "reconcile", "--format", "json", "--scan", path("outside.jsonl"),
                path("inside.jsonl"),
            ])
        ).run()
        #expect(judged.output == both.output)
        withExtendedLifetime(listener) {}
    }
}
