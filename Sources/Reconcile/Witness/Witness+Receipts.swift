import Prober

extension Witness {
    /// What `witnesses` show of the probes of `survey`, endpoint by endpoint.
    ///
    /// A wrong receipt is worse than none. A probe arrived when it came from an address of the vantage,
    /// from a port that the scan sent from, and in the time of the scan, to an address of the witness's
    /// own host. It never arrived only where a witness of all interfaces of that host ran during the
    /// whole scan and lost nothing, and where nothing else came to the endpoint that may be the probe,
    /// translated on its way.
    public static func receipts(of survey: Survey, from witnesses: [Witness]) -> [Receipt] {
        let asked = AskedPorts(survey)
        let testimonies = witnesses.compactMap { Testimony($0, of: survey, asked) }
        var receipts = testimonies.flatMap { $0.arrived(asked) }
        for place in asked.ports.keys.sorted() {
            // What one witness may have seen, no other can deny.
            let possible = testimonies.reduce(PortSet()) { $0.union($1.possible(place)) }
            for testimony in testimonies {
                let missing = testimony.missing(place, asked).subtracting(possible)
                guard !missing.isEmpty else { continue }
                let proof = Receipt.Proof.captured(
                    packets: 0, interface: testimony.witness.interface)
                let receipt = Receipt(
                    place.address, place.transport, missing, .neverArrived, proofs: [proof])
                if !receipts.contains(receipt) { receipts.append(receipt) }
            }
        }
        return receipts
    }
}

extension Witness {
    /// Why the witness cannot tell which probes of `survey` did not come; nil when it can.
    public func gap(of survey: Survey) -> WitnessGap? {
        let asked = AskedPorts(survey)
        guard let testimony = Testimony(self, of: survey, asked) else { return .noTraces }
        if let gap = testimony.gap { return gap }
        return asked.ports.keys.contains { addresses.contains($0.address) } ? nil : .otherHost
    }
}

/// Where ports are.
private struct Place: Hashable, Comparable {
    var address: IPAddress
    var transport: Transport

    static func < (one: Place, other: Place) -> Bool {
        (one.address, one.transport) < (other.address, other.transport)
    }
}

/// The ports that probes of a scan left for.
private struct AskedPorts {
    var ports: [Place: PortSet] = [:]

    init(_ survey: Survey) {
        var ranges: [Place: [ClosedRange<UInt16>]] = [:]
        for group in survey.groups where group.attempts > 0 {
            if case .localFailure = group.evidence { continue }
            let place = Place(address: group.address, transport: group.transport)
            ranges[place, default: []] += group.ports.ranges
        }
        ports = ranges.mapValues { PortSet($0) }
    }
}

/// What one witness can say of one scan.
private struct Testimony {
    let witness: Witness
    private let time: WitnessTime
    private let vantage: [IPAddress]
    private let traces: ProbeTraces
    /// Probes of the scan.
    private var own: [Place: [Arrival]] = [:]
    /// Where a packet came that may be of the scan.
    private var doubtful: [Place: [ClosedRange<UInt16>]] = [:]
    /// Where a packet came from elsewhere, at any time: that of the scan is certain only by its probes.
    private var foreign: [Place: [ClosedRange<UInt16>]] = [:]
    /// When the first and the last probe of the scan came.
    private var seen: ClosedRange<Int64>?
    /// Whether something came that is of the scan, but for its time.
    private var hasStrays = false

    init?(_ witness: Witness, of survey: Survey, _ asked: AskedPorts) {
        guard let time = WitnessTime(of: survey, for: witness), let traces = survey.traces else {
            return nil
        }
        self.witness = witness
        self.time = time
        self.traces = traces
        vantage = survey.vantage.addresses
        for arrival in witness.arrivals { sort(arrival, asked) }
    }

    private mutating func sort(_ arrival: Arrival, _ asked: AskedPorts) {
        let place = Place(address: arrival.destination, transport: arrival.transport)
        guard let ports = asked.ports[place] else { return }
        var arrival = arrival
        arrival.ports = arrival.ports.intersection(ports)
        let relation = time.relation(arrival.first, arrival.last)
        guard !arrival.ports.isEmpty else { return }
        guard vantage.contains(arrival.source) else {
            foreign[place, default: []] += arrival.ports.ranges
            return
        }
        switch origin(arrival) {
        // A box on the way may have changed the port.
        case .other: foreign[place, default: []] += arrival.ports.ranges
        case .scan where relation == .inside:
            own[place, default: []].append(arrival)
            let low = min(seen?.lowerBound ?? arrival.first, arrival.first)
            seen = low...max(seen?.upperBound ?? arrival.last, arrival.last)
        case .scan, .unclear:
            // Of an earlier scan, or of this one, by a clock that was set meanwhile.
            if relation == .outside { hasStrays = true }
            doubtful[place, default: []] += arrival.ports.ranges
        }
    }

    /// Whose packets they can be.
    private enum Origin { case scan, other, unclear }

    /// Whose the packets are, by the ports they came from: both ends of the range were seen.
    private func origin(_ arrival: Arrival) -> Origin {
        let sources = arrival.sourcePorts
        switch arrival.transport {
        case .tcp:
            guard let known = traces.tcpSources else { return .scan }
            let shared = known.intersection(PortSet([sources]))
            if shared.count == sources.count { return .scan }
            return shared.isEmpty ? .other : .unclear
        case .udp:
            guard let known = traces.udpSources, !known.isEmpty else { return .unclear }
            if sources.count == 1 { return known.contains(sources.lowerBound) ? .scan : .other }
            return known.intersection(PortSet([sources])).isEmpty ? .other : .unclear
        }
    }

    /// The probes that came, as receipts.
    func arrived(_ asked: AskedPorts) -> [Receipt] {
        own.sorted { $0.key < $1.key }.flatMap { place, arrivals -> [Receipt] in
            // What passes a router has not come to the host, and the router's is no answer of it.
            guard witness.addresses.contains(place.address) else { return [] }
            var ports: [Account: [ClosedRange<UInt16>]] = [:]
            let doubtful = PortSet(doubtful[place] ?? [])
            for arrival in arrivals {
                var account = Account(answer: nil, packets: arrival.packets)
                let unclear = arrival.ports.intersection(doubtful)
                if !unclear.isEmpty { ports[account, default: []] += unclear.ranges }
                account.answer = answer(to: arrival)
                let rest = arrival.ports.subtracting(doubtful)
                if !rest.isEmpty { ports[account, default: []] += rest.ranges }
            }
            return ports.map { account, ranges in
                Receipt(
                    place.address, place.transport, PortSet(ranges), .arrived,
                    answer: account.answer,
                    proofs: [
                        .captured(packets: account.packets, interface: witness.interface)
                    ])
            }.sorted { $0.ports[0] < $1.ports[0] }
        }
    }

    private struct Account: Hashable {
        var answer: Receipt.Answer?
        var packets: UInt64
    }

    /// What the host sent back, where it is clear.
    private func answer(to arrival: Arrival) -> Receipt.Answer? {
        let words = arrival.answers.words
        switch arrival.transport {
        // A listener may reset a connection that it took, and say that a datagram cannot be used.
        case .tcp where words.contains(.handshake): return .handshake
        case .udp where words.contains(.datagram): return .datagram
        case .tcp, .udp: break
        }
        if words.count == 1 { return words[0] }
        guard words.isEmpty, witness.missesNothing, let ended = witness.ended,
            arrival.last.addingCapped(WitnessTime.delay) <= ended
        else { return nil }
        return .nothing
    }

    /// The ports to which something came that is the probe, or may be.
    func possible(_ place: Place) -> PortSet {
        var ranges = (own[place] ?? []).flatMap(\.ports.ranges) + (doubtful[place] ?? [])
        // A probe that was translated on its way comes under another address, or from another port.
        if own[place] == nil { ranges += foreign[place] ?? [] }
        return PortSet(ranges)
    }

    /// Why nothing can be said of what did not come; nil when it can.
    var gap: WitnessGap? {
        if let gap = witness.gap { return gap }
        guard let ended = witness.ended else { return .incomplete }
        // The clock is not what it was when the scan had its times from it.
        if time.isSameClock, hasStrays { return .clock }
        if time.isCovered(from: witness.started, to: ended, seen: seen) { return nil }
        return time.isSameClock || seen != nil ? .time : .noProbe
    }

    /// The ports to which a probe would have come here, had it come to the host.
    func missing(_ place: Place, _ asked: AskedPorts) -> PortSet {
        let family = place.address.family
        let sources = vantage.filter { $0.family == family }
        guard gap == nil, !sources.isEmpty, witness.addresses.contains(place.address) else {
            return PortSet()
        }
        if let recorded = witness.sources {
            // Under another address it would not have been recorded.
            guard sources.allSatisfy(recorded.contains), own[place] != nil else {
                return PortSet()
            }
        }
        return (asked.ports[place] ?? PortSet()).intersection(witness.ports[place.transport])
    }
}
