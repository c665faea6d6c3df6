import Foundation
import Glibc
import Prober
import Reconcile
import TestSupport
import Testing

/// A real OpenSSH server asked from another host.
@Suite(
    .serialized,
    .enabled(
        if: Lab.isPossible && SecureShell.isInstalled,
        "needs root, network namespaces and openssh-server"))
struct RemoteHostTests {
    /// Runs `prober host --ssh` outside.
    private func ask(
        _ lab: Lab, _ destination: String, _ configuration: String, _ more: [String] = []
    ) throws -> Command.Outcome {
        try lab.run(
            on: .outside,
            Lab.Binary.command(
                ["host", "--format", "json", "--ssh=\(destination)", "--ssh-config", configuration]
                    + more))
    }

    /// Runs a check outside that expects `ports` to be open.
    private func check(
        _ lab: Lab, _ ssh: SecureShell, _ destination: String, ports: String
    ) throws -> (
        Command.Outcome, CheckTests.Report
    ) {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "prober-ssh-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(
            """
            version: 1
            targets:
              - name: inside
                addresses: [203.0.113.10]
                probe: { tcp: [\(ports)] }
                host: { ssh: "\(destination)" }
                expect:
                  - open: [\(ports)]

            """.utf8
        ).write(to: path)
        let outcome = try lab.run(
            on: .outside,
            Lab.Binary.command([
                "check", path.path, "--format", "json", "--ssh-config", ssh.configuration,
            ]))
        return (outcome, try CheckTests.Report(outcome))
    }

    private func report(_ outcome: Command.Outcome) throws -> HostReport {
        outcome.expectSuccess()
        return try HostReport(json: Array(outcome.output.utf8), source: "output")
    }

    @Test func `a bare host gives listeners with owners, addresses and settings`() throws {
        let lab = try Lab()
        let ssh = try SecureShell(lab)
        let listener = try lab.listen(on: .inside, "127.0.0.1", port: 1011)
        let outcome = try ask(lab, "root@203.0.113.10", ssh.configuration)
        withExtendedLifetime((ssh, listener)) {}
        let report = try report(outcome)
        let server = report.listeners.filter { $0.port == 22 && $0.transport == .tcp }
        #expect(server.count == 2)
        #expect(server.allSatisfy { $0.owners.map(\.name) == ["sshd"] })
        #expect(server.allSatisfy { $0.owners.first?.user == "root" })
        let loopback = report.listeners.first { $0.port == 1011 }
        #expect(loopback?.address == IPAddress("127.0.0.1"))
        #expect(
            report.addresses.contains {
                $0.address == IPAddress("203.0.113.10") && $0.prefixLength == 24
            })
        #expect(report.addresses.contains { $0.address == IPAddress("2001:db8:b::10") })
        #expect(report.sysctls[.icmpRateLimit] == "0")
        #expect(report.sysctls[.ephemeralPorts]?.split(separator: " ").count == 2)
        #expect(report.sources.first?.kind == "ssh")
        #expect(report.contradictions.isEmpty)
        #expect(
            !report.coverage.contains { [.owners, .addresses, .listeners].contains($0.subject) })
    }

    @Test func `without root the owners of others are a gap, and not absent`() throws {
        let lab = try Lab()
        let ssh = try SecureShell(lab)
        let outcome = try ask(lab, "\(SecureShell.user)@203.0.113.10", ssh.configuration)
        withExtendedLifetime(ssh) {}
        let report = try report(outcome)
        #expect(report.listeners.contains { $0.port == 22 && $0.owners.isEmpty })
        let gaps = report.coverage.filter { $0.subject == .owners }.map(\.reason)
        #expect(gaps.contains { $0.contains("not root there (uid 4711)") })
    }

    @Test func `a host without tools gives its kernel's own tables`() throws {
        let lab = try Lab()
        let ssh = try SecureShell(lab, hiding: ["ss", "netstat", "lsof", "ip", "ifconfig"])
        let outcome = try ask(lab, "root@203.0.113.10", ssh.configuration)
        withExtendedLifetime(ssh) {}
        let report = try report(outcome)
        #expect(report.listeners.count { $0.port == 22 } == 2)
        #expect(report.sources.contains { $0.kind == "proc-net" })
        #expect(report.coverage.contains { $0.subject == .owners })
        #expect(report.coverage.contains { $0.subject == .addresses })
    }

    @Test func `a host's own prober is asked before its other tools`() throws {
        let lab = try Lab()
        let folder = URL(filePath: Lab.Binary.path).deletingLastPathComponent().path
        let ssh = try SecureShell(lab, mounts: ["/usr/local/bin": folder])
        let outcome = try ask(lab, "root@203.0.113.10", ssh.configuration)
        withExtendedLifetime(ssh) {}
        let report = try report(outcome)
        #expect(report.listeners.contains { $0.port == 22 && !$0.owners.isEmpty })
        #expect(report.sources.map(\.kind).contains("sock_diag"))
    }

    @Test func `a prober that cannot be understood is passed over`() throws {
        let lab = try Lab()
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "prober-fake-\(getpid())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let fake = folder.appending(path: "prober")
        try Data("#!/bin/sh\necho '{\"type\": \"host\", \"format\": 999}'\n".utf8).write(to: fake)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: fake.path)
        let ssh = try SecureShell(lab, mounts: ["/usr/local/bin": folder.path])
        let outcome = try ask(lab, "root@203.0.113.10", ssh.configuration)
        withExtendedLifetime(ssh) {}
        #expect(try report(outcome).sources.map(\.kind).contains("ss"))
    }

    private static let rules = """
        table inet t { chain input { type filter hook input priority 0
            tcp dport 1001 drop
            tcp dport 1002 reject with tcp reset
        }
        }
        """

    @Test func `the rules of a bare host are in its report, and explain what is seen`() throws {
        let lab = try Lab()
        try lab.rules(on: .inside, Self.rules)
        let ssh = try SecureShell(lab)
        let listener = try lab.listen(on: .inside, "203.0.113.10", port: 1001)
        let report = try report(ask(lab, "root@203.0.113.10", ssh.configuration))
        let listing = try #require(report.rulesets.first { $0.kind == .nftJSON })
        #expect(String(decoding: listing.text, as: UTF8.self).contains("1001"))
        #expect(report.sources.contains { $0.kind == "nft-json" })
        #expect(!report.coverage.contains { $0.reason == "firewall rules were not read" })
        #expect(report.counters.first?.values[.tcpPassiveOpens] != nil)
        #expect(report.counters.first?.values[.udp6NoPort] != nil)
        let (outcome, findings) = try check(lab, ssh, "root@203.0.113.10", ports: "22, 1001, 1002")
        #expect(outcome.status == 1, "\(outcome.errors)")
        #expect(findings.rulings(1001) == ["A1 fail"])
        // Which IP version such a refusal is for, nft tells only in the kernel's own form.
        #expect(findings.rulings(1002) == ["A1 fail", "H3 info"])
        #expect(findings.rulings(22) == ["C1 pass"])
        let without = try self.report(
            ask(lab, "root@203.0.113.10", ssh.configuration, ["--no-firewall"]))
        #expect(without.rulesets == [])
        withExtendedLifetime((ssh, listener)) {}
    }

    @Test func `rules that the user may not list are a gap`() throws {
        let lab = try Lab()
        try lab.rules(on: .inside, Self.rules)
        let ssh = try SecureShell(lab)
        let report = try report(
            ask(lab, "\(SecureShell.user)@203.0.113.10", ssh.configuration))
        withExtendedLifetime(ssh) {}
        #expect(report.rulesets == [])
        let gaps = report.coverage.filter { $0.subject == .firewall }.map(\.reason)
        #expect(
            gaps.contains { $0.contains("nft -j list ruleset") && $0.contains("root") }, "\(gaps)")
    }

    @Test func `what goes wrong is one clear message, status 2 and no hang`() throws {
        let lab = try Lab()
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                ip daddr 203.0.113.10 tcp dport 2222 drop
            }
            }
            """)
        let ssh = try SecureShell(lab)
        func problem(_ destination: String) throws -> (String, Int32, Duration) {
            let clock = ContinuousClock()
            var outcome: Command.Outcome?
            let time = try clock.measure {
                outcome = try ask(lab, destination, ssh.configuration)
            }
            let done = try #require(outcome)
            #expect(done.output.isEmpty)
            return (done.errors, done.status, time)
        }
        for (destination, fragment) in [
            ("ssh://root@203.0.113.10:2223", "Connection refused"),
            ("ssh://root@203.0.113.10:2222", "timed out"),
            ("root@stranger", "Permission denied"), ("nobody-here@203.0.113.10", "Permission"),
        ] {
            let (errors, status, time) = try problem(destination)
            #expect(status == 2)
            #expect(errors.contains("ssh does not get through to \(destination): "))
            #expect(errors.contains(fragment), "\(errors)")
            #expect(errors.split(separator: "\n").count == 1)
            #expect(time < .seconds(20))
        }
        let (errors, status, _) = try problem("-oProxyCommand=true")
        #expect(status == 64)
        #expect(errors.contains("no host for ssh"))
        withExtendedLifetime(ssh) {}
    }

    @Test func `check asks before and after, and probes even a host that does not answer`() throws {
        let lab = try Lab()
        let ssh = try SecureShell(lab)
        let listener = try lab.listen(on: .inside, "127.0.0.1", port: 1001)
        let (asked, findings) = try check(lab, ssh, "root@203.0.113.10", ports: "22, 1001")
        #expect(asked.status == 1, "\(asked.errors)")
        #expect(findings.rulings(22) == ["C1 pass"])
        #expect(findings.rulings(1001) == ["A4 fail"])
        let (unasked, outside) = try check(lab, ssh, "root@stranger", ports: "22")
        #expect(unasked.status == 2)
        #expect(unasked.errors.contains("Permission denied"))
        #expect(unasked.output.contains("What the host says of itself is not known"))
        #expect(outside.rulings(22) == ["U5 pass"])
        withExtendedLifetime((ssh, listener)) {}
    }
}
