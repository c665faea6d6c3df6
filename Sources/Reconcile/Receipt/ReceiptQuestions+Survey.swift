import Prober

extension HostReport {
    /// What this host, of which `survey` left something open, can tell by receipts.
    ///
    /// Asked about are endpoints that did not answer, and open ones at which nothing listens.
    /// `isThroughOwnLink` is as for ``reconcile(_:with:after:under:declared:probe:alsoProbed:isThroughOwnLink:ruleset:)``.
    public func receiptQuestions(
        about survey: Survey, isThroughOwnLink: Bool = false
    ) -> ReceiptQuestions {
        ReceiptInterview(self, survey, isThroughOwnLink: isThroughOwnLink).questions
    }
}

/// Finds out what a host is to be asked about, and by which signs it would show what became of packets.
private struct ReceiptInterview {
    private let index: ListenerIndex
    private let firewall: FirewallModel?
    private let survey: Survey
    private let host: HostReport

    init(_ host: HostReport, _ survey: Survey, isThroughOwnLink: Bool) {
        self.host = host
        self.survey = survey
        index = ListenerIndex(host, isThroughOwnLink: isThroughOwnLink)
        firewall = FirewallModel(nil, report: host, after: nil)
    }

    /// Ports that everything known of the host treats alike, by what that is.
    private struct Key: Hashable {
        var address: IPAddress
        var transport: Transport
        var hypotheses: [ReceiptHypothesis]
        var rule: RuleReference?
    }

    var questions: ReceiptQuestions {
        var found: [Key: [ClosedRange<UInt16>]] = [:]
        var engines: Set<RuleTable.Engine> = []
        for group in survey.groups where index.isOwn(group.address) && group.isOpenToQuestions {
            let source = FlowSource(
                toward: group.address, from: survey.vantage.addresses, at: survey.vantage.name)
            let rules =
                firewall?.views(
                    of: group.ports, over: group.transport, at: group.address, from: source)
                ?? [(.undecided([.rulesNotRead]), group.ports)]
            let listened = group.ports.intersection(index.ports(over: group.transport))
            for (view, ports) in rules {
                guard let way = way(view) else { continue }
                if let reference = way.rule, let engine = firewall?.latest.engine(of: reference) {
                    engines.insert(engine)
                }
                for port in ports.intersection(listened) {
                    guard let place = place(of: group.transport, port, at: group.address),
                        !(group.state == .open && place.hasSocket)
                    else { continue }
                    add(group, PortSet(ports: [port]), place, way, to: &found)
                }
                let rest = ports.subtracting(listened)
                if !rest.isEmpty, isWellKnown(group.transport, group.address) {
                    add(group, rest, Place(), way, to: &found)
                }
            }
        }
        var questions = ReceiptQuestions(
            found.map { key, ranges in
                ReceiptQuestion(
                    key.address, key.transport, PortSet(ranges), key.hypotheses, rule: key.rule)
            })
        questions.engines = engines
        return questions
    }

    private func add(
        _ group: ObservationGroup, _ ports: PortSet, _ place: Place, _ way: Way,
        to found: inout [Key: [ClosedRange<UInt16>]]
    ) {
        let family = group.address.destination.family
        let hypotheses = ReceiptHypothesis.all(over: group.transport, family, place, way)
        guard !hypotheses.isEmpty else { return }
        let key = Key(
            address: group.address, transport: group.transport, hypotheses: hypotheses,
            rule: way.rule)
        found[key, default: []] += ports.ranges
    }

    /// Whether the host's report has all sockets, so that a port without one has none.
    private func isWellKnown(_ transport: Transport, _ address: IPAddress) -> Bool {
        !host.coverage.contains {
            $0.subject == .listeners && $0.concerns(transport, address.destination.family)
        }
    }

    /// The sockets that packets to an endpoint come to; nil where that is not known.
    private func place(
        of transport: Transport, _ port: UInt16, at address: IPAddress
    ) -> Place? {
        switch index.view(of: transport, port, at: address) {
        case .listening(let listeners, _):
            Place(
                sockets: listeners.map(HostReading.SocketKey.init),
                tellsBytes: listeners.allSatisfy { $0.buffer != nil },
                tellsDrops: listeners.allSatisfy { $0.dropCount != nil })
        case .none, .elsewhere, .loopbackOnly:
            index.hides(port, over: transport, address.destination.family) ? nil : Place()
        case .inNamespace, .unknown, .changed: nil
        }
    }

    /// What the rules are to do with packets; nil where they send them elsewhere.
    private func way(_ view: FirewallView) -> Way? {
        switch view {
        case .undecided(let reasons):
            // A namespace or a program in the kernel may have them before anything counts.
            reasons.contains(where: \.isLayer) ? nil : Way(isKnown: false)
        case .decided(.accept, _): Way(isKnown: true)
        case .decided(.translate, _), .decided(.undecided, _): nil
        case .decided(.drop, let path), .decided(.reject, let path):
            way(stoppedBy: path)
        }
    }

    private func way(stoppedBy path: [RuleReference]) -> Way? {
        guard let last = path.last else { return Way(isKnown: false) }
        switch firewall?.latest.hook(of: path) {
        case .prerouting, .input:
            return Way(
                isKnown: true, rule: HostReading.RuleKey(counted: last) == nil ? nil : last,
                isStopped: true)
        // What was to be an answer is stopped; the packet itself came in.
        case .output, .postrouting: return Way(isKnown: true)
        // What is stopped at a device is not counted as arrived.
        case .ingress:
            return HostReading.RuleKey(counted: last) == nil
                ? nil : Way(isKnown: true, rule: last, isStopped: true, isAtDevice: true)
        case .forward, .egress, nil: return nil
        }
    }
}

/// The sockets at which packets come out.
struct ReceiptPlace: Hashable {
    var sockets: [HostReading.SocketKey] = []
    var tellsBytes = false
    var tellsDrops = false

    var hasSocket: Bool { !sockets.isEmpty }
}

private typealias Place = ReceiptPlace
private typealias Way = ReceiptWay

/// What the rules are to do with packets on their way in.
struct ReceiptWay: Hashable {
    /// Whether the rules decide it.
    var isKnown: Bool
    /// The rule that stops them, if it counts.
    var rule: RuleReference?
    /// Whether a rule or a policy stops them.
    var isStopped = false
    /// Whether that is before they are counted as arrived.
    var isAtDevice = false
}

extension ReceiptHypothesis {
    /// What may become of packets to ports where `place` is, for which the rules have `way`.
    static func all(
        over transport: Transport, _ family: IPAddress.Family, _ place: ReceiptPlace,
        _ way: ReceiptWay
    ) -> [ReceiptHypothesis] {
        var all: [ReceiptHypothesis] = []
        if let rule = way.rule, let key = HostReading.RuleKey(counted: rule) {
            all.append(ReceiptHypothesis(.stopped(rule), .each(.rule(key))))
        }
        let counters = family.datagramCounters
        let undelivered = ReceiptGauge.undelivered(family)
        var exits = [undelivered]
        switch (transport, place.hasSocket) {
        case (.udp, false):
            all.append(ReceiptHypothesis(.noPort, .each(.counter(counters.noPort))))
            exits.append(.counter(counters.noPort))
        case (.tcp, false):
            all.append(
                ReceiptHypothesis(.noPort, .each(.counter(.tcpResets)), answer: .reset))
            exits.append(.counter(.tcpResets))
        case (.udp, true):
            if place.tellsDrops {
                all.append(ReceiptHypothesis(.queueFull, .each(.drops(place.sockets))))
            }
            if place.tellsBytes {
                all.append(ReceiptHypothesis(.delivered, .share(.bytes(place.sockets))))
                exits.append(.bytes(place.sockets))
            }
            all.append(ReceiptHypothesis(.delivered, .each(.counter(counters.read))))
            exits += [.counter(counters.read), .counter(counters.errors)]
        case (.tcp, true):
            if place.tellsDrops {
                all.append(ReceiptHypothesis(.queueFull, .each(.drops(place.sockets))))
            }
            all.append(ReceiptHypothesis(.queueFull, .each(.counter(.listenOverflows))))
            exits.append(.counter(.tcpReceived))
        }
        if !way.isAtDevice {
            all.append(ReceiptHypothesis(.arrived, .each(undelivered)))
            if way.isKnown {
                let received = ReceiptGauge.counter(family.packetCounters.received)
                all.append(ReceiptHypothesis(.neverArrived, .still([received])))
                if transport == .tcp || !place.hasSocket || place.tellsBytes {
                    all.append(ReceiptHypothesis(.neverArrived, .still(exits)))
                }
            }
        }
        return all
    }
}

extension ObservationGroup {
    /// Whether the host's receipts can add to what was seen.
    fileprivate var isOpenToQuestions: Bool {
        switch evidence {
        case .silence, .unanswered: true
        case .handshake, .exchange: transport == .tcp
        case .reset, .icmp, .reply, .localFailure: false
        }
    }
}

extension FirewallView.Reason {
    /// Whether something that no rule shows may have the packets first.
    fileprivate var isLayer: Bool {
        if case .unknown(.gap(.layer)) = self { true } else { false }
    }
}

extension Ruleset {
    /// Where the last rule of `path` sits on a packet's way; nil where that is not known.
    func hook(of path: [RuleReference]) -> BaseChain.Hook? {
        for reference in path.reversed() {
            for table in tables
            where table.family == reference.family && table.name == reference.table {
                guard let index = table.chainIndex(reference.chain) else { continue }
                if let base = table.chains[index].base { return base.hook }
            }
        }
        return nil
    }

    /// The engine of the table of the rule that `reference` names.
    func engine(of reference: RuleReference) -> RuleTable.Engine? {
        tables.first { table in
            table.family == reference.family && table.name == reference.table
                && table.chainIndex(reference.chain) != nil
        }?.engine
    }
}
