import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// How ssh is told what to do, and what it does without a host.
@Suite struct RemoteHostTests {
    @Test(
        "a destination is a host, never an option or a command",
        arguments: [
            ("root@203.0.113.10", true), ("web1", true), ("ssh://kim@web1:2222", true),
            ("kim@2001:db8::10", true), ("EXAMPLE\\kim@web1", true), ("", false),
            ("-oProxyCommand=x", false), ("kim@-oProxyCommand=x", false), ("a b", false),
            ("a\nb", false), ("`x`@web1", false), ("$(x)@web1", false), ("kim@", false),
            ("@web1", false), ("a;b", false), ("kim\\", false),
            (String(repeating: "a", count: 513), false),
        ])
    func destination(_ text: String, isOne: Bool) {
        #expect((SSHDestination(text) != nil) == isOne)
    }

    @Test func `ssh asks nothing and the destination stands behind all options`() throws {
        let destination = try #require(SSHDestination("kim@web1"))
        let arguments = RemoteHost(destination, configuration: "-x").arguments
        #expect(arguments.prefix(2) == ["-F", "-x"])
        #expect(arguments.contains("BatchMode=yes"))
        #expect(arguments.suffix(4) == ["--", "kim@web1", "sh", "-s"])
    }

    /// Runs ssh with a `ProxyCommand`, which needs no network.
    private func problem(proxy: String, _ limits: RemoteHost.Limits) throws -> RemoteHostError? {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "prober-ssh-\(UUID().uuidString)")
        try Data("Host *\n ProxyCommand \(proxy)\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let destination = try #require(SSHDestination("kim@web1"))
        let host = RemoteHost(destination, configuration: file.path, limits: limits)
        let names = ServiceNames(host: ServiceEntries(), machine: ServiceEntries())
        do throws(RemoteHostError) {
            _ = try host.collect(now: .now, names: names)
            return nil
        } catch {
            return error
        }
    }

    @Test(.enabled(if: ProgramRun.path(of: "ssh") != nil, "needs ssh"))
    func `a host that never says anything is given up in time`() throws {
        let destination = try #require(SSHDestination("kim@web1"))
        let start = ContinuousClock.now
        let error = try problem(
            proxy: "sleep 30", RemoteHost.Limits(seconds: 1, byteCount: 1 << 20))
        #expect(error == .tooSlow(destination, seconds: 1))
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test(.enabled(if: ProgramRun.path(of: "ssh") != nil, "needs ssh"))
    func `what ssh says becomes one line`() throws {
        let error = try problem(
            proxy: "sh -c 'echo no way >&2'", RemoteHost.Limits(seconds: 20, byteCount: 1 << 20))
        guard case .notConnected(_, let message)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(!message.isEmpty && !message.contains("\n"))
    }

    @Test func `the script has its marker, and prober only when asked`() {
        let first = RemoteScript(asksProber: true, readsFirewall: true)
        let second = RemoteScript(asksProber: false, readsFirewall: false)
        #expect(first.marker != second.marker)
        #expect(first.text.contains("m='\(first.marker)'"))
        #expect(first.text.contains("prober host --format json <"))
        let careful = RemoteScript(asksProber: true, readsFirewall: false)
        #expect(careful.text.contains("prober host --format json --no-firewall <"))
        #expect(!second.text.contains("prober host"))
    }

    /// The script runs in any shell of this machine, without a network.
    @Test(
        "a shell runs the script to its end",
        arguments: ["sh", "bash", "dash"].filter { ProgramRun.path(of: $0) != nil })
    func runs(in shell: String) throws {
        let path = try #require(ProgramRun.path(of: shell))
        let script = RemoteScript(asksProber: false, readsFirewall: true)
        let run = try ProgramRun.of(path, ["-s"], input: Array(script.text.utf8))
        let answer = RemoteAnswer(run.output, marker: script.marker)
        #expect(answer.isOver)
        #expect(answer.system == "Linux")
        #expect(answer.hostname == kernelHostName())
        #expect(answer.userID != nil)
        #expect(answer.sysctls[.ephemeralPorts] != nil)
        #expect(answer.listings.contains { $0.status == 0 && !$0.output.isEmpty })
        let firewall = try #require(answer.firewall)
        #expect(!firewall.texts.isEmpty || !firewall.gaps.isEmpty)
        let silent = RemoteScript(asksProber: false, readsFirewall: false)
        let unasked = try ProgramRun.of(path, ["-s"], input: Array(silent.text.utf8))
        #expect(RemoteAnswer(unasked.output, marker: silent.marker).firewall == nil)
    }
}
