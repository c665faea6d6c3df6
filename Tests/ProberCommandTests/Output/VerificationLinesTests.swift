import ArgumentParser
import Prober
import Reconcile
import Testing

@testable import ProberCommand

@Suite struct VerificationLinesTests {
    private let whole = PortVerification.Sweep(.tcp, .ipv4, tested: .all)

    private func lines(_ sweep: PortVerification.Sweep, _ unlisted: UnlistedPort...) -> [String] {
        VerificationLines(PortVerification(sweeps: [sweep], unlisted: unlisted)).lines
    }

    @Test func `a whole sweep that finds nothing says so`() {
        #expect(lines(whole) == ["the ports of tcp IPv4 were tried; nothing hides"])
    }

    @Test func `what hides is named with the lists that do not have it`() {
        let lines = lines(
            whole, UnlistedPort(.tcp, .ipv4, 31337, .hidden, lacks: [.socketDiagnosis, .proc]))
        #expect(
            lines == [
                "the ports of tcp IPv4 were tried; something hides",
                "tcp IPv4 port 31337 is HIDDEN: held, and not in sock_diag nor /proc/net",
            ])
    }

    @Test func `what was not tried is named`() {
        let sweep = PortVerification.Sweep(
            .tcp, .ipv4, tested: PortSet([1024...65535]), untested: PortSet([1...1023]))
        #expect(
            lines(sweep) == [
                "the ports of tcp IPv4 were tried, and not everything could be told",
                "tcp IPv4 not tried: 1-1023 (for lack of privilege or of time)",
            ])
    }

    @Test func `a report of files cannot be verified`() {
        #expect(throws: (any Error).self) { try HostCommand.parse(["--verify", "--from", "x"]) }
        #expect(throws: Never.self) { try HostCommand.parse(["--verify"]) }
    }
}
