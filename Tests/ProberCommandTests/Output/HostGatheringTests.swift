import Prober
import Testing

@testable import ProberCommand

@Suite struct HostGatheringTests {
    private struct Seen: Hashable {
        var endpoint: Endpoint
        var evidence: Evidence
    }

    /// Observations of random endpoints, each once, in random order.
    private func observations(_ generator: inout SplitMix64) -> [Observation] {
        var all: [Observation] = []
        for host in 0..<UInt32.random(in: 1...12, using: &generator) {
            for port in UInt16(1)...40 {
                let evidence: Evidence = [.reset, .silence, .handshake][
                    Int.random(in: 0..<3, using: &generator)]
                all.append(
                    Observation(
                        Endpoint(.v4(0xcb00_7100 + host), .tcp, port), evidence, attempts: 1,
                        sentAt: MonotonicTime(nanoseconds: 0)))
            }
        }
        return all.shuffled(using: &generator)
    }

    @Test(
        "every host comes once, with everything that was seen of it, however much fits in memory",
        arguments: UInt64(0)..<20)
    func gathering(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let all = observations(&generator)
        for limit in [7, 100, 1_000_000] {
            var gathering = HostGathering(limit: limit)
            let (known, fresh) = (all.prefix(all.count / 3), all.dropFirst(all.count / 3))
            try gathering.add(
                known: known.map {
                    ObservationGroup(
                        $0.endpoint.address, .tcp, PortSet(ports: [$0.endpoint.port]), $0.evidence,
                        attempts: 1)
                })
            for observation in fresh { try gathering.add([observation]) }
            var addresses: [IPAddress] = []
            var seen: Set<Seen> = []
            var count = 0
            try gathering.forEachHost { address, groups in
                addresses.append(address)
                for group in groups {
                    #expect(group.address == address)
                    count += group.ports.count
                    for port in group.ports {
                        seen.insert(
                            Seen(endpoint: Endpoint(address, .tcp, port), evidence: group.evidence))
                    }
                }
            }
            #expect(addresses == Set(all.map(\.endpoint.address)).sorted())
            #expect(seen == Set(all.map { Seen(endpoint: $0.endpoint, evidence: $0.evidence) }))
            #expect(count == all.count)
        }
    }
}
