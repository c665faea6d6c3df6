import Foundation
import Glibc
import Prober
import TestSupport
import Testing

/// What is made of the findings files that checks write.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct ResultFilesTests {
    /// A lab, a folder for files, and a target file.
    private final class Place {
        let lab: Lab
        let folder: URL

        init() throws {
            lab = try Lab()
            folder = FileManager.default.temporaryDirectory
                .appending(path: "prober-results-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let text = """
                version: 1
                targets:
                  - name: inside
                    addresses: [203.0.113.10]
                    probe: { tcp: 1000-1100 }
                    timeout: 300ms
                    host: { live: true }
                    expect:
                      - open: [1000, 1001]

                """
            try Data(text.utf8).write(to: URL(filePath: path("t.yaml")))
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func path(_ name: String) -> String { folder.appending(path: name).path }

        func prober(_ arguments: [String]) throws -> Command.Outcome {
            try lab.run(on: .inside, Lab.Binary.command(arguments))
        }

        /// The findings of a check, in the file `name`.
        func check(_ name: String) throws -> String {
            _ = try prober(["check", path("t.yaml"), "--format", "json", "-o", path(name)])
            return path(name)
        }
    }

    @Test func `one port is explained, and one that nobody asked about is not`() throws {
        let place = try Place()
        let listeners = try [1000, 1010].map {
            try place.lab.listen(on: .inside, "0.0.0.0", port: $0)
        }
        try place.lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                tcp dport 1001 drop
            }
            }
            """)
        let result = try place.check("result.json")
        withExtendedLifetime(listeners) {}
        let exposed = try place.prober(["explain", "tcp:203.0.113.10:1010", "--in", result])
        #expect(exposed.status == 0)
        for text in ["FAIL E1", "The handshake was completed", "takes it.", "Nobody declared it"] {
            #expect(exposed.output.contains(text), "\(exposed.output)")
        }
        let blocked = try place.prober(["explain", "1001", "--in", result])
        #expect(blocked.status == 0)
        for text in ["FAIL A1", "drop it", "`tcp dport 1001 drop`", "declared open"] {
            #expect(blocked.output.contains(text), "\(blocked.output)")
        }
        let unasked = try place.prober(["explain", "203.0.113.10:9443/tcp", "--in", result])
        #expect(unasked.status == 2)
        #expect(unasked.output.contains("it was never asked"))
        #expect(unasked.output.contains("asked tcp ports 1000-1100 there"))
        let lines = exposed.output.split(separator: "\n")
        // Commands to copy are not broken.
        #expect(lines.filter { !$0.hasPrefix("                 ") }.allSatisfy { $0.count <= 100 })
    }

    @Test func `the same story comes from the files that are joined`() throws {
        let place = try Place()
        let listener = try place.lab.listen(on: .inside, "0.0.0.0", port: 1010)
        let (scan, host) = (place.path("scan.jsonl"), place.path("host.json"))
        try place.lab.run(
            on: .outside,
            Lab.Binary.command([
                "scan", "203.0.113.10", "-p", "1000-1100", "--format", "jsonl", "-o", scan,
            ])
        ).expectSuccess()
        try place.prober(["host", "--format", "json", "-o", host]).expectSuccess()
        withExtendedLifetime(listener) {}
        let outcome = try place.prober([
            "explain", "1010", "--scan", scan, "--host", host, "--policy", place.path("t.yaml"),
        ])
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("(198.51.100.2) asked for a connection"))
        #expect(outcome.output.contains("FAIL E1"))
    }

    @Test func `a file that is cut or foreign is refused in one line`() throws {
        let place = try Place()
        let result = try place.check("result.json")
        let bytes = try Data(contentsOf: URL(filePath: result))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: place.path("cut.json")))
        for (file, message) in [("cut.json", "incomplete"), ("t.yaml", "this is not JSON")] {
            let outcome = try place.prober(["explain", "1000", "--in", place.path(file)])
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains(message))
            #expect(outcome.errors.split(separator: "\n").count == 1)
        }
    }

    @Test func `what opened between two checks is shown, and ends with 1`() throws {
        let place = try Place()
        // Nobody accepts on these sockets, so each check gets one without a queue.
        var first: ListeningSocket? = try place.lab.listen(on: .inside, "0.0.0.0", port: 1000)
        let old = try place.check("old.json")
        withExtendedLifetime(first) {}
        first = nil
        first = try place.lab.listen(on: .inside, "0.0.0.0", port: 1000)
        let same = try place.prober(["diff", old, try place.check("same.json")])
        #expect(same.status == 0, "\(same.output)")
        #expect(same.output.contains("Nothing changed."))
        withExtendedLifetime(first) {}
        first = nil
        first = try place.lab.listen(on: .inside, "0.0.0.0", port: 1000)
        let second = try place.lab.listen(on: .inside, "0.0.0.0", port: 1010)
        let new = try place.check("new.json")
        withExtendedLifetime((first, second)) {}
        let grown = try place.prober(["diff", old, new])
        #expect(grown.status == 1)
        #expect(grown.output.contains("Opened:\n  203.0.113.10:1010/tcp"), "\(grown.output)")
        #expect(try place.prober(["diff", new, old]).status == 0)
        let json = try place.prober(["diff", old, new, "--format", "json"])
        #expect(json.output.contains(#""change":"opened""#))
        #expect(json.output.contains(#""conclusion":"grown""#))
        let host = place.path("host.json")
        try place.prober(["host", "--format", "json", "-o", host]).expectSuccess()
        let foreign = try place.prober(["diff", old, host])
        #expect(foreign.status == 64)
        #expect(foreign.errors.contains("of the kind host"))
    }

    @Test func `what fails a run is chosen`() throws {
        let place = try Place()
        let listeners = try [1000, 1001, 1010].map {
            try place.lab.listen(on: .inside, "0.0.0.0", port: $0)
        }
        func status(_ arguments: [String]) throws -> Int32 {
            try place.prober(["check", place.path("t.yaml")] + arguments).status
        }
        #expect(try status([]) == 1)
        #expect(try status(["--fail-on", "critical"]) == 0)
        #expect(try status(["--fail-on", "critical,high"]) == 1)
        #expect(try status(["--fail-on", "E1"]) == 1)
        #expect(try status(["--fail-on", "E3", "--fail-on", "H2"]) == 1)
        #expect(try status(["--fail-on", "E99"]) == 64)
        withExtendedLifetime(listeners) {}
    }
}
