import Prober

@testable import Reconcile

extension Witness {
    /// A witness that lost nothing, of the host 203.0.113.10 and 2001:db8:b::10.
    static func of(
        _ arrivals: [Arrival], from started: Int64 = 0, to ended: Int64? = 60_000,
        boot: String? = "one"
    ) -> Witness {
        var witness = Witness(
            started: started, host: "web1", boot: boot,
            addresses: TargetSet([AddressRange("203.0.113.10"), AddressRange("2001:db8:b::10")]),
            interface: "any", sources: nil, ports: PortSpec(tcp: .all, udp: .all), filter: "udp")
        witness.arrivals = arrivals
        witness.ended = ended
        witness.isComplete = ended != nil
        witness.packets = arrivals.reduce(0) { $0 + $1.packets * UInt64($1.ports.count) }
        witness.dropped = 0
        return witness
    }

    /// The bytes of the file.
    var fileBytes: [UInt8] {
        var bytes: [UInt8] = []
        writeHeader(to: &bytes)
        writeRest(to: &bytes)
        return bytes
    }

    /// A witness of random but possible parts.
    static func random(using generator: inout SplitMix64) -> Witness {
        let addresses: [IPAddress] = ["203.0.113.10", "198.51.100.2", "203.0.113.11"]
        func address() -> IPAddress { addresses[Int.random(in: 0..<3, using: &generator)] }
        let arrivals = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
            let low = UInt16.random(in: 1...60_000, using: &generator)
            let first = Int64.random(in: 0...4_000_000_000_000, using: &generator)
            return Arrival(
                address(), to: address(), Bool.random(using: &generator) ? .tcp : .udp,
                PortSet([low...(low + UInt16.random(in: 0...99, using: &generator))]),
                packets: UInt64.random(in: 1...9, using: &generator),
                sourcePorts: low...(low + 7), first: first,
                last: first + Int64.random(in: 0...99_999, using: &generator),
                answers: Arrival.Answers(rawValue: UInt8.random(in: 0...15, using: &generator)))
        }
        var witness = Witness.of(
            arrivals, from: Int64.random(in: 0...4_000_000_000_000, using: &generator),
            boot: Bool.random(using: &generator) ? "a \"b\"\n" : nil)
        if Bool.random(using: &generator) { witness.host = nil }
        if Bool.random(using: &generator) { witness.dropped = nil }
        if Bool.random(using: &generator) {
            witness.sources = TargetSet([AddressRange("198.51.100.2")])
        }
        witness.uncounted = UInt64.random(in: 0...3, using: &generator)
        witness.isComplete = Bool.random(using: &generator)
        return witness
    }
}
