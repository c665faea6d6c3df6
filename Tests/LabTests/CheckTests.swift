import Foundation
import Glibc
import Prober
import Reconcile
import TestSupport
import Testing

/// The main job on real hosts: outside, inside and policy joined.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct CheckTests {
    /// The findings of one target, as the JSON output has them.
    struct Report: Decodable {
        struct Finding: Decodable {
            var code: String
            var addresses: String?
            var address: String?
            var ports: String
            var result: String
        }
        var target: String?
        var findings: [Finding]

        init(_ outcome: Command.Outcome) throws {
            self = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        }

        /// The codes and results found for a port, one for each address.
        func rulings(_ port: UInt16) -> Set<String> {
            Set(
                findings.filter { finding in
                    (try? PortSpec(parsing: finding.ports, services: ServiceTable()))?.tcp
                        .contains(port) ?? false
                }.map { "\($0.code) \($0.result)" })
        }
    }

    /// A target file in a folder that everybody may read.
    private static func file(_ text: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "prober-check-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: path)
        return path.path
    }

    private static let target = """
        version: 1
        targets:
          - name: inside
            addresses: [this-host]
            vantage: namespace
            probe: { tcp: 1000-1100 }
            timeout: 300ms
            host: { live: true }
            expect:
              - open: [1000, 1001, 1002, 1003]

        """

    @Test func `each kind of exposure and of outage has its code`() throws {
        let lab = try Lab()
        let listeners = try [
            lab.listen(on: .inside, "::", port: 1000), lab.listen(on: .inside, "::", port: 1010),
            lab.listen(on: .inside, "127.0.0.1", port: 1001),
            lab.listen(on: .inside, "127.0.0.1", port: 1011),
            lab.listen(on: .inside, "::", port: 1003),
            lab.listen(on: .inside, "::", port: 1013),
        ]
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                tcp dport { 1003, 1013 } drop
            }
            }
            """)
        let path = try Self.file(Self.target)
        let outcome = try lab.run(
            on: .inside, Lab.Binary.command(["check", path, "--format", "json"]))
        withExtendedLifetime(listeners) {}
        #expect(outcome.status == 1, "\(outcome.errors)")
        let report = try Report(outcome)
        #expect(report.target == "inside")
        #expect(report.rulings(1000) == ["C1 pass"])
        #expect(report.rulings(1010) == ["E1 fail"])
        #expect(report.rulings(1001) == ["A4 fail"])
        #expect(report.rulings(1011) == ["C4 pass"])
        #expect(report.rulings(1002) == ["A3 fail"])
        #expect(report.rulings(1003) == ["A1 fail"])
        #expect(report.rulings(1013) == ["C3 pass", "E11 warn"])
        #expect(report.rulings(1050) == ["C2 pass"])
    }

    @Test func `a host that is as declared passes`() throws {
        let lab = try Lab()
        let listeners = try [1000, 1001, 1002, 1003].map {
            try lab.listen(on: .inside, "::", port: $0)
        }
        let path = try Self.file(Self.target)
        let outcome = try lab.run(on: .inside, Lab.Binary.command(["check", path]))
        withExtendedLifetime(listeners) {}
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }

    @Test("nothing stays behind, however the check ends", arguments: [nil, SIGTERM, SIGKILL])
    func nothingStays(signal: Int32?) throws {
        let lab = try Lab()
        let slow = Self.target.replacingOccurrences(of: "timeout: 300ms", with: "timeout: 600s")
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                tcp dport 1000-1100 drop
            }
            }
            """)
        let path = try Self.file(signal == nil ? Self.target : slow)
        let running = try lab.command(on: .inside, Lab.Binary.command(["check", path])).start()
        if let signal {
            #expect(try eventually { try Self.links(lab).contains("prober") })
            running.send(signal)
            if signal == SIGTERM { running.send(SIGINT) }
        }
        _ = running.finish()
        #expect(try eventually { try !Self.links(lab).contains("prober") })
    }

    private static func links(_ lab: Lab) throws -> String {
        try lab.run(on: .inside, ["ip", "-o", "link"]).output
    }

    @Test func `without root the check looks directly, and says that`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "127.0.0.1", port: 1011)
        let path = try Self.file(Self.target)
        let outcome = try lab.run(
            on: .inside, Lab.Binary.command(["check", path, "--format", "json"], as: .nobody))
        withExtendedLifetime(listener) {}
        #expect(outcome.errors.contains("needs root"))
        // Only loopback was looked at, where a loopback listener is no exposure.
        #expect(try Report(outcome).rulings(1011).contains("C4 pass"))
    }

    /// In a user namespace of its own a process may make a network namespace, and not come back.
    @Test func `where a namespace cannot be left again, none is entered`() throws {
        let lab = try Lab()
        let path = try Self.file(Self.target)
        let outcome = try lab.run(
            on: .inside, ["unshare", "-Ur"] + Lab.Binary.command(["check", path, "-q"]))
        #expect(outcome.output.contains("(127.0.0.1, ::1)"))
        #expect(!outcome.output.contains("U8"))
    }

    @Test func `a service on one of the host's own addresses is seen when it is named`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "203.0.113.10", port: 1010)
        let path = try Self.file(
            Self.target.replacingOccurrences(
                of: "[this-host]", with: "[this-host, 203.0.113.10, \"2001:db8:b::10\"]"))
        let outcome = try lab.run(
            on: .inside, Lab.Binary.command(["check", path, "--format", "json"]))
        withExtendedLifetime(listener) {}
        #expect(try Report(outcome).rulings(1010).contains("E1 fail"))
    }

    @Test func `files of two machines tell of a listener that came and went`() throws {
        let lab = try Lab()
        let folder = FileManager.default.temporaryDirectory.path
        func run(_ host: Lab.Host, _ arguments: [String]) throws -> Command.Outcome {
            try lab.run(on: host, Lab.Binary.command(arguments))
        }
        func scan(_ name: String) throws -> String {
            let path = "\(folder)/prober-\(getpid())-\(name).jsonl"
            try run(
                .outside, ["scan", "203.0.113.10", "-p", "1000", "-o", path, "--format", "jsonl"]
            )
            .expectSuccess()
            return path
        }
        func host(_ name: String) throws -> String {
            let path = "\(folder)/prober-\(getpid())-\(name).json"
            try run(.inside, ["host", "--format", "json", "-o", path]).expectSuccess()
            return path
        }
        let (scanBefore, hostBefore) = try (scan("before"), host("before"))
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 1000)
        let (scanDuring, hostDuring) = try (scan("during"), host("during"))
        withExtendedLifetime(listener) {}

        func rulings(_ scan: String, _ host: String) throws -> Set<String> {
            let outcome = try run(
                .edge, ["reconcile", "--scan", scan, "--host", host, "--format", "json"])
            return try Report(outcome).rulings(1000)
        }
        #expect(try rulings(scanBefore, hostBefore) == ["C2 pass"])
        #expect(try rulings(scanDuring, hostDuring) == ["E1 fail"])
        #expect(try rulings(scanBefore, hostDuring) == ["A5 info"])
        #expect(try rulings(scanDuring, hostBefore) == ["E3 fail"])
    }

    @Test func `what cannot be probed from a namespace is refused by name`() throws {
        let lab = try Lab()
        for (address, fragment) in [
            ("203.0.113.77", "no address of this host"), ("127.0.0.1", "cannot be reached"),
        ] {
            let path = try Self.file(
                Self.target.replacingOccurrences(of: "this-host", with: address))
            let outcome = try lab.run(on: .inside, Lab.Binary.command(["check", path]))
            #expect(outcome.status == 64)
            #expect(outcome.errors.contains("\(path):4:17: \(address) "))
            #expect(outcome.errors.contains(fragment))
        }
    }

    @Test func `a signal stops all targets, and those not begun are named`() throws {
        let lab = try Lab()
        let path = try Self.file(
            """
            version: 1
            defaults: { rate: 50, probe: { tcp: 1-2000 } }
            targets:
              - name: first
                addresses: [203.0.113.10]
              - name: second
                addresses: [203.0.113.10]
            """)
        let running = try lab.command(
            on: .outside, Lab.Binary.command(["check", path, "--format", "json"])
        ).start()
        // The probes have begun once a connection to the host is on its way or over.
        #expect(
            try eventually {
                try lab.run(on: .inside, ["cat", "/proc/net/snmp"]).output
                    .contains("Tcp: 1 200 120000 -1 0 0 0 0 0 0 0 0 ") == false
            })
        running.send(SIGINT)
        let outcome = running.finish()
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("not begun: second"))
        #expect(outcome.output.split(separator: "\n").count == 1)
    }

    @Test func `a reader that leaves does not change what the check concludes`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 1000)
        let path = try Self.file(
            """
            version: 1
            targets:
              - name: inside
                addresses: [203.0.113.10]
                probe: { tcp: 1000 }
            """)
        let prober = Lab.Binary.command(["check", path]).joined(separator: " ")
        let outcome = try lab.run(
            on: .outside, ["bash", "-c", prober + " | true; echo ${PIPESTATUS[0]}"])
        withExtendedLifetime(listener) {}
        #expect(outcome.output == "1\n")
        #expect(outcome.errors.isEmpty)
    }

    @Test func `a mistake in the last target is found before the first packet`() throws {
        let lab = try Lab()
        let path = try Self.file(
            """
            version: 1
            targets:
              - name: good
                addresses: [203.0.113.10]
                probe: { tcp: 1000 }
              - name: bad
                addresses: [203.0.113.10]
                host: { live: true }
            """)
        let outcome = try lab.run(on: .outside, Lab.Binary.command(["check", path]))
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains(":7:17: 203.0.113.10 is no address of this machine"))
    }

    @Test func `excluded addresses are never probed`() throws {
        let lab = try Lab()
        let never = try Self.file("version: 1\nexclude: [203.0.113.0/24]\n")
        let path = try Self.file(
            Self.target.replacingOccurrences(of: "this-host", with: "203.0.113.10, this-host"))
        let outcome = try lab.run(
            on: .inside, Lab.Binary.command(["check", path, never, "--format", "json"]))
        #expect(!outcome.output.contains("203.0.113.10"))
        #expect(outcome.output.contains("198.51.100.25"))
        let list = try lab.run(
            on: .outside,
            Lab.Binary.command([
                "scan", "203.0.113.8/30", "198.51.100.1", "-p", "22", "--exclude-from", never,
                "--dry-run=list",
            ]))
        #expect(list.output == "198.51.100.1:22/tcp\n")
        let nothing = try lab.run(
            on: .outside, Lab.Binary.command(["scan", "203.0.113.8/30", "--exclude-from", never]))
        #expect(nothing.status == 64)
        #expect(nothing.errors.contains("excluded"))
    }
}
