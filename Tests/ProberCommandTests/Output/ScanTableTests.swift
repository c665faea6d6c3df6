import Prober
import Testing

@testable import ProberCommand

@Suite struct ScanTableTests {
    private static let web = IPAddress.v4(0xcb00_710a)
    private static let router = IPAddress.v4(0xc633_6401)
    private static let services = ServiceTable(parsing: "ssh 22/tcp\nhttps 443/tcp")

    private static func table(_ groups: [ObservationGroup], requested: UInt128) -> ScanTable {
        var tally = ScanTally(requested: requested)
        for group in groups {
            for port in group.ports {
                tally.add(
                    Observation(
                        Endpoint(group.address, .tcp, port), group.evidence,
                        attempts: group.attempts, sentAt: MonotonicTime(nanoseconds: 0)))
            }
        }
        tally.addUnobserved(requested - tally.observed)
        return ScanTable(
            groups: groups, tally: tally, elapsed: .milliseconds(1234), services: services,
            style: TextStyle(isColored: false))
    }

    @Test func `open ports come first, then the groups, then totals that add up`() {
        let prohibited = Evidence.icmp(
            ICMPError(.ipv4, type: 3, code: 13), reporter: Self.router)
        let text = Self.table(
            [
                ObservationGroup(
                    Self.web, .tcp, PortSet([1...21, 23...100]), .reset, attempts: 1),
                ObservationGroup(
                    Self.web, .tcp, PortSet(ports: [443]), .handshake, attempts: 1,
                    roundTrip: .microseconds(40_400)),
                ObservationGroup(
                    Self.web, .tcp, PortSet(ports: [22]), .handshake, attempts: 1,
                    roundTrip: .microseconds(412)),
                ObservationGroup(Self.web, .tcp, PortSet(ports: [101]), .silence, attempts: 4),
                ObservationGroup(Self.web, .tcp, PortSet(ports: [102]), prohibited, attempts: 1),
            ], requested: 104
        ).text
        #expect(
            text == """
                203.0.113.10
                  22/tcp       open       ssh             handshake, 0.412 ms
                  443/tcp      open       https           handshake, 40.4 ms
                  1 port       filtered   ICMP 3/13 administratively prohibited from 198.51.100.1: 102
                  1 port       filtered   no answer to 4 SYNs: 101
                  99 ports     closed     reset: 1-21,23-100

                104 endpoints: 2 open, 99 closed, 2 filtered, 1 not-tested
                106 SYNs in 1.2 s
                not tested: 1, the scan was stopped first
                incomplete: the scan was stopped

                """)
    }

    @Test func `hosts that look alike share a section`() {
        let hosts = (UInt32(0)..<200).map { host in
            ObservationGroup(
                .v4(0xcb00_7100 + host), .tcp, PortSet(ports: [22, 80]), .silence, attempts: 2)
        }
        let text = Self.table(hosts, requested: 400).text
        #expect(text.contains("200 addresses: 203.0.113.0-203.0.113.199\n"))
        #expect(text.split(separator: "\n").count == 4)
    }

    @Test(
        "ports that do not fit the line are counted",
        arguments: [
            (40, "1,3,5,7,9,11,13,15,17,19,21 and 39 more"), (200, nil), (3, "50 ranges"),
        ])
    func abbreviated(width: Int, expected: String?) {
        let ports = PortSet(ports: stride(from: UInt16(1), to: 100, by: 2))
        let text = ports.abbreviated(to: width)
        #expect(text == expected ?? ports.description)
    }
}
