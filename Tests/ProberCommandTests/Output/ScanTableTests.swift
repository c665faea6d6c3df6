import Prober
import Testing

@testable import ProberCommand

@Suite struct ScanTableTests {
    private static let web = IPAddress.v4(0xcb00_710a)
    private static let router = IPAddress.v4(0xc633_6401)
    private static let services = ServiceTable(
        parsing: "ssh 22/tcp\nhttps 443/tcp\ndomain 53/udp\nipsec-nat-t 4500/udp")

    private static func table(
        _ groups: [ObservationGroup], requested: UInt128, datagrams: DatagramFacts? = nil
    ) -> ScanTable {
        var tally = ScanTally(requested: requested)
        tally.datagrams = datagrams
        for group in groups {
            for port in group.ports {
                tally.add(
                    Observation(
                        Endpoint(group.address, group.transport, port), group.evidence,
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

    private static func silence(
        _ controls: Silence.Controls, isExpected: Bool = false
    ) -> Evidence {
        .unanswered(Silence(isExpected: isExpected, controls: controls))
    }

    @Test func `UDP rows say who replied, and what silence is worth`() {
        let unreachable = ICMPError(.ipv4, type: 3, code: 3)
        var facts = DatagramFacts()
        facts.controls = 12
        facts.wrongToken = 1
        facts.kernelDrops = 3
        let text = Self.table(
            [
                ObservationGroup(
                    Self.web, .udp, PortSet(ports: [4500]), .reply(.ike), attempts: 1,
                    roundTrip: .microseconds(812)),
                ObservationGroup(
                    Self.web, .udp, PortSet(ports: [9999]), .reply(nil), attempts: 2,
                    roundTrip: .microseconds(500)),
                ObservationGroup(
                    Self.web, .udp, PortSet(ports: [53]), .reply(.dns), attempts: 1,
                    roundTrip: .microseconds(412)),
                ObservationGroup(
                    Self.web, .tcp, PortSet(ports: [22]), .handshake, attempts: 1,
                    roundTrip: .microseconds(300)),
                ObservationGroup(
                    Self.web, .udp, PortSet([1...40]),
                    .icmp(unreachable, reporter: Self.web), attempts: 1),
                ObservationGroup(
                    Self.web, .udp, PortSet(ports: [41]),
                    .icmp(unreachable, reporter: Self.router), attempts: 1),
                ObservationGroup(
                    Self.web, .udp, PortSet(ports: [514, 51820]),
                    Self.silence(.answered, isExpected: true), attempts: 3),
                ObservationGroup(
                    Self.web, .udp, PortSet([60...62]), Self.silence(.answered), attempts: 3),
                ObservationGroup(
                    Self.web, .udp, PortSet([70...73]), Self.silence(.limitSpent), attempts: 2),
                ObservationGroup(
                    Self.web, .udp, PortSet([80...84]), Self.silence(.silent), attempts: 2),
                ObservationGroup(
                    Self.web, .udp, PortSet([90...95]), Self.silence(.notAsked), attempts: 1),
            ], requested: 65, datagrams: facts
        ).text
        #expect(
            text == """
                203.0.113.10
                  22/tcp       open           ssh             handshake, 0.3 ms
                  53/udp       open           domain          dns reply, 0.412 ms
                  4500/udp     open           ipsec-nat-t     ike reply, 0.812 ms
                  9999/udp     open                           reply not recognised, 0.5 ms
                  1 port       filtered       ICMP 3/3 port unreachable from 198.51.100.1: 41
                  2 ports      open|filtered  silence-expected: 514,51820
                  3 ports      open|filtered  controls-answered: 60-62
                  4 ports      open|filtered  limit-spent: 70-73
                  5 ports      open|filtered  controls-silent: 80-84
                  6 ports      open|filtered  no answer to 1 request: 90-95
                  40 ports     closed         ICMP 3/3 port unreachable from 203.0.113.10: 1-40

                65 endpoints: 4 open, 40 closed, 1 filtered, 20 open|filtered, 0 not-tested
                85 packets in 1.2 s
                udp: the kernel dropped 3 datagrams that came too fast; ask again with a lower --rate
                udp: 1 reply to other requests than ours: not counted

                """)
    }

    @Test func `no line of a UDP table is longer than the terminal`() {
        let odd = PortSet(ports: stride(from: UInt16(1), to: 60_000, by: 2))
        let even = PortSet(ports: stride(from: UInt16(2), to: 60_000, by: 2))
        let groups = [
            ObservationGroup(
                Self.web, .udp, odd, Self.silence(.answered, isExpected: true), attempts: 3),
            ObservationGroup(
                Self.web, .udp, even,
                .icmp(ICMPError(.ipv4, type: 3, code: 13), reporter: Self.router), attempts: 3),
        ]
        let text = Self.table(
            groups, requested: UInt128(odd.count + even.count), datagrams: DatagramFacts()
        ).text
        let lines = text.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines.allSatisfy { $0.count <= 100 })
        #expect(lines.contains { $0.contains("more") })
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
