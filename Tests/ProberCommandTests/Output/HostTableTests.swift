import Prober
import Reconcile
import Testing

@testable import ProberCommand

@Suite struct HostTableTests {
    private let services = ServiceTable(parsing: "ssh 22/tcp\nhttp 80/tcp\ndomain 53/udp\n")

    private func table(_ listeners: [Listener], _ coverage: [CoverageGap] = []) -> String {
        HostTable(
            HostReport(
                hostname: "web1", collected: "2026-01-02T03:04:05Z", coverage: coverage,
                listeners: listeners),
            services: services
        ).text
    }

    @Test func `the table shows who listens where, and what was not seen`() {
        let container = String(repeating: "3fa9", count: 16)
        let nginx = (10...14).map { ProcessIdentity(pid: $0, name: "nginx", user: "www-data") }
        let text = table(
            [
                Listener(
                    .tcp, .dual, .v6(high: 0, low: 0), 22,
                    owners: [
                        ProcessIdentity(pid: 1, name: "systemd", user: "root"),
                        ProcessIdentity(pid: 812, name: "sshd", user: "root"),
                    ], unit: "ssh.service", queue: AcceptQueue(waiting: 0, limit: 128)),
                Listener(
                    .tcp, .ipv4, .v4(0), 80, owners: nginx, container: container,
                    queue: AcceptQueue(waiting: 129, limit: 128)),
                Listener(.tcp, .ipv6, .v6(high: 0, low: 0), 8080, userID: 1000),
                Listener(.udp, .ipv4, .v4(0x7f00_0035), 53, device: "lo", userID: 991),
                Listener(.udp, .ipv6OrDual, .v6(high: 0, low: 0), 5353),
            ],
            [
                CoverageGap(.owners, reason: "41 processes hidden"),
                CoverageGap(.firewall, reason: "firewall rules were not read"),
            ])
        #expect(
            text == """
                web1: 3 TCP and 2 UDP listeners, 2026-01-02T03:04:05Z

                PROTO  ADDRESS          PORT  SERVICE  DEVICE  PROCESS                USER      UNIT         CONTAINER     QUEUE
                tcp    any IPv4+IPv6    22    ssh              systemd(1), sshd(812)  root      ssh.service
                tcp    any IPv4         80    http             nginx(10,11,12,+2)     www-data               3fa93fa93fa9  full: 129 wait, limit 128
                tcp    any IPv6         8080                   not visible            uid 1000
                udp    127.0.0.53       53    domain   lo      not visible            uid 991
                udp    any IPv6, IPv4?  5353                   not visible

                Not seen:
                  owners    41 processes hidden
                  firewall  firewall rules were not read

                """)
    }

    @Test func `columns that nobody fills are left out`() {
        let text = table([Listener(.tcp, .ipv4, .v4(0), 9999)])
        #expect(
            text == """
                web1: 1 TCP and 0 UDP listeners, 2026-01-02T03:04:05Z

                PROTO  ADDRESS   PORT  PROCESS
                tcp    any IPv4  9999  no process

                """)
    }

    @Test func `a host without listeners has no table`() {
        #expect(table([]) == "web1: 0 TCP and 0 UDP listeners, 2026-01-02T03:04:05Z\n")
    }

    @Test func `hostile text stays on its line`() {
        let evil = ProcessIdentity(pid: 7, name: "x\u{1b}[2J\n\u{202e}y", user: "a\tb")
        let text = table(
            [Listener(.tcp, .ipv4, .v4(0), 22, owners: [evil], unit: "u\n.service")],
            [CoverageGap(.owners, reason: "a\nb")])
        #expect(text.split(separator: "\n").count == 5)
        #expect(text.contains("x\\u{1B}[2J\\n\\u{202E}y(7)  a\\tb  u\\n.service"))
        #expect(text.contains("owners  a\\nb"))
    }
}
