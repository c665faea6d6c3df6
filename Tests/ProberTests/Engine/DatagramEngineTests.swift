import BasicContainers
import SystemPackage
import Testing

@testable import Prober

/// The engine on loopback, turned by hand.
@Suite(.serialized) struct DatagramEngineTests {
    private static func plan(
        _ addresses: [IPAddress], _ ports: PortSet, configure: (inout ScanPlan) -> Void = { _ in }
    ) throws -> ScanPlan {
        let targets = TargetSet(addresses.map { AddressRange($0) })
        var plan = ScanPlan(try #require(ProbeSpace(targets, PortSpec(udp: ports))), seed: 1)
        plan.timeout = .milliseconds(20)
        plan.datagrams.budget = .milliseconds(200)
        configure(&plan)
        return plan
    }

    /// Turns an engine of `plan` to its end, and gives what it found.
    private static func run(
        _ plan: ScanPlan, drainAfter: Int = .max
    ) throws -> (observations: [Observation], facts: DatagramFacts) {
        var engine = try DatagramEngine(plan, on: .read(), at: .now())
        var observations: [Observation] = []
        let end = MonotonicTime.now().advanced(byNanoseconds: 20_000_000_000)
        var turns = 0
        while !engine.isFinished, MonotonicTime.now() < end {
            if turns == drainAfter { engine.drain(at: .now()) }
            engine.turn(at: .now(), patience: 1_000_000)
            for index in 0..<engine.outcomes.count { observations.append(engine.outcomes[index]) }
            engine.outcomes.removeAll()
            turns += 1
        }
        let isFinished = engine.isFinished
        #expect(isFinished)
        return (observations, engine.facts)
    }

    private static let loopback: [IPAddress] = [.v4(0x7f00_0001), .v6(high: 0, low: 1)]

    @Test func `the port of DHCP servers is asked in both families`() throws {
        let (observations, _) = try Self.run(
            try Self.plan(Self.loopback, PortSet([67...67])))
        #expect(observations.count == 2)
        #expect(observations.allSatisfy { $0.state != .notTested }, "\(observations)")
    }

    /// A queued error swallows the next datagram; without sending it again half would be lost.
    @Test("every closed port of loopback is proven closed, with one request", arguments: [0, 1])
    func closed(family: Int) throws {
        let ports = PortSet([2000...9999])
        let (observations, _) = try Self.run(try Self.plan([Self.loopback[family]], ports))
        #expect(observations.count == 8000)
        #expect(Set(observations.map(\.endpoint)).count == 8000)
        let closed = observations.filter { $0.state == .closed }
        // Something may listen here, but not much.
        #expect(closed.count > 7950)
        #expect(closed.filter { $0.attempts == 1 }.count > 7900)
        #expect(closed.allSatisfy { $0.roundTrip != nil })
    }

    @Test func `a datagram that cannot leave is a failure here, and nothing else`() throws {
        // To a broadcast address the kernel sends only on request (socket(7), SO_BROADCAST).
        let ports = PortSet([2000...2099])
        let (observations, facts) = try Self.run(try Self.plan([.v4(0x7fff_ffff)], ports))
        #expect(observations.count == 100)
        #expect(
            observations.allSatisfy {
                $0.evidence == .localFailure(.system(.send, .permissionDenied)) && $0.attempts == 0
            })
        #expect(facts.resent == 0)
    }

    @Test func `the ports that the scan itself sends from are asked too`() throws {
        let machine = LocalMachine.read()
        let (observations, _) = try Self.run(
            try Self.plan([Self.loopback[0]], PortSet([machine.ephemeralPorts])))
        #expect(observations.count == machine.ephemeralPorts.count)
        #expect(Set(observations.map(\.endpoint)).count == observations.count)
        #expect(observations.allSatisfy { $0.state != .notTested })
        #expect(!observations.contains { $0.state == .open })
    }

    @Test("a scan that is stopped hands over only what it asked", arguments: [0, 1, 5])
    func drained(turns: Int) throws {
        let plan = try Self.plan([Self.loopback[0]], PortSet([2000...9999])) {
            $0.rate = .perSecond(2000)
        }
        let (observations, _) = try Self.run(plan, drainAfter: turns)
        #expect(observations.count < 8000)
        #expect(Set(observations.map(\.endpoint)).count == observations.count)
    }

    @Test func `waves follow each other until every address was asked`() throws {
        // One wave has at most 65,536 addresses.
        let first = IPAddress.v4(0x7f10_0000)
        let range = try #require(AddressRange(first, through: .v4(0x7f10_0000 + 65_999)))
        let space = try #require(
            ProbeSpace(TargetSet([range]), PortSpec(udp: PortSet(ports: [2000]))))
        let (observations, _) = try Self.run(ScanPlan(space, seed: 1))
        #expect(observations.count == 66_000)
        #expect(Set(observations.map(\.endpoint)).count == 66_000)
        #expect(observations.allSatisfy { $0.state == .closed })
    }
}
