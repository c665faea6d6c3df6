import Prober
import Testing

@testable import Reconcile

@Suite struct HostHintsTests {
    private static let ipv4: IPAddress = "203.0.113.10"
    private static let ipv6: IPAddress = "2001:db8::10"
    private static let sysctls: [Sysctl: String] = [
        .icmpRateLimit: "1000", .icmpRateMask: "6168", .icmpv6RateLimit: "100",
        .icmpv6RateMask: "0-1,3-127", .ephemeralPorts: "32768 60999",
    ]

    private static func report(
        _ listeners: [Listener] = [], coverage: [CoverageGap] = [],
        sysctls: [Sysctl: String] = sysctls
    ) -> HostReport {
        HostReport(
            hostname: "web1", collected: "", coverage: coverage,
            addresses: ListenerIndexTests.addresses, listeners: listeners, sysctls: sysctls)
    }

    private static func hints(
        _ report: HostReport, of address: IPAddress = ipv4, policy: Policy = Policy(),
        isThroughOwnLink: Bool = false
    ) -> HostHints? {
        report.hints(
            toAsk: TargetSet([AddressRange(address)]), own: TargetSet(), under: policy,
            isThroughOwnLink: isThroughOwnLink)[address]
    }

    private static func udp(
        _ family: Listener.Family, _ address: IPAddress, _ port: UInt16 = 5000,
        device: String? = nil, namespace: String? = nil
    ) -> Listener {
        Listener(.udp, family, address, port, device: device, namespace: namespace)
    }

    @Test(
        "a port is bound at an address when a socket takes datagrams to it",
        arguments: [
            (udp(.ipv4, "0.0.0.0"), ipv4, true), (udp(.ipv4, "0.0.0.0"), ipv6, false),
            (udp(.dual, "::"), ipv4, true), (udp(.dual, "::"), ipv6, true),
            (udp(.ipv6, "::"), ipv4, false), (udp(.ipv6OrDual, "::"), ipv4, false),
            (udp(.ipv4, "203.0.113.10"), ipv4, true), (udp(.ipv4, "203.0.113.11"), ipv4, false),
            (udp(.ipv4, "127.0.0.1"), ipv4, false), (udp(.ipv4, "127.0.0.1"), "127.0.0.1", true),
            (udp(.ipv4, "0.0.0.0", namespace: "red"), ipv4, false),
            (udp(.ipv4, "0.0.0.0", device: "eth0"), ipv4, true),
            (udp(.ipv4, "0.0.0.0", device: "eth1"), ipv4, false),
            (Listener(.tcp, .ipv4, "0.0.0.0", 5000), ipv4, false),
        ])
    func bound(by listener: Listener, at address: IPAddress, is expected: Bool) {
        let hints = Self.hints(Self.report([listener]), of: address)
        #expect(hints?.bound == PortSet(ports: expected ? [5000] : []))
    }

    @Test func `through a link of our own no device lets a datagram in`() {
        let report = Self.report([Self.udp(.ipv4, "0.0.0.0", device: "eth0")])
        #expect(Self.hints(report, isThroughOwnLink: true)?.bound == PortSet())
    }

    @Test(
        "controls are high ports that nothing has and nobody means to open",
        arguments: [
            ("32768 60999", [], [], "61000-65535"),
            ("32768 60999", [udp(.ipv4, "127.0.0.1", 61000)], [65535], "61001-65534"),
            (
                "32768 60999", [udp(.ipv4, "0.0.0.0", 62000, namespace: "red")], [],
                "61000-61999,62001-65535"
            ),
            ("1024 65535", [udp(.ipv4, "0.0.0.0", 50000)], [], "49152-49999,50001-65535"),
            ("50000 65535", [], [], "49152-49999"), ("nonsense", [], [], "49152-65535"),
            ("60999 32768", [], [], "49152-65535"),
        ] as [(String, [Listener], [UInt16], String)])
    func closed(
        besides ephemeral: String, with listeners: [Listener], open: [UInt16], are expected: String
    ) {
        let report = Self.report(listeners, sysctls: [.ephemeralPorts: ephemeral])
        let policy = Policy([
            Expectation(isOpen: true, ports: PortSpec(udp: PortSet(ports: open))),
            Expectation(isOpen: false, ports: PortSpec(udp: PortSet(ports: [63000]))),
        ])
        #expect(Self.hints(report, policy: policy)?.closed.description == expected)
    }

    @Test func `a report that misses listeners knows of no closed port`() {
        let gap = CoverageGap(.listeners, reason: "udp was not read")
        let report = Self.report([Self.udp(.ipv4, "0.0.0.0")], coverage: [gap])
        #expect(Self.hints(report)?.closed == PortSet())
        #expect(Self.hints(report)?.bound == PortSet(ports: [5000]))
        let owners = Self.report(coverage: [CoverageGap(.owners, reason: "not root")])
        #expect(Self.hints(owners)?.closed.isEmpty == false)
    }

    @Test func `addresses that one peer asks share what the host says to it`() {
        let asked = TargetSet(ListenerIndexTests.addresses.map { AddressRange($0.address) })
        let hints = Self.report().hints(toAsk: asked, own: TargetSet())
        #expect(
            hints.mapValues(\.errorInterval) == [
                "127.0.0.1": .zero, "::1": .zero, "203.0.113.10": .seconds(2),
                "203.0.113.11": .seconds(2), "2001:db8::10": .milliseconds(100),
            ])
    }

    @Test func `what does not leave the host has no limit`() {
        let asked = TargetSet([AddressRange(Self.ipv4), AddressRange("203.0.113.11")])
        let hints = Self.report().hints(toAsk: asked, own: TargetSet([AddressRange(Self.ipv4)]))
        #expect(hints[Self.ipv4]?.errorInterval == .zero)
        #expect(hints["203.0.113.11"]?.errorInterval == .seconds(1))
    }

    @Test func `what a report says of its limits is never absurd, and may be nothing`() {
        let slow = Self.report(sysctls: [.icmpRateLimit: "4294967295"])
        #expect(Self.hints(slow)?.errorInterval == .seconds(60))
        let silent = Self.hints(Self.report(sysctls: [:]))
        #expect(silent != nil)
        #expect(silent?.errorInterval == nil)
    }

    @Test func `a report speaks of its own addresses only`() throws {
        let block = try #require(AddressRange(block: "0.0.0.0", prefixLength: 0))
        let hints = Self.report().hints(toAsk: TargetSet([block]), own: TargetSet())
        #expect(Set(hints.keys) == ["127.0.0.1", "203.0.113.10", "203.0.113.11"])
        // Without addresses of its own it speaks of its target, unless that is many hosts.
        let bare = HostReport(hostname: "web1", collected: "", sysctls: Self.sysctls)
        #expect(Self.hints(bare)?.errorInterval == .seconds(1))
        #expect(bare.hints(toAsk: TargetSet([block]), own: TargetSet()).isEmpty)
    }
}
