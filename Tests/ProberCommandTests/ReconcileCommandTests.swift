import ArgumentParser
import FoundationEssentials
import Prober
import Reconcile
import Testing

@testable import ProberCommand

@Suite struct ReconcileCommandTests {
    private static let header = #"""
        {"type":"scan","format":1,"id":"a","started":"2026-01-02T03:04:05Z","vantage":{"name":"v","addresses":[]},"seed":1,"plan":{"targets":["203.0.113.10"],"ports":"tcp:80","method":"connect","requested":1}}
        """#
    private static let end = #"""
        {"type":"end","complete":true,"totals":{"requested":1,"open":0,"closed":1,"filtered":0,"open|filtered":0,"not-tested":0},"not_tested":{},"probes":1,"elapsed_s":0.1}
        """#
    private static let refused = #"""
        {"type":"group","address":"203.0.113.10","transport":"tcp","ports":"80","count":1,"state":"closed","evidence":{"kind":"reset"},"attempts":1}
        """#
    private static let open = #"""
        {"type":"result","address":"203.0.113.10","transport":"tcp","port":80,"state":"open","evidence":{"kind":"handshake"},"attempts":1}
        """#

    /// Runs the command on a scan file of `lines`, and gives its exit status and what it wrote.
    private func run(
        _ lines: [String], _ arguments: [String] = []
    ) throws -> (status: Int32, output: String) {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "prober-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let scan = directory.appending(path: "scan.jsonl")
        let output = directory.appending(path: "findings")
        try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: scan)
        let command = try ReconcileCommand.parse(
            ["--scan", scan.path, "-o", output.path] + arguments)
        do {
            try command.run()
        } catch let exit as ProberCommand.ExitStatus {
            return (exit.rawValue, try String(contentsOf: output, encoding: .utf8))
        }
        Issue.record("the command ended without a status")
        return (-1, "")
    }

    @Test(
        "the file concludes what the exit status says",
        arguments: [
            ([String](), Int32(1), "violates"), (["--fail-on", "H2"], 0, "conforms"),
            (["--fail-on", "H2,high"], 1, "violates"),
        ])
    func conclusion(_ arguments: [String], is status: Int32, as word: String) throws {
        let lines = [
            Self.header, Self.open,
            Self.end.replacing(#""open":0,"closed":1"#, with: #""open":1,"closed":0"#),
        ]
        let found = try run(lines, arguments + ["--format", "json"])
        #expect(found.status == status)
        #expect(found.output.contains(#""conclusion":"\#(word)""#), "\(found.output)")
    }

    @Test(
        "the exit status says how it ended",
        arguments: [
            ([header, refused, end], [String](), Int32(0), "1 passed"),
            (
                [
                    header, open,
                    end.replacing(#""open":0,"closed":1"#, with: #""open":1,"closed":0"#),
                ], [], 1, "1 failed"
            ),
            ([header, open], [], 2, "FAIL E1"), ([header], [], 2, "INCONCLUSIVE U8"),
            ([header], ["--allow-inconclusive"], 2, "INCONCLUSIVE U8"),
        ])
    func status(
        of lines: [String], _ arguments: [String], is expected: Int32, saying text: String
    ) throws {
        let (status, output) = try run(lines, arguments)
        #expect(status == expected)
        #expect(output.contains(text))
    }

    /// Runs the command with a scan of nmap and host reports of these texts.
    private func run(nmap: String, hosts: [String]) throws -> (status: Int32, output: String) {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "prober-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let scan = folder.appending(path: "scan.xml")
        try Data(nmap.utf8).write(to: scan)
        let output = folder.appending(path: "findings")
        var arguments = ["--scan", scan.path, "-o", output.path]
        for (index, text) in hosts.enumerated() {
            let file = folder.appending(path: "host\(index).txt")
            try Data(text.utf8).write(to: file)
            arguments += ["--host", file.path]
        }
        do {
            try ReconcileCommand.parse(arguments).run()
        } catch let exit as ProberCommand.ExitStatus {
            return (exit.rawValue, try String(contentsOf: output, encoding: .utf8))
        }
        Issue.record("the command ended without a status")
        return (-1, "")
    }

    private static let nmap = """
        <nmaprun start="1767323045"><scaninfo type="connect" protocol="tcp" services="22"/><host>
        <status state="up"/><address addr="203.0.113.10" addrtype="ipv4"/><ports>
        <port protocol="tcp" portid="22"><state state="open" reason="syn-ack"/></port>
        </ports></host></nmaprun>
        """

    @Test func `a scan of nmap is joined with reports of other tools`() throws {
        let netstat = "  TCP    0.0.0.0:22             0.0.0.0:0              LISTENING       601\n"
        let ps = "UID PID PPID C STIME TTY TIME CMD\nroot 601 1 0 Mar12 ? 0:01 /usr/sbin/sshd -D\n"
        let (status, output) = try run(nmap: Self.nmap, hosts: [netstat, ps])
        #expect(status == 1)
        #expect(output.contains("FAIL E1 unexpected-exposure: 203.0.113.10:22/tcp"))
        #expect(output.contains("0.0.0.0:22/tcp, sshd (pid 601, user root)"))
    }

    @Test func `a scan is no report of the host`() throws {
        let error = try #require(throws: InputError.self) {
            try run(nmap: Self.nmap, hosts: [Self.nmap])
        }
        #expect(error.problem.contains("view from outside"))
    }

    @Test func `JSON is one object of a known type`() throws {
        struct File: Decodable {
            var type: String
            var format: Int
        }
        let (_, output) = try run([Self.header, Self.refused, Self.end], ["--format", "json"])
        let file = try JSONDecoder().decode(File.self, from: Data(output.utf8))
        #expect(file.type == "reconciliation")
        #expect(file.format == 1)
    }

    @Test func `what is no scan file is refused by line`() throws {
        let error = try #require(throws: InputError.self) { try run(["no scan file"]) }
        #expect(error.line == 1)
        #expect(error.problem.contains("no scan file"))
    }

    @Test func `a missing file is named`() throws {
        let error = try #require(throws: InputError.self) {
            try ViewOptions.surveys(in: ["/nonexistent/scan.jsonl"])
        }
        #expect(error.source == "/nonexistent/scan.jsonl")
        #expect(error.problem.hasPrefix("the file cannot be read"))
    }

    /// Runs the command with a policy file of `text`.
    private func run(
        policy text: String, _ arguments: [String] = []
    ) throws -> (status: Int32, output: String) {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "prober-test-\(UUID().uuidString).yaml")
        try Data(text.utf8).write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        return try run(
            [Self.header, Self.refused, Self.end], ["--policy", path.path] + arguments)
    }

    private static func target(_ addresses: String) -> String {
        "version: 1\ntargets:\n- { name: a, addresses: \(addresses), probe: { tcp: 80 } }\n"
    }

    @Test(
        "the addresses of the target are compared with those of the scan",
        arguments: [
            ("[203.0.113.10]", Int32(0), nil), ("[this-host]", 0, nil),
            ("[203.0.113.11]", 2, "no scan has the declared address 203.0.113.11"),
            ("[203.0.113.8/30]", 2, "no scan has the declared addresses 203.0.113.8/31"),
            ("[this-host, 203.0.113.11]", 2, "no scan has the declared address 203.0.113.11"),
            ("[localhost]", 2, "no scan has the declared"),
        ])
    func coverage(addresses: String, status expected: Int32, saying text: String?) throws {
        let (status, output) = try run(policy: Self.target(addresses))
        #expect(status == expected)
        let flat = output.replacing("\n  ", with: " ")
        #expect(flat.contains("scan has the declared") == (text?.contains("no scan") ?? false))
        if let text { #expect(flat.contains(text)) }
    }

    @Test func `what the file excludes need not be scanned`() throws {
        let (status, _) = try run(
            policy: Self.target("[203.0.113.10-11]") + "exclude: [203.0.113.11]\n")
        #expect(status == 0)
    }

    @Test(
        "a policy file must have the target",
        arguments: [
            ("version: 1\nexclude: [203.0.113.0/24]\n", [], "there is no target in the file"),
            ("version: 1\nexclude: [203.0.113.0/24]\n", ["--target", "a"], "there is no target"),
            (target("[203.0.113.10]"), ["--target", "b"], "has no target called \"b\""),
        ] as [(String, [String], String)])
    func targets(in file: String, _ arguments: [String], saying problem: String) throws {
        let error = try #require(throws: InputError.self) { try run(policy: file, arguments) }
        #expect(error.problem.contains(problem))
        #expect(!error.remedy.contains(": ."))
    }
}
