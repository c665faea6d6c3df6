import Prober
import Testing

@testable import Reconcile

/// What a report cannot show is said, and never taken for absence.
@Suite struct ReportCoverageTests {
    private static let heading = """
        Active Internet connections (only servers)
        Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name

        """
    private static let row =
        "tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN      53/sshd\n"

    private func reasons(_ text: String, _ subject: CoverageGap.Subject) throws -> [String] {
        let report = try #require(HostReports.reading(text).joined)
        return report.coverage.filter { $0.subject == subject }.map(\.reason)
    }

    @Test(
        "what listings lack is a gap for listeners",
        arguments: [
            ("$ netstat -tulpn\n" + heading + row, [String]()),
            (heading + row, ["no report has rows of TCP over IPv6", "no report has rows of UDP"]),
            ("$ netstat -tnl\n" + heading + row, ["no report has rows of UDP"]),
            (
                "$ netstat -tulpn | grep LISTEN\n" + row,
                [
                    "the lines were picked out by a search",
                    "report, netstat of Linux: there is no heading, so rows may have been left out",
                    "no report has rows of TCP over IPv6", "no report has rows of UDP",
                ]
            ),
            (
                "$ netstat -tulpn\n" + heading + row + "[...]\n",
                ["lines were left out of the report"]
            ),
            (
                "$ netstat -tulpn\n" + heading + row + "tcp 0 zero 0.0.0.0:80 0.0.0.0:* LISTEN\n",
                ["report, netstat of Linux: 1 row could not be understood, the first in line 5"]
            ),
            (
                "$ lsof -i\nlsof: WARNING: can't stat() x\nCOMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\n"
                    + "x 1 root 3u IPv4 1 0t0 TCP *:22 (LISTEN)\nx 1 root 4u IPv6 1 0t0 UDP *:22\n",
                [
                    "lsof warns that its output may be incomplete",
                    "no report has rows of TCP over IPv6", "no report has rows of UDP over IPv4",
                ]
            ),
        ])
    func listeners(in text: String, missBecause expected: [String]) throws {
        #expect(try reasons(text, .listeners) == expected)
    }

    @Test func `owners, binding, addresses and namespaces are gaps where they are not told`() throws
    {
        let bare = Self.heading + Self.row.replacing("53/sshd", with: "-")
        #expect(try reasons(bare, .owners) == ["no process is named for 1 listener"])
        #expect(try reasons(Self.heading + Self.row, .owners) == [])
        #expect(
            try reasons(Self.heading + Self.row, .binding) == [
                "the reports do not tell to which device a socket is bound"
            ])
        #expect(try reasons(bare, .addresses).count == 1)
        #expect(try reasons(bare, .namespaces).count == 1)
        #expect(try reasons(bare, .firewall) == ["firewall rules were not read"])
    }

    @Test func `the rows that were passed over are counted by reason`() throws {
        let text =
            Self.heading + Self.row
                + """
                tcp        0      0 192.0.2.10:22           198.51.100.7:4000       ESTABLISHED 99/sshd
                tcp        0      0 127.0.0.1:9             0.0.0.0:*               CLOSE       -
                raw        0      0 0.0.0.0:1               0.0.0.0:*               7           -
                udp        0      0 0.0.0.0:0               0.0.0.0:*                           -

                """
        let rows = try #require(HostReports.reading(text).joined?.sources.first?.rows)
        #expect(rows.count == 5)
        #expect(
            rows.skipped == [
                .connected: 1, .notListening: 1, .otherProtocol: 1, .unbound: 1,
            ])
        #expect(rows.unread == 0)
    }

    @Test func `an empty table is a result, a missing one is not`() throws {
        let report = try #require(
            HostReports.reading(
                "$ ss -tulpn\nNetid State Recv-Q Send-Q Local Address:Port Peer Address:Port\n"
            )
            .joined)
        #expect(report.listeners.isEmpty)
        #expect(!report.coverage.contains { $0.subject == .listeners })
    }
}
