public import Prober

/// What was seen on the wire of one address.
public struct WireHost: Hashable, Sendable {
    /// The address.
    public let address: IPAddress
    /// What was seen of its ports; a port may be in several groups.
    public let groups: [WireGroup]

    /// The hosts in `groups`, by address.
    public static func all(in groups: [WireGroup]) -> [WireHost] {
        Dictionary(grouping: groups, by: \.address)
            .map { WireHost(address: $0.key, groups: $0.value) }
            .sorted { $0.address < $1.address }
    }

    init(address: IPAddress, groups: [WireGroup]) {
        self.address = address
        self.groups = groups
    }

    /// Answers that came with one hop limit from one sender.
    public struct Row: Hashable, Sendable {
        /// Who sent them.
        public var sender: IPAddress
        /// The hop limit that they came with.
        public var hopLimit: UInt8
        /// How many routers lie before their sender, if it began with 64, 128 or 255.
        public var distance: Int
        /// What they answer.
        public var answers: [WireRemark.Answers]
    }

    /// The hop limits of all first answers, nearest sender first.
    public var rows: [Row] {
        var ports: [RowKey: [WireRemark.Kind: [Transport: [ClosedRange<UInt16>]]]] = [:]
        for group in groups {
            guard let answer = group.facts.answer else { continue }
            let key = RowKey(sender: answer.sender(asked: address), hopLimit: answer.hopLimit)
            ports[key, default: [:]][WireRemark.Kind(answer.kind), default: [:]][
                group.transport, default: []] += group.ports.ranges
        }
        return ports.map { key, kinds in
            Row(
                sender: key.sender, hopLimit: key.hopLimit,
                distance: HopDistance.nearest(key.hopLimit),
                answers: WireRemark.Kind.allCases.flatMap { kind in
                    Transport.allCases.compactMap { transport in
                        kinds[kind]?[transport].map {
                            WireRemark.Answers(
                                kind: kind, transport: transport, ports: PortSet($0))
                        }
                    }
                })
        }
        .sorted { ($0.distance, $0.sender, $0.hopLimit) < ($1.distance, $1.sender, $1.hopLimit) }
    }

    private struct RowKey: Hashable {
        var sender: IPAddress
        var hopLimit: UInt8
    }

    /// Everything that follows from the answers together.
    public var remarks: [WireRemark] { distances + signs }

    /// What hop limits tell; what counts for the host itself is what its open ports answer.
    private var distances: [WireRemark] {
        let own = rows.filter { $0.sender == address }
        var remarks: [WireRemark] = []
        func limits(_ kind: WireRemark.Kind, _ transport: Transport) -> [UInt8] {
            own.filter { row in
                row.answers.contains { $0.kind == kind && $0.transport == transport }
            }.map(\.hopLimit)
        }
        let accepts = limits(.accept, .tcp)
        let hosts = accepts.isEmpty ? limits(.datagram, .udp) : accepts
        for (kind, transport) in [
            (WireRemark.Kind.accept, Transport.tcp), (.reset, .tcp), (.datagram, .udp),
        ] {
            let all = limits(kind, transport)
            let isCompared = !hosts.isEmpty && kind == .reset
            guard !isCompared, !all.mayComeEquallyFar else { continue }
            remarks.append(.severalDistances(kind, transport, all))
        }
        guard let host = hosts.first else { return remarks }
        for row in own where !hosts.contains(row.hopLimit) {
            for answers in row.answers where answers.kind != .accept {
                if hosts.contains(where: { HopDistance.mayBeEqual($0, row.hopLimit) }) {
                    remarks.append(
                        .otherInitial(answers, hopLimit: row.hopLimit, host: host))
                } else {
                    let isNearer = row.distance < HopDistance.nearest(host)
                    remarks.append(
                        .otherDistance(
                            answers, hopLimit: row.hopLimit, host: host,
                            isNearer ? .nearer : .farther))
                }
            }
        }
        return remarks
    }

    /// What single answers tell, the ports of each remark together.
    private var signs: [WireRemark] {
        let tcp = ports { $0.transport == .tcp ? [$0.facts.accept].compactMap(\.self) : [] }
        var remarks: [WireRemark] = []
        func add(_ ports: [ClosedRange<UInt16>], _ remark: (PortSet) -> WireRemark) {
            if !ports.isEmpty { remarks.append(remark(PortSet(ports))) }
        }
        add(tcp.filter { $0.key.window == 0 }.flatMap(\.value)) { .zeroWindow($0) }
        add(tcp.filter { $0.key.hasNoOptions }.flatMap(\.value)) { .noOptions($0) }
        for (pair, ranges) in contradictions {
            add(ranges) { ports in
                pair.first.kind == .reset
                    ? .acceptAfterReset(
                        ports, hopLimit: pair.second.hopLimit, reset: pair.first.hopLimit)
                    : .resetAfterAccept(
                        ports, hopLimit: pair.second.hopLimit, accept: pair.first.hopLimit)
            }
        }
        add(groups.filter { $0.facts.repeatedAccepts > 0 }.flatMap(\.ports.ranges)) {
            .repeatedAccepts($0)
        }
        for transport in Transport.allCases {
            let own = groups.filter { $0.transport == transport }
            add(own.filter { $0.facts.duplicates > 0 }.flatMap(\.ports.ranges)) {
                .duplicates(transport, $0)
            }
            for stranger in Set(own.compactMap(\.facts.stranger)).sorted() {
                add(own.filter { $0.facts.stranger == stranger }.flatMap(\.ports.ranges)) {
                    .stranger(stranger, transport, $0)
                }
            }
        }
        return remarks
    }

    private func ports<Key: Hashable>(
        _ keys: (WireGroup) -> [Key]
    ) -> [Key: [ClosedRange<UInt16>]] {
        var ports: [Key: [ClosedRange<UInt16>]] = [:]
        for group in groups {
            for key in keys(group) { ports[key, default: []] += group.ports.ranges }
        }
        return ports
    }

    private struct Contradiction: Hashable {
        /// The kinds without what else a SYN-ACK says, so that alike ones are together.
        var first: Side
        var second: Side

        struct Side: Hashable {
            var kind: WireRemark.Kind
            var hopLimit: UInt8
        }
    }

    private var contradictions: [(key: Contradiction, value: [ClosedRange<UInt16>])] {
        ports { group -> [Contradiction] in
            guard let first = group.facts.answer, let second = group.facts.contradiction else {
                return []
            }
            return [
                Contradiction(
                    first: .init(kind: WireRemark.Kind(first.kind), hopLimit: first.hopLimit),
                    second: .init(kind: WireRemark.Kind(second.kind), hopLimit: second.hopLimit))
            ]
        }
        .sorted { ($0.value.first?.lowerBound ?? 0) < ($1.value.first?.lowerBound ?? 0) }
    }
}

extension WireFacts {
    /// The SYN-ACK, if that was the first answer.
    fileprivate var accept: TCPAccept? {
        if case .accept(let accept)? = answer?.kind { accept } else { nil }
    }
}

extension [UInt8] {
    /// Whether one sender, or several equally far away, may have sent packets with these hop limits.
    fileprivate var mayComeEquallyFar: Bool {
        allSatisfy { one in allSatisfy { HopDistance.mayBeEqual(one, $0) } }
    }
}
