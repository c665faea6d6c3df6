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
        let sources: [IPAddress] = seed.isMultiple(of: 2) ? ["198.51.100.2"] : []
        for transport in Transport.allCases {
            let asked = ports()
            let parts = policy.parts(of: asked, over: transport, from: sources)
            #expect(parts.reduce(0) { $0 + $1.ports.count } == asked.count)
            for (stance, ports) in parts {
                for port in ports {
                    #expect(policy.stance(on: transport, port, from: sources) == stance)
                }
            }
        }
    }
}
