import Foundation
import Glibc
import Prober
import Reconcile
import Testing

/// A witness over ssh, with nothing of ours on the host.
@Suite(
    .serialized,
    .enabled(
        if: Lab.isPossible && SecureShell.isInstalled,
        "needs root, network namespaces and openssh-server"))
struct RemoteWitnessTests {
    private static let inside = "203.0.113.10"

    private func witness(
        _ lab: Lab, _ ssh: SecureShell, _ more: [String], as user: String = "root"
    ) -> Command {
        lab.command(
            on: .outside,
            Lab.Binary.command(
                [
                    "witness", "--ssh", "\(user)@\(Self.inside)", "--ssh-config",
                    ssh.configuration, "--from", "198.51.100.2",
                ] + more))
    }

    @Test("the host's tcpdump shows what arrived, and is ended", arguments: [SIGINT, 0])
    func capture(signal: Int32) throws {
        let lab = try Lab()
        let ssh = try SecureShell(lab)
        try lab.rules(
            on: .edge,
            """
            table ip w {
                chain forward {
                    type filter hook forward priority 0
                    tcp dport 30-39 drop
                }
            }

            """)
        let running = try witness(lab, ssh, ["--for", signal == 0 ? "6s" : "60s"]).start()
        var line = Data()
        while let byte = try running.errors.read(upToCount: 1), !byte.isEmpty,
            byte != Data("\n".utf8)
        {
            line += byte
        }
        #expect(String(decoding: line, as: UTF8.self).contains("ready"))
        // The host's clock is known to the second.
        #expect(
            eventually { Date().timeIntervalSince1970.truncatingRemainder(dividingBy: 2) < 0.1 })
        let found = try lab.scan([Self.inside, "-p", "20-39"])
        if signal != 0 {
            #expect(
                eventually { Date().timeIntervalSince1970.truncatingRemainder(dividingBy: 3) < 0.1 }
            )
            running.send(signal)
        }
        let outcome = running.finish()
        withExtendedLifetime(ssh) {}
        outcome.expectSuccess()
        let seen = try Witness(parsing: Array(outcome.output.utf8), source: "witness")
        #expect(seen.dropped == 0)
        #expect(seen.isComplete)
        #expect(seen.addresses.contains(try #require(IPAddress(Self.inside))))
        #expect(seen.boot == found.survey.traces?.boot)
        let fates = Witness.receipts(of: found.survey, from: [seen])
        let reset = fates.filter { $0.fate == .arrived && $0.answer == .reset }
        #expect(reset.map(\.ports.description) == ["20-21,23-29"])
        let dropped = PortSet([30...39])
        #expect(
            fates.allSatisfy {
                $0.fate == .arrived || $0.ports.subtracting(dropped).isEmpty
            })
        let left = try Command(["ip", "netns", "pids", "\(lab.name)-inside"]).run().output
        let names = left.split(separator: "\n").compactMap {
            try? String(contentsOfFile: "/proc/\($0)/comm", encoding: .utf8)
        }
        #expect(!names.contains { $0.contains("tcpdump") || $0.contains("timeout") })
    }

    @Test func `a host that cannot capture gets one sentence`() throws {
        let lab = try Lab()
        let without = try SecureShell(lab, hiding: ["tcpdump"])
        let missing = try witness(lab, without, ["--for", "5s"]).run()
        #expect(missing.status == 2)
        #expect(missing.errors.contains("has no tcpdump"), "\(missing.errors)")
        #expect(missing.errors.split(separator: "\n").count == 1)
    }

    @Test func `a user who may not capture gets one sentence`() throws {
        let lab = try Lab()
        let ssh = try SecureShell(lab)
        let refused = try witness(lab, ssh, ["--for", "5s"], as: SecureShell.user).run()
        withExtendedLifetime(ssh) {}
        #expect(refused.status == 2)
        #expect(refused.errors.contains("captures nothing"), "\(refused.errors)")
        #expect(refused.errors.split(separator: "\n").count == 1)
    }
}
