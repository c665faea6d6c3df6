import Prober
import Testing

@testable import Reconcile

@Suite struct PolicyPartitionTests {
    @Test(arguments: UInt64(0)..<50)
    func `parts agree with the stance of every port`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        func ports() -> PortSet {
            PortSet(
                (0..<3).map { _ in
                    let low = UInt16.random(in: 0...90, using: &generator)
                    return low...(low + UInt16.random(in: 0...20, using: &generator))
                })
        }
        let block = try #require(AddressRange(block: "198.51.100.0", prefixLength: 24))
        let policy = Policy(
            (0..<4).map { number in
                Expectation(
                    isOpen: Bool.random(using: &generator),
                    ports: PortSpec(tcp: ports(), udp: ports()),
                    from: number == 1 ? [block] : [], reason: "\(number)")
            })
        let sources: [[IPAddress]] = [[], ["198.51.100.2"], ["192.0.2.1"], ["2001:db8::1"]]
        let source = FlowSource(toward: "203.0.113.10", from: sources[Int(seed % 4)])
        for transport in Transport.allCases {
            let asked = ports()
            let parts = policy.parts(of: asked, over: transport, from: source)
            #expect(parts.reduce(0) { $0 + $1.ports.count } == asked.count)
            for (stance, ports) in parts {
                for port in ports {
                    #expect(policy.stance(on: transport, port, from: source) == stance)
                }
            }
        }
    }

    private static let office = AddressRange(block: "198.51.100.0", prefixLength: 24)
    private static let officeIPv6 = AddressRange(block: "2001:db8:a::", prefixLength: 48)

    @Test(
        "a declaration holds for the source of the flow",
        arguments: [
            ("203.0.113.10", ["198.51.100.2"], "open"), ("203.0.113.10", ["192.0.2.1"], "rest"),
            // What the vantage sends over IPv6 says nothing of what it sends over IPv4.
            ("203.0.113.10", ["192.0.2.1", "2001:db8:a::1"], "rest"),
            ("2001:db8::10", ["192.0.2.1", "2001:db8:a::1"], "open"),
            ("2001:db8::10", ["198.51.100.2", "2001:db8:b::1"], "rest"),
            ("2001:db8::10", ["198.51.100.2"], "undecided"),
            ("203.0.113.10", ["2001:db8:a::1"], "undecided"), ("203.0.113.10", [], "undecided"),
            ("203.0.113.10", ["198.51.100.2", "198.51.100.3"], "open"),
            ("203.0.113.10", ["198.51.100.2", "192.0.2.1"], "undecided"),
            ("::ffff:203.0.113.10", ["198.51.100.2", "2001:db8:b::1"], "open"),
            // A probe to loopback comes from there, whatever the scan says of others.
            ("127.0.0.1", ["198.51.100.2"], "rest"), ("127.0.0.1", [], "rest"), ("::1", [], "rest"),
        ] as [(IPAddress, [IPAddress], String)])
    func source(toward address: IPAddress, from sources: [IPAddress], is expected: String) throws {
        let ports = PortSet([22...22])
        let blocks = try [#require(Self.office), #require(Self.officeIPv6)]
        let policy = Policy([
            Expectation(isOpen: true, ports: PortSpec(tcp: ports), from: blocks)
        ])
        let parts = policy.parts(
            of: ports, over: .tcp, from: FlowSource(toward: address, from: sources))
        let names = parts.map { part in
            switch part.stance {
            case .open: "open"
            case .closed: "closed"
            case .undeclared: "rest"
            case .undecided: "undecided"
            }
        }
        #expect(names == [expected])
    }

    @Test(
        "a probe to loopback comes from loopback, and no other one does",
        arguments: [
            ("127.0.0.1", ["198.51.100.2"], ["127.0.0.1"]), ("127.0.0.9", [], ["127.0.0.1"]),
            ("127.0.0.9", ["127.0.0.2"], ["127.0.0.2"]), ("::1", ["127.0.0.1"], ["::1"]),
            ("::ffff:127.0.0.1", [], ["127.0.0.1"]), ("203.0.113.10", ["127.0.0.1"], []),
            ("203.0.113.10", ["::ffff:198.51.100.2"], ["198.51.100.2"]),
        ] as [(IPAddress, [IPAddress], [IPAddress])])
    func addresses(
        toward address: IPAddress, from sources: [IPAddress], are expected: [IPAddress]
    ) {
        #expect(FlowSource(toward: address, from: sources).addresses == expected)
    }

    @Test(
        "sources that need not be known",
        arguments: [
            ([AddressRange(block: "0.0.0.0", prefixLength: 0)], false, "open"),
            ([office], true, "undeclared"), ([officeIPv6], false, "undeclared"),
        ] as [([AddressRange?], Bool, String)])
    func needless(_ blocks: [AddressRange?], isRest: Bool, expected: String) {
        let ports = PortSet([22...22])
        let expectation = Expectation(
            isOpen: !isRest, ports: PortSpec(tcp: ports), from: blocks.compactMap { $0 },
            isRest: isRest)
        let parts = Policy([expectation]).parts(
            of: ports, over: .tcp, from: FlowSource(toward: "203.0.113.10", from: []))
        #expect(parts.map(\.stance) == [expected == "open" ? .open(expectation) : .undeclared])
    }
}

extension Policy {
    /// The stance on one port, the slow and plain way.
    fileprivate func stance(
        on transport: Transport, _ port: UInt16, from source: FlowSource
    ) -> Stance {
        for expectation in expectations where expectation.ports[transport].contains(port) {
            switch expectation.coverage(of: source) {
            case .covered: return expectation.isOpen ? .open(expectation) : .closed(expectation)
            case .unknown: return .undecided(expectation)
            case .notCovered: continue
            }
        }
        return .undeclared
    }
}
