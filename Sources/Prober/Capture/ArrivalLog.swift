/// Tells which probes came to a machine, and what it sent back, from the packets at its interfaces.
///
/// A probe is a TCP segment that begins a connection, or a UDP datagram that no datagram of this
/// machine asked for. Memory is bounded: what finds no room is counted.
package struct ArrivalLog {
    /// What is recorded.
    package struct Scope {
        /// The machine's own addresses.
        package var own: TargetSet
        /// Where probes come from; nil for anywhere.
        package var sources: TargetSet?
        /// The ports they are sent to.
        package var ports: PortSpec
        /// How many flows are kept.
        package var limit: Int

        package init(own: TargetSet, sources: TargetSet?, ports: PortSpec, limit: Int) {
            self.own = own
            self.sources = sources
            self.ports = ports
            self.limit = limit
        }
    }

    /// Two addresses and how they speak.
    private struct Pair: Hashable {
        var source: IPAddress
        var destination: IPAddress
        var transport: Transport
    }

    /// What came to one port from one source.
    private struct Flow {
        var pair: Int
        var port: UInt16
        var sourcePorts: ClosedRange<UInt16>
        var packets: UInt64
        var first: Int64
        var last: Int64
        var answers: Arrival.Answers
    }

    /// A datagram of this machine's own accord.
    private struct Request: Hashable {
        var pair: Pair
        var sourcePort: UInt16
        var port: UInt16
    }

    private let scope: Scope
    private var pairs: [Pair] = []
    private var pairNumbers: [Pair: Int] = [:]
    private var flows: [Flow] = []
    /// Where a flow stands in `flows`, by the number of its pair and its port.
    private var places: [UInt64: Int] = [:]
    private var requests: Set<Request> = []

    /// How many probes came that are recorded.
    package private(set) var packets: UInt64 = 0
    /// How many came that there was no room for.
    package private(set) var uncounted: UInt64 = 0

    package init(_ scope: Scope) { self.scope = scope }

    /// How many ports were asked, each once for every source and address.
    package var flowCount: Int { flows.count }

    /// Records what `packet` tells, which passed an interface at `nanoseconds` since 1970.
    ///
    /// `isOutgoing` says whether this machine sent it, nil where that is not known.
    package mutating func add(_ packet: WirePacket, isOutgoing: Bool?, at nanoseconds: Int64) {
        switch packet.content {
        case .segment(let segment):
            let flags = segment.flags.intersection([.syn, .ack, .reset])
            let ports = (segment.sourcePort, segment.destinationPort)
            if flags == .syn {
                arrive(packet, .tcp, ports, isOutgoing, nanoseconds)
            } else if flags.contains(.reset) {
                _ = answer(packet, .tcp, ports, isOutgoing, .reset)
            } else if flags == [.syn, .ack] {
                _ = answer(packet, .tcp, ports, isOutgoing, .handshake)
            }
        case .datagram(let datagram):
            let ports = (datagram.sourcePort, datagram.destinationPort)
            if answer(packet, .udp, ports, isOutgoing, .datagram) { return }
            arrive(packet, .udp, ports, isOutgoing, nanoseconds)
        case .icmpError(let message):
            guard let quoted = message.quoted, isSent(packet, isOutgoing),
                let transport = Transport(number: quoted.transport)
            else { return }
            let pair = Pair(
                source: quoted.source, destination: quoted.destination, transport: transport)
            note(.icmpError, to: pair, from: quoted.sourcePort, port: quoted.destinationPort)
        case .laterFragment, .other: break
        }
    }

    /// Whether this machine sent `packet`, for all that is known.
    ///
    /// On loopback only the way in is seen.
    private func isSent(_ packet: WirePacket, _ isOutgoing: Bool?) -> Bool {
        guard isOutgoing == false else { return true }
        return scope.own.contains(packet.source) && scope.own.contains(packet.destination)
    }

    /// Notes an answer to a probe that is recorded; false when it is none.
    private mutating func answer(
        _ packet: WirePacket, _ transport: Transport, _ ports: (source: UInt16, target: UInt16),
        _ isOutgoing: Bool?, _ kind: Arrival.Answers
    ) -> Bool {
        guard isSent(packet, isOutgoing) else { return false }
        let pair = Pair(
            source: packet.destination, destination: packet.source, transport: transport)
        return note(kind, to: pair, from: ports.target, port: ports.source)
    }

    @discardableResult
    private mutating func note(
        _ kind: Arrival.Answers, to pair: Pair, from sourcePort: UInt16, port: UInt16
    ) -> Bool {
        guard let number = pairNumbers[pair], let place = places[Self.key(number, port)],
            flows[place].sourcePorts.contains(sourcePort)
        else { return false }
        flows[place].answers.insert(kind)
        return true
    }

    private mutating func arrive(
        _ packet: WirePacket, _ transport: Transport, _ ports: (source: UInt16, target: UInt16),
        _ isOutgoing: Bool?, _ nanoseconds: Int64
    ) {
        let pair = Pair(
            source: packet.source, destination: packet.destination, transport: transport)
        let isOwn = scope.own.contains(packet.source)
        // Where frames do not tell, what has an address of this machine comes from it, or stays in it.
        let isLeaving = isOutgoing ?? (isOwn && !scope.own.contains(packet.destination))
        if isLeaving {
            guard transport == .udp, isOwn, requests.count < scope.limit else { return }
            requests.insert(Request(pair: pair, sourcePort: ports.source, port: ports.target))
            return
        }
        guard scope.sources?.contains(packet.source) ?? true,
            scope.ports[transport].contains(ports.target),
            !isAnswered(pair, ports)
        else { return }
        let (floor, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let ceiling = floor + (rest > 0 ? 1 : 0)
        if let number = pairNumbers[pair], let place = places[Self.key(number, ports.target)] {
            flows[place].packets &+= 1
            flows[place].first = min(flows[place].first, floor)
            flows[place].last = max(flows[place].last, ceiling)
            let known = flows[place].sourcePorts
            flows[place].sourcePorts =
                min(known.lowerBound, ports.source)...max(known.upperBound, ports.source)
            packets &+= 1
            return
        }
        guard flows.count < scope.limit else {
            uncounted &+= 1
            return
        }
        let number = number(of: pair)
        places[Self.key(number, ports.target)] = flows.count
        flows.append(
            Flow(
                pair: number, port: ports.target, sourcePorts: ports.source...ports.source,
                packets: 1, first: floor, last: ceiling, answers: []))
        packets &+= 1
    }

    /// Whether a datagram of `pair` answers one that this machine sent of its own accord.
    private func isAnswered(_ pair: Pair, _ ports: (source: UInt16, target: UInt16)) -> Bool {
        guard pair.transport == .udp, !requests.isEmpty else { return false }
        let asked = Pair(source: pair.destination, destination: pair.source, transport: .udp)
        return requests.contains(
            Request(pair: asked, sourcePort: ports.target, port: ports.source))
    }

    private mutating func number(of pair: Pair) -> Int {
        if let number = pairNumbers[pair] { return number }
        pairNumbers[pair] = pairs.count
        pairs.append(pair)
        return pairs.count - 1
    }

    private static func key(_ pair: Int, _ port: UInt16) -> UInt64 {
        UInt64(pair) << 16 | UInt64(port)
    }
}

extension ArrivalLog {
    /// What ports have in common that are told of together.
    private struct Likeness: Hashable {
        var pair: Int
        var packets: UInt64
        var answers: Arrival.Answers
        /// So that one may say of each port that it was asked within some time.
        var seconds: [Int64]
        /// Datagrams of a scan leave from few ports, which tell it from others.
        var sourcePorts: ClosedRange<UInt16>?
    }

    /// What came, the ports alike together, by source, address and port.
    package func arrivals() -> [Arrival] {
        var groups: [Likeness: [Int]] = [:]
        for (place, flow) in flows.enumerated() {
            let isDatagram = pairs[flow.pair].transport == .udp
            let likeness = Likeness(
                pair: flow.pair, packets: flow.packets, answers: flow.answers,
                seconds: [flow.first / 1000, flow.last / 1000],
                sourcePorts: isDatagram ? flow.sourcePorts : nil)
            groups[likeness, default: []].append(place)
        }
        return groups.compactMap { likeness, places in
            arrival(of: places.map { flows[$0] }, pairs[likeness.pair])
        }.sorted(by: Self.precedes)
    }

    private func arrival(of flows: [Flow], _ pair: Pair) -> Arrival? {
        guard let one = flows.first else { return nil }
        var arrival = Arrival(
            pair.source, to: pair.destination, pair.transport, PortSet(ports: flows.map(\.port)),
            packets: one.packets, sourcePorts: one.sourcePorts, first: one.first, last: one.last,
            answers: one.answers)
        for flow in flows {
            arrival.first = min(arrival.first, flow.first)
            arrival.last = max(arrival.last, flow.last)
            arrival.sourcePorts =
                min(
                    arrival.sourcePorts.lowerBound, flow.sourcePorts.lowerBound)...max(
                    arrival.sourcePorts.upperBound, flow.sourcePorts.upperBound)
        }
        return arrival
    }

    private static func precedes(_ one: Arrival, _ other: Arrival) -> Bool {
        if one.source != other.source { return one.source < other.source }
        if one.destination != other.destination { return one.destination < other.destination }
        if one.transport != other.transport { return one.transport < other.transport }
        if one.first != other.first { return one.first < other.first }
        return one.ports[0] < other.ports[0]
    }
}

extension Transport {
    /// The transport of this number in IP's header; nil for others.
    fileprivate init?(number: UInt8) {
        switch number {
        case 6: self = .tcp
        case 17: self = .udp
        default: return nil
        }
    }
}
