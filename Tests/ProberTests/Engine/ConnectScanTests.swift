import Prober
import SystemPackage
import TestSupport
import Testing

/// Scans of this process's own sockets on loopback: the engine, the threads and the hand-over.
@Suite(.serialized) struct ConnectScanTests {
    private static let loopback = IPAddress.v4(0x7f00_0001)
    private static let ipv6Loopback = IPAddress.v6(high: 0, low: 1)

    private static func scan(
        _ addresses: [IPAddress], _ ports: PortSet, configure: (inout ScanPlan) -> Void = { _ in }
    ) throws -> (observations: [Observation], ending: Scan.Ending) {
        let targets = TargetSet(addresses.map { AddressRange($0) })
        let space = try #require(ProbeSpace(targets, PortSpec(tcp: ports)))
        var plan = ScanPlan(space, seed: 1)
        configure(&plan)
        let signals = try SignalDescriptor()
        var observations: [Observation] = []
        let ending = try Scan(plan).run(until: signals) { batch, _ in
            observations += batch
            return true
        }
        return (observations, ending)
    }

    @Test("an open and a closed port are told apart in both families", arguments: [true, false])
    func openAndClosed(isIPv4: Bool) throws {
        let address = isIPv4 ? Self.loopback : Self.ipv6Loopback
        let open = try ListeningSocket(address)
        let closed = try ListeningSocket(address).port
        let (observations, _) = try Self.scan([address], PortSet(ports: [open.port, closed]))
        let evidence = Dictionary(uniqueKeysWithValues: observations.map { ($0.endpoint.port, $0) })
        #expect(evidence[open.port]?.evidence == .handshake)
        #expect(evidence[open.port]?.roundTrip != nil)
        #expect(evidence[closed]?.evidence == .reset)
        #expect(evidence[closed]?.state == .closed)
    }

    @Test("every endpoint is observed once", arguments: [1, 2, 5])
    func eachOnce(workers: Int) throws {
        let (observations, ending) = try Self.scan(
            [Self.loopback, Self.ipv6Loopback], PortSet([1...4000])
        ) {
            $0.workers = workers
            $0.inFlight = 100
        }
        #expect(ending.unobserved == 0)
        #expect(observations.count == 8000)
        #expect(Set(observations.map(\.endpoint)).count == 8000)
    }

    @Test func `one probe in flight finds the same as many`() throws {
        let open = try ListeningSocket(Self.loopback)
        let around = PortSet([(open.port - 20)...(open.port + 20)])
        let (few, _) = try Self.scan([Self.loopback], around) {
            $0.workers = 1
            $0.inFlight = 1
        }
        #expect(few.first { $0.endpoint.port == open.port }?.state == .open)
        #expect(few.count == 41)
    }

    /// A full accept queue drops what would complete: from outside that is silence.
    @Test func `silence ends after all attempts, with every SYN counted`() throws {
        let full = try ListeningSocket(Self.loopback, backlog: 0)
        let waiting = try ListeningSocket.Connection(to: Self.loopback, port: full.port)
        let (observations, _) = try Self.scan([Self.loopback], PortSet(ports: [full.port])) {
            $0.timeout = .milliseconds(60)
            $0.retries = 2
        }
        withExtendedLifetime(waiting) {
            #expect(observations.map(\.evidence) == [.silence])
            #expect(observations.map(\.attempts) == [3])
            #expect(observations.map(\.state) == [.filtered])
        }
    }

    @Test func `a source address that is not ours is a local failure`() throws {
        let (observations, _) = try Self.scan([Self.loopback], PortSet(ports: [9])) {
            $0.sources = [.v4(0xc000_0201)]
        }
        #expect(observations.map(\.state) == [.notTested])
        guard
            case .localFailure(.system(.bind, .addressNotAvailable)) = observations.first?.evidence
        else {
            Issue.record("\(observations)")
            return
        }
    }

    @Test func `a scan that is stopped accounts for what it did not ask`() throws {
        let space = try #require(
            ProbeSpace(TargetSet([AddressRange(Self.loopback)]), PortSpec(tcp: .all)))
        var plan = ScanPlan(space, seed: 1)
        plan.rate = .perSecond(500)
        let signals = try SignalDescriptor()
        var tally = ScanTally(requested: plan.requested)
        let ending = try Scan(plan).run(until: signals) { batch, _ in
            for observation in batch { tally.add(observation) }
            return tally.observed < 50
        }
        #expect(ending.unobserved > 0)
        tally.addUnobserved(ending.unobserved)
        #expect(tally.observed == tally.requested)
        #expect(!tally.isComplete)
    }

    @Test func `a scan of nothing ends at once`() throws {
        let (observations, ending) = try Self.scan([], PortSet([1...10]))
        #expect(observations.isEmpty)
        #expect(ending.unobserved == 0)
    }
}
