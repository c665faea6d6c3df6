import Prober
import Testing

@testable import Reconcile

@Suite struct ListenerIndexTests {
    static let addresses = [
        HostAddress("127.0.0.1", prefixLength: 8, interface: "lo"),
        HostAddress("::1", prefixLength: 128, interface: "lo"),
        HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0"),
        HostAddress("203.0.113.11", prefixLength: 24, interface: "eth1"),
        HostAddress("2001:db8::10", prefixLength: 64, interface: "eth0"),
    ]

    /// The kind of a view, without its listeners.
    enum Kind: Equatable {
        case listening(ListenerView.Reach)
        case loopbackOnly, inNamespace, elsewhere, none, changed
        case unknown([ListenerView.Doubt])

        init(_ view: ListenerView) {
            self =
                switch view {
                case .listening(_, let reach): .listening(reach)
                case .loopbackOnly: .loopbackOnly
                case .inNamespace: .inNamespace
                case .elsewhere: .elsewhere
                case .none: .none
                case .unknown(let doubts, _): .unknown(doubts)
                case .changed: .changed
                }
        }
    }

    private static func socket(
        _ family: Listener.Family, _ address: IPAddress, device: String? = nil,
        namespace: String? = nil
    ) -> Listener {
        Listener(.tcp, family, address, 22, device: device, namespace: namespace)
    }

    @Test(
        "a bind is judged for the destination",
        arguments: [
            (socket(.ipv4, "0.0.0.0"), "203.0.113.10" as IPAddress, Kind.listening(.wildcard)),
            (socket(.ipv4, "0.0.0.0"), "127.0.0.1", .listening(.wildcard)),
            (socket(.ipv4, "0.0.0.0"), "2001:db8::10", .elsewhere),
            (socket(.ipv6, "::"), "2001:db8::10", .listening(.wildcard)),
            (socket(.ipv6, "::"), "203.0.113.10", .elsewhere),
            (socket(.dual, "::"), "203.0.113.10", .listening(.wildcard)),
            (socket(.dual, "::"), "2001:db8::10", .listening(.wildcard)),
            (socket(.ipv6OrDual, "::"), "2001:db8::10", .listening(.wildcard)),
            (socket(.ipv6OrDual, "::"), "203.0.113.10", .unknown([.dualStackUnknown])),
            (socket(.ipv6, "::ffff:0.0.0.0"), "203.0.113.10", .listening(.wildcard)),
            (socket(.ipv6, "::ffff:0.0.0.0"), "2001:db8::10", .elsewhere),
            (socket(.ipv4, "203.0.113.10"), "203.0.113.10", .listening(.address)),
            (socket(.ipv4, "203.0.113.10"), "203.0.113.11", .elsewhere),
            (socket(.ipv4, "203.0.113.10"), "127.0.0.1", .elsewhere),
            (socket(.ipv4, "203.0.113.10"), "2001:db8::10", .elsewhere),
            (socket(.ipv4, "203.0.113.10"), "198.51.100.9", .unknown([.addressNotOfHost])),
            (socket(.ipv4, "0.0.0.0"), "198.51.100.9", .unknown([.addressNotOfHost])),
            (socket(.dual, "::"), "198.51.100.9", .unknown([.addressNotOfHost])),
            (socket(.ipv4, "127.0.0.1"), "198.51.100.9", .unknown([.addressNotOfHost])),
            (socket(.ipv6, "2001:db8::10"), "198.51.100.9", .unknown([.addressNotOfHost])),
            (socket(.ipv4, "198.51.100.9"), "198.51.100.9", .unknown([.addressNotOfHost])),
            (
                socket(.ipv4, "0.0.0.0", namespace: "red"), "198.51.100.9",
                .unknown([.addressNotOfHost])
            ),
            (socket(.ipv4, "127.0.0.77"), "127.0.0.77", .listening(.loopback)),
            (socket(.ipv6, "::ffff:203.0.113.10"), "203.0.113.10", .listening(.address)),
            (socket(.ipv4, "127.0.0.1"), "203.0.113.10", .loopbackOnly),
            (socket(.ipv6, "::1"), "203.0.113.10", .loopbackOnly),
            (socket(.ipv6, "::ffff:127.0.0.1"), "203.0.113.10", .loopbackOnly),
            (socket(.ipv6, "::ffff:127.0.0.1"), "127.0.0.1", .listening(.loopback)),
            (socket(.ipv4, "127.0.0.1"), "127.0.0.1", .listening(.loopback)),
            (socket(.ipv4, "127.0.0.53"), "127.0.0.1", .elsewhere),
            (socket(.ipv4, "127.0.0.53"), "127.0.0.53", .listening(.loopback)),
            (socket(.ipv6, "::1"), "127.0.0.1", .elsewhere),
            (socket(.ipv6, "2001:db8::1"), "2001:db8::10", .elsewhere),
            (socket(.ipv4, "0.0.0.0", device: "eth0"), "203.0.113.10", .listening(.wildcard)),
            (
                socket(.ipv4, "0.0.0.0", device: "eth1"), "203.0.113.10",
                .unknown([.device("eth1")])
            ),
            (socket(.ipv4, "0.0.0.0", device: "lo"), "203.0.113.10", .loopbackOnly),
            (socket(.ipv4, "0.0.0.0", device: "lo"), "127.0.0.1", .listening(.loopback)),
            (socket(.ipv4, "0.0.0.0", device: "eth0"), "127.0.0.1", .elsewhere),
            (socket(.ipv4, "0.0.0.0", namespace: "red"), "203.0.113.10", .elsewhere),
        ])
    func view(of listener: Listener, at address: IPAddress, is expected: Kind) {
        let report = HostReport(
            hostname: "web1", collected: "", addresses: Self.addresses, listeners: [listener])
        let view = ListenerIndex(report).view(of: .tcp, 22, at: address)
        #expect(Kind(view) == expected)
        #expect(view.listeners == (expected == .none ? [] : [listener]))
    }

    @Test func `a port without a listener has none, and other transports do not count`() {
        let index = ListenerIndex(
            HostReport(
                hostname: "web1", collected: "", addresses: Self.addresses,
                listeners: [Listener(.udp, .ipv4, "0.0.0.0", 22)]))
        #expect(index.view(of: .tcp, 22, at: "203.0.113.10") == .none)
        #expect(index.view(of: .udp, 23, at: "203.0.113.10") == .none)
    }

    @Test func `nothing is known of a port at an address that the host does not have`() {
        let index = ListenerIndex(
            HostReport(hostname: "web1", collected: "", addresses: Self.addresses))
        #expect(index.view(of: .tcp, 22, at: "198.51.100.9") == .unknown([.addressNotOfHost], []))
        #expect(index.view(of: .tcp, 22, at: "::ffff:203.0.113.10") == .none)
    }

    @Test func `absence proves nothing where the report misses listeners`() {
        let listener = Self.socket(.ipv4, "127.0.0.1")
        let index = ListenerIndex(
            HostReport(
                hostname: "web1", collected: "",
                coverage: [
                    CoverageGap(.listeners, reason: "/proc is hidden"),
                    CoverageGap(.owners, reason: "not root"),
                ], addresses: Self.addresses,
                listeners: [listener, Listener(.tcp, .ipv4, "0.0.0.0", 80)]))
        let doubt = ListenerView.Doubt.listenersMissing("/proc is hidden")
        #expect(index.view(of: .tcp, 23, at: "203.0.113.10") == .unknown([doubt], []))
        #expect(index.view(of: .tcp, 22, at: "203.0.113.10") == .unknown([doubt], [listener]))
        #expect(Kind(index.view(of: .tcp, 80, at: "203.0.113.10")) == .listening(.wildcard))
    }

    @Test func `missing owners do not make a listener doubtful`() {
        let index = ListenerIndex(
            HostReport(
                hostname: "web1", collected: "",
                coverage: [CoverageGap(.owners, reason: "not root")], addresses: Self.addresses))
        #expect(index.view(of: .tcp, 22, at: "203.0.113.10") == .none)
    }

    @Test func `without a report nothing is known`() {
        #expect(
            ListenerIndex(nil).view(of: .tcp, 22, at: "203.0.113.10") == .unknown([.noReport], []))
    }

    @Test func `without the host's addresses a bound address may be the translated one`() {
        let index = ListenerIndex(
            HostReport(
                hostname: "web1", collected: "",
                listeners: [Self.socket(.ipv4, "10.0.0.5")]))
        #expect(
            Kind(index.view(of: .tcp, 22, at: "203.0.113.10")) == .unknown([.hostAddressesUnknown]))
    }

    @Test func `the most specific listener has the connection`() {
        let wild = Self.socket(.ipv4, "0.0.0.0")
        let bound = Self.socket(.ipv4, "203.0.113.10")
        let index = ListenerIndex(
            HostReport(
                hostname: "web1", collected: "", addresses: Self.addresses,
                listeners: [wild, bound]))
        #expect(index.view(of: .tcp, 22, at: "203.0.113.10") == .listening([bound], .address))
        #expect(index.view(of: .tcp, 22, at: "203.0.113.11") == .listening([wild], .wildcard))
    }

    private static func partial(
        _ family: Listener.Family?, _ port: PartialListener.Port
    ) -> PartialListener {
        PartialListener(.tcp, family, .wildcard, port)
    }

    @Test(
        "a socket known in part makes its port uncertain, and no other",
        arguments: [
            (partial(nil, .number(22)), UInt16(22), "203.0.113.10" as IPAddress, true),
            (partial(nil, .number(22)), 23, "203.0.113.10", false),
            (partial(.ipv6, .number(22)), 22, "203.0.113.10", false),
            (partial(.ipv6, .number(22)), 22, "2001:db8::10", true),
            (partial(nil, .name("compressnet", PortSet([2...3]))), 3, "203.0.113.10", true),
            (partial(nil, .name("compressnet", PortSet([2...3]))), 4, "203.0.113.10", false),
            (partial(nil, .name("nobody-knows", PortSet())), 4, "203.0.113.10", true),
        ])
    func doubt(
        from listener: PartialListener, on port: UInt16, at address: IPAddress, is expected: Bool
    ) {
        let index = ListenerIndex(
            HostReport(
                hostname: "", collected: "", addresses: Self.addresses,
                partialListeners: [listener]))
        let kind = Kind(index.view(of: .tcp, port, at: address))
        #expect(kind == (expected ? .unknown([.partial(listener)]) : .none))
    }

    @Test func `a gap of one transport or family leaves the others certain`() {
        let gap = CoverageGap(.listeners, reason: "no UDP", transport: .udp)
        let other = CoverageGap(.listeners, reason: "no IPv6", transport: .tcp, family: .ipv6)
        let index = ListenerIndex(
            HostReport(
                hostname: "", collected: "", coverage: [gap, other], addresses: Self.addresses))
        #expect(Kind(index.view(of: .tcp, 22, at: "203.0.113.10")) == .none)
        #expect(
            Kind(index.view(of: .udp, 22, at: "203.0.113.10"))
                == .unknown([.listenersMissing("no UDP")]))
        #expect(
            Kind(index.view(of: .tcp, 22, at: "2001:db8::10"))
                == .unknown([.listenersMissing("no IPv6")]))
    }

    @Test func `what a scan saw is no listener`() {
        var seen = Self.socket(.ipv4, "203.0.113.10")
        seen.remarks = [.seenFromOutside]
        let index = ListenerIndex(
            HostReport(
                hostname: "", collected: "", addresses: Self.addresses, listeners: [seen]))
        #expect(Kind(index.view(of: .tcp, 22, at: "203.0.113.10")) == .none)
        #expect(index.ports(over: .tcp).isEmpty)
    }
}
