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
                    add(group, rest, ReceiptPlace(), way, to: &found)
                }
            }
        }
        var questions = ReceiptQuestions(
            found.map { key, ranges in
                ReceiptQuestion(
                    key.address, key.transport, PortSet(ranges), key.hypotheses, rule: key.rule)
            })
        questions.engines = engines
        questions.controls = controls
        return questions
    }

    /// Ports that refused, in the name of an address that is asked about: what comes there is counted,
    /// unless somebody else refused.
    private var controls: [ReceiptControl] {
        var found: [IPAddress: ReceiptControl] = [:]
        for group in survey.groups where index.isOwn(group.address) && !group.ports.isEmpty {
            switch group.evidence {
            case .reset where found[group.address] == nil:
                found[group.address] = ReceiptControl(group.address, .tcp, group.ports[0])
            // A datagram needs no second packet.
            case .icmp(_, reporter: group.address)
            where group.transport == .udp && group.state == .closed:
                found[group.address] = ReceiptControl(group.address, .udp, group.ports[0])
            case .reset, .icmp, .silence, .unanswered, .handshake, .exchange, .reply,
                .localFailure:
                break
            }
        }
        return Array(found.values)
    }

    private func add(
        _ group: ObservationGroup, _ ports: PortSet, _ place: ReceiptPlace, _ way: ReceiptWay,
        to found: inout [Key: [ClosedRange<UInt16>]]
    ) {
        let family = group.address.destination.family
        let hypotheses = ReceiptHypothesis.all(
            over: group.transport, family, place, way, isAnswered: group.state == .open)
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
    ) -> ReceiptPlace? {
        switch index.view(of: transport, port, at: address) {
        case .listening(let listeners, _):
            ReceiptPlace(
                sockets: listeners.map(HostReading.SocketKey.init),
                tellsBytes: listeners.allSatisfy { $0.buffer != nil },
                tellsDrops: listeners.allSatisfy { $0.dropCount != nil })
        case .none, .elsewhere, .loopbackOnly:
            index.hides(port, over: transport, address.destination.family) ? nil : ReceiptPlace()
        case .inNamespace, .unknown, .changed: nil
        }
    }

    /// What the rules are to do with packets; nil where they send them elsewhere.
    private func way(_ view: FirewallView) -> ReceiptWay? {
        switch view {
        case .undecided(let reasons):
            // A namespace or a program in the kernel may have them before anything counts.
            reasons.contains(where: \.isLayer) ? nil : ReceiptWay(isKnown: false)
        case .decided(.accept, _): ReceiptWay(isKnown: true)
        case .decided(.translate, _), .decided(.undecided, _): nil
        case .decided(.drop, let path), .decided(.reject, let path):
            way(stoppedBy: path)
        }
    }

    private func way(stoppedBy path: [RuleReference]) -> ReceiptWay? {
        guard let last = path.last else { return ReceiptWay(isKnown: false) }
        switch firewall?.latest.hook(of: path) {
        case .prerouting, .input:
            return ReceiptWay(
                isKnown: true, rule: HostReading.RuleKey(counted: last) == nil ? nil : last,
                isStopped: true)
        // What was to be an answer is stopped; the packet itself came in.
        case .output, .postrouting: return ReceiptWay(isKnown: true)
        // What is stopped at a device is not counted as arrived.
        case .ingress:
            return HostReading.RuleKey(counted: last) == nil
                ? nil : ReceiptWay(isKnown: true, rule: last, isStopped: true, isAtDevice: true)
        case .forward, .egress, nil: return nil
        }
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
