import Foundation
import Glibc
import Prober
import TestSupport
import Testing

/// A lab in which a situation is built, looked at from outside and from inside, and judged.
final class SituationLab: Sendable {
    let lab: Lab
    private let folder: URL

    init() throws {
        lab = try Lab()
        folder = FileManager.default.temporaryDirectory
            .appending(path: "prober-situation-\(getpid())x\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A path in a folder that goes with the lab.
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// A file of `text`.
    func file(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(filePath: path(name)))
        return path(name)
    }

    /// A scan file of `ports`, asked from `host`; closed ports among them show that the host lives.
    func scan(
        from host: Lab.Host = .outside, _ ports: String,
        of addresses: [String] = ["203.0.113.10"]
    ) throws -> String {
        let path = path("\(host.rawValue).jsonl")
        try lab.run(
            on: host,
            Lab.Binary.command(
                ["scan"] + addresses
                    + [
                        "-p", ports, "--timeout", "300ms", "--retries", "1", "--format", "jsonl",
                        "-o", path,
                    ])
        ).expectSuccess()
        return path
    }

    /// What `inside` says of itself.
    func report() throws -> String {
        let path = path("host.json")
        try lab.run(on: .inside, Lab.Binary.command(["host", "--format", "json", "-o", path]))
            .expectSuccess()
        return path
    }

    /// A policy of `inside` with these declarations.
    func policy(_ expectations: String) throws -> String {
        try file(
            "policy.yaml",
            """
            version: 1
            targets:
              - name: inside
                addresses: [203.0.113.10, "2001:db8:b::10"]
                probe: { tcp: 1-65535 }
                expect: \(expectations)

            """)
    }

    /// The findings of `prober reconcile` on `scans`, a report made now, and a policy.
    func findings(
        _ scans: [String], declaring expectations: String? = nil, _ arguments: [String] = []
    ) throws -> Findings {
        var command = ["reconcile", "--host", try report(), "--format", "json"]
        for scan in scans { command += ["--scan", scan] }
        if let expectations { command += ["--policy", try policy(expectations)] }
        let outcome = try lab.run(on: .edge, Lab.Binary.command(command + arguments))
        return try Findings(outcome)
    }

    /// A perl program that calls itself `name`, on `inside`; ends with the value.
    ///
    /// Perl is a part of every Debian system, and a link to it has whatever name a test wants.
    func program(_ name: String, _ script: String, before words: [String] = []) throws -> Program {
        let link = path(name)
        try? FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: "/usr/bin/perl")
        return Program(
            try lab.command(on: .inside, words + [link, "-e", script]).start())
    }

    /// A program that listens on `port` of every IPv4 address and says so.
    static func listening(_ port: UInt16) -> String {
        """
        use Socket; $| = 1;
        socket(S, PF_INET, SOCK_STREAM, 0) or die; setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1);
        bind(S, sockaddr_in(\(port), INADDR_ANY)) or die; listen(S, 16) or die; print "ready\\n";
        """
    }

    /// A running program.
    final class Program {
        private let running: Command.Running

        init(_ running: Command.Running) {
            self.running = running
            _ = running.firstLine()
        }

        deinit {
            running.send(SIGKILL)
            _ = running.finish()
        }
    }
}

/// What `prober reconcile --format json` or `prober check --format json` found.
struct Findings {
    struct Finding: Decodable {
        var code: String
        var address: String
        var transport: String
        var ports: String
        var result: String
        var severity: String
        var causes: [String]
        var actions: [Action]
        var supplement: Bool?
    }

    struct Action: Decodable {
        struct Step: Decodable {
            var command: String?
        }

        var kind: String
        var text: String
        var steps: [Step]

        /// The sentence and the commands.
        var words: String { ([text] + steps.compactMap(\.command)).joined(separator: "\n") }
    }

    private struct File: Decodable {
        var mode: String
        var findings: [Finding]
    }

    let status: Int32
    /// All findings, those of every vantage.
    let all: [Finding]
    let modes: Set<String>

    init(_ outcome: Command.Outcome) throws {
        status = outcome.status
        #expect(outcome.errors.isEmpty, "\(outcome.errors)")
        let files = try outcome.output.split(separator: "\n").map {
            try JSONDecoder().decode(File.self, from: Data($0.utf8))
        }
        all = files.flatMap(\.findings)
        modes = Set(files.map(\.mode))
    }

    /// The findings of a TCP port.
    func of(_ port: UInt16, at address: String? = nil) -> [Finding] {
        all.filter { finding in
            let ports = try? PortSpec(parsing: finding.ports, services: ServiceTable())
            return finding.transport == "tcp" && ports?.tcp.contains(port) ?? false
                && (address == nil || finding.address == address)
        }
    }

    /// Code and result of each finding of a TCP port.
    func rulings(_ port: UInt16, at address: String? = nil) -> Set<String> {
        Set(of(port, at: address).map { "\($0.code) \($0.result)" })
    }
}
