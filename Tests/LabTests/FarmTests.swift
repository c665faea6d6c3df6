import Testing

/// Real daemons, as a scan from outside sees them.
@Suite(
    .serialized, FarmTrait(),
    .enabled(
        if: Farm.isPossible, "needs root, namespaces, a tunnel device and `scripts/farm install`"))
struct FarmTests {
    @Test("every daemon is seen as it is", arguments: Farm.Family.allCases)
    func everyDaemon(over family: Farm.Family) throws {
        let farm = try #require(Farm.current)
        let ports = "udp:" + farm.ports.map { "\($0.number)" }.joined(separator: ",")
        let said = try farm.scan(over: family, ports: ports)
        for port in farm.ports {
            #expect(
                said[port.number] == port.outcomes[family], "\(port.daemon), port \(port.number)")
        }
        #expect(said.count == farm.ports.count)
    }

    /// Among many closed ports, of which the host tells only a few.
    @Test("the common ports hold every daemon, and none is closed that listens")
    func commonPorts() throws {
        let farm = try #require(Farm.current)
        let said = try farm.scan(over: .ipv4, ports: "udp:common")
        for port in farm.ports {
            #expect(
                said[port.number] == port.outcomes[.ipv4], "\(port.daemon), port \(port.number)")
        }
        let listening = Set(farm.ports.map(\.number))
        let open = said.filter { $0.value.hasPrefix("open ") }.keys
        #expect(listening.isSuperset(of: open), "\(open.sorted())")
    }
}
