import Foundation
import Glibc
import Prober
import TestSupport
import Testing

/// Checks around a service that comes, goes or is started anew.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct WaitTests {
    private static func target(_ extra: String = "", probe: String = "1000-1010") throws -> String {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "prober-wait-\(getpid())-\(UUID().uuidString).yaml").path
        let text = """
            version: 1
            targets:
              - name: inside
                addresses: [203.0.113.10]
                probe: { tcp: \(probe) }
                timeout: 300ms
            \(extra)
                expect:
                  - open: [1000, 1001]

            """
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test func `a check waits for the service that is declared, and says so`() throws {
        let lab = try Lab()
        let first = try lab.listen(on: .inside, "0.0.0.0", port: 1000)
        let path = try Self.target()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let running = try lab.command(
            on: .outside, Lab.Binary.command(["check", path, "--wait", "60s"])
        ).start()
        // It has asked once when it says what is missing; only then the service comes.
        #expect(
            try eventually {
                try lab.run(on: .inside, ["nstat", "-asz", "TcpOutRsts"]).output
                    .contains("TcpOutRsts                      0 ") == false
            })
        let second = try lab.listen(on: .inside, "0.0.0.0", port: 1001)
        let outcome = running.finish()
        withExtendedLifetime((first, second)) {}
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.errors.contains("s more, for 203.0.113.10 tcp:1001"))
        #expect(outcome.errors.contains("everything that is declared open is up"))
    }

    @Test func `when the time is over the check tells what is missing`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 1000)
        let path = try Self.target()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let outcome = try lab.run(
            on: .outside, Lab.Binary.command(["check", path, "--wait", "600ms"]))
        withExtendedLifetime(listener) {}
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(
            outcome.errors.contains("the time is over, and this is not up: 203.0.113.10 tcp:1001"))
        #expect(outcome.output.contains("203.0.113.10:1001/tcp"))
    }

    @Test func `nothing is waited for when everything is up`() throws {
        let lab = try Lab()
        let listeners = try [1000, 1001].map { try lab.listen(on: .inside, "0.0.0.0", port: $0) }
        let path = try Self.target()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let outcome = try lab.run(
            on: .outside, Lab.Binary.command(["check", path, "--wait", "60s"]))
        withExtendedLifetime(listeners) {}
        #expect(outcome.status == 0)
        #expect(outcome.errors.isEmpty)
    }

    @Test func `a signal ends the wait and the check`() throws {
        let lab = try Lab()
        let path = try Self.target()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let running = try lab.command(
            on: .outside, Lab.Binary.command(["check", path, "--wait", "10m"])
        ).start()
        #expect(
            try eventually {
                try lab.run(on: .inside, ["nstat", "-asz", "TcpOutRsts"]).output
                    .contains("TcpOutRsts                      0 ") == false
            })
        running.send(SIGINT)
        #expect(running.finish().status == 2)
    }

    @Test func `a service that is started anew while the probes run is marked`() throws {
        let lab = try Lab()
        var listener: ListeningSocket? = try lab.listen(on: .inside, "::", port: 1000)
        let other = try lab.listen(on: .inside, "::", port: 1001)
        let path = try Self.target(
            "    rate: 50\n    host: { live: true }", probe: "900-1100")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let running = try lab.command(
            on: .inside, Lab.Binary.command(["check", path, "--format", "json"])
        ).start()
        // The first snapshot is over when the first probe is answered.
        #expect(
            try eventually {
                try lab.run(on: .inside, ["nstat", "-asz", "TcpOutRsts"]).output
                    .contains("TcpOutRsts                      0 ") == false
            })
        withExtendedLifetime(listener) {}
        listener = nil
        listener = try lab.listen(on: .inside, "::", port: 1000)
        let outcome = running.finish()
        withExtendedLifetime((listener, other)) {}
        let report = try CheckTests.Report(outcome)
        // Found open or refused, depending on when it was asked: the change is told either way.
        #expect(
            report.rulings(1000).isSubset(of: ["U4 pass", "U4 inconclusive"]), "\(outcome.output)")
        #expect(report.rulings(1000).count == 1)
        #expect(report.rulings(1001) == ["C1 pass"])
    }

    @Test func `what this host has open is learned, and conforms to itself`() throws {
        let lab = try Lab()
        func listen() throws -> [ListeningSocket] {
            try [
                lab.listen(on: .inside, "::", port: 1000),
                lab.listen(on: .inside, "127.0.0.1", port: 1001),
                lab.listen(on: .inside, "::", port: 5432),
            ]
        }
        var listeners = try listen()
        let path = FileManager.default.temporaryDirectory
            .appending(path: "prober-learned-\(getpid()).yaml").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try lab.run(
            on: .inside,
            Lab.Binary.command([
                "policy", "learn", "this-host", "-p", "1000-6000", "--with-holders", "-o", path,
            ])
        ).expectSuccess()
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(
            text.contains(
                "addresses: [this-host]\n    vantage: namespace\n    host: { live: true }"))
        #expect(text.contains("- open: tcp:1000\n"))
        #expect(text.contains("REVIEW: databases"))
        #expect(text.contains("only the host itself reaches it:\n      #   tcp:1001"))
        // Nobody accepts on these sockets: the check gets some without a queue.
        withExtendedLifetime(listeners) {}
        listeners = []
        listeners = try listen()
        let outcome = try lab.run(on: .inside, Lab.Binary.command(["check", path]))
        withExtendedLifetime(listeners) {}
        #expect(outcome.status == 0, "\(text)\(outcome.output)\(outcome.errors)")
    }
}
