public import Prober

/// What was seen of one host, parted as nmap does: ports that are listed, and ports that are only
/// counted.
public struct NmapHost: Hashable, Sendable {
    /// A port in a row of its own.
    public struct Port: Hashable, Sendable {
        /// The transport asked.
        public var transport: Transport
        /// The port asked.
        public var number: UInt16
        /// What was seen.
        public var evidence: Evidence
        /// The state that it proves.
        public var state: PortState
        /// The hop limit of the packet that answered, where packets were captured.
        public var hopLimit: UInt8?
    }

    /// Ports of one state that are only counted.
    public struct Rest: Hashable, Sendable {
        /// The state.
        public var state: PortState
        /// How many ports.
        public var count: Int
        /// Which ports they are, by nmap's reason and transport.
        var reasons: [Reason]
    }

    /// Ports that are counted for one reason.
    struct Reason: Hashable, Sendable {
        var reason: String
        var transport: Transport
        var ports: PortSet
    }

    /// The address.
    public let address: IPAddress
    /// The ports with a row of their own, TCP first, ascending.
    public private(set) var listed: [Port] = []
    /// The states whose ports are only counted, most first.
    public private(set) var rest: [Rest] = []

    /// A state with more ports than this is only counted, unless it is `open`; nmap's number.
    private static let mostListed = 25

    /// What `groups` say of `address`, which `plan` asked about.
    ///
    /// What was never asked counts as not tested, unless the plan is a shard: that does not tell
    /// which endpoints it has. With `listsEach` every port that was asked is listed; what was not
    /// tested never is. `wire` is what was captured of the address.
    public init(
        _ address: IPAddress, _ groups: [ObservationGroup], plan: SurveyPlan,
        listsEach: Bool = false, wire: [WireGroup] = []
    ) {
        self.address = address
        var counts: [PortState: Int] = [:]
        for group in groups { counts[group.state, default: 0] += group.ports.count }
        var counted: [PortState: [NmapReason: [Transport: [ClosedRange<UInt16>]]]] = [:]
        for group in groups {
            let state = group.state
            let isMany = counts[state, default: 0] > Self.mostListed && !listsEach
            let isCounted =
                state == .notTested || state != .open && isMany && !group.needsReporter
            if isCounted {
                let reason = NmapReason(group.evidence, over: group.transport)
                counted[state, default: [:]][reason, default: [:]][group.transport, default: []] +=
                    group.ports.ranges
            } else {
                listed += group.ports.map {
                    Port(
                        transport: group.transport, number: $0, evidence: group.evidence,
                        state: state, hopLimit: wire.hopLimit(group, $0))
                }
            }
        }
        if plan.shard == nil {
            for transport in Transport.allCases {
                let seen = groups.filter { $0.transport == transport }.flatMap(\.ports.ranges)
                let missing = plan.ports[transport].subtracting(PortSet(seen))
                guard !missing.isEmpty else { continue }
                counted[.notTested, default: [:]][.interrupted, default: [:]][
                    transport, default: []] += missing.ranges
            }
        }
        listed.sort { ($0.transport, $0.number) < ($1.transport, $1.number) }
        rest = counted.map { state, reasons in Rest(state, reasons) }
            .sorted { ($1.count, $0.state.rawValue) < ($0.count, $1.state.rawValue) }
    }
}

extension NmapHost.Rest {
    fileprivate init(
        _ state: PortState, _ reasons: [NmapReason: [Transport: [ClosedRange<UInt16>]]]
    ) {
        self.state = state
        self.reasons = reasons.flatMap { reason, transports in
            transports.map { transport, ranges in
                let ports = PortSet(ranges)
                return NmapHost.Reason(
                    reason: ports.count == 1 ? reason.singular : reason.plural,
                    transport: transport, ports: ports)
            }
        }
        .sorted { ($0.transport, $0.ports[0]) < ($1.transport, $1.ports[0]) }
        count = self.reasons.reduce(0) { $0 + $1.ports.count }
    }
}

extension PortState {
    /// nmap's word for the state.
    public var nmapWord: String { self == .notTested ? "unknown" : rawValue }
}

extension ObservationGroup {
    /// Whether the state is another one without the reporter, which counted ports do not have: an
    /// error of another host that would mean `closed` from the host itself.
    fileprivate var needsReporter: Bool {
        guard transport == .udp, case .icmp(let error, let reporter) = evidence else {
            return false
        }
        return error.isPortUnreachable && reporter != address
    }
}

extension [WireGroup] {
    /// The hop limit of the answer that is the evidence of a port of `group`, if it was captured.
    fileprivate func hopLimit(_ group: ObservationGroup, _ port: UInt16) -> UInt8? {
        for wire in self where wire.transport == group.transport && wire.ports.contains(port) {
            for answer in [wire.facts.answer, wire.facts.contradiction] {
                guard let answer, group.evidence.isAnswer(answer.kind) else { continue }
                return answer.hopLimit
            }
        }
        return nil
    }
}

extension Evidence {
    /// Whether `answer` is the packet that the evidence comes from.
    fileprivate func isAnswer(_ answer: WireAnswer.Kind) -> Bool {
        switch (self, answer) {
        case (.handshake, .accept), (.exchange, .accept), (.reset, .reset), (.reply, .datagram):
            true
        case (.icmp(let error, let reporter), .icmp(let other, let sender)):
            error == other && reporter == sender
        default: false
        }
    }
}
