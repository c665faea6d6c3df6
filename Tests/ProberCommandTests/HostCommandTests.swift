import ArgumentParser
import FoundationEssentials
import Prober
import Reconcile
import Testing

@testable import ProberCommand

/// `prober host --from`, from files to output and exit status.
@Suite struct HostCommandTests {
    private static let netstat = """
        $ netstat -tulpn
        Active Internet connections (only servers)
        Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
        tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      53/sshd
        tcp        0      0 0.0.0.0:ourapp          0.0.0.0:*               LISTEN      54/ourd

        """

    /// Runs the command on files of these texts; gives its status and what it wrote, nil for
    /// nothing.
    private func run(
        _ texts: [String], services: String? = nil, format: String = "table",
        prefix: String = ""
    ) throws -> (status: Int32, output: String?) {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "prober-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appending(path: "output").path
        var arguments = ["--format", format, "-o", output]
        for (index, text) in texts.enumerated() {
            let file = folder.appending(path: "\(index).txt")
            try Data(text.utf8).write(to: file)
            arguments += ["--from", prefix + file.path]
        }
        if let services {
            let file = folder.appending(path: "services")
            try Data(services.utf8).write(to: file)
            arguments += ["--services", file.path]
        }
        var status: Int32 = 0
        do {
            try HostCommand.parse(arguments).run()
        } catch let exit as ProberCommand.ExitStatus {
            status = exit.rawValue
        }
        return (status, try? String(contentsOfFile: output, encoding: .utf8))
    }

    @Test func `a report gives a table with what was read and not seen`() throws {
        let (status, output) = try run([Self.netstat])
        let text = try #require(output)
        #expect(status == 0)
        #expect(text.hasPrefix("from reports: 2 TCP and 0 UDP listeners"))
        #expect(text.contains("tcp    any IPv4  22    ssh      sshd(53)"))
        #expect(text.contains("tcp    any IPv4  ?     ourapp   ourd(54)"))
        #expect(text.contains("0.txt:4, netstat-linux: 2 rows"))
        #expect(text.contains("the reports do not tell the whole address or port of 1 listener"))
    }

    @Test func `the host's own services come first`() throws {
        let (status, output) = try run([Self.netstat], services: "ourapp 7777/tcp\n")
        #expect(status == 0)
        #expect(output?.contains("any IPv4  7777") ?? false)
    }

    @Test func `a file that gives nothing is an error, and the others are used`() throws {
        let (status, output) = try run(["", Self.netstat, "prose\n"])
        #expect(status == 64)
        #expect(output?.contains("sshd(53)") ?? false)
    }

    @Test func `nothing is written when no file gives anything`() throws {
        let (status, output) = try run(["prose\n"])
        #expect(status == 64)
        #expect(output == nil)
    }

    @Test func `the format can be named`() throws {
        #expect(try run([Self.netstat], prefix: "netstat-linux:").status == 0)
        #expect(try run([Self.netstat], prefix: "ss:").status == 64)
    }

    @Test func `JSON is a host report that can be read again`() throws {
        let (_, output) = try run([Self.netstat], format: "json")
        let bytes = Array(try #require(output).utf8)
        let report = try HostReport(json: bytes, source: "output")
        #expect(report.listeners.map(\.port) == [22])
        #expect(report.partialListeners.count == 1)
        let (status, table) = try run([String(decoding: bytes, as: UTF8.self)])
        #expect(status == 0)
        #expect(table?.contains("sshd(53)") ?? false)
    }

    @Test(
        "flags that make no sense are refused",
        arguments: [
            ["--services", "x"], ["--from", "-", "--from", "-"], ["--from", "-", "--from", "ss:-"],
            ["--ssh", "root@web1", "--from", "x"], ["--ssh-config", "x"],
            ["--ssh=-oProxyCommand=x"],
            ["--ssh", "kim;id@web1"], ["--ssh", ""],
        ])
    func usage(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try HostCommand.parse(arguments) }
    }

    @Test func `a services file without services is refused`() throws {
        #expect(throws: InputError.self) { try run([Self.netstat], services: "nothing\n") }
    }
}
