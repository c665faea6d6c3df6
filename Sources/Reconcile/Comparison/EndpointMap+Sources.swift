import Prober

extension EndpointMap {
    /// What `file` says; the vantage is left out when `acrossVantages`.
    init(_ file: FindingsFile, acrossVantages: Bool) {
        var union = Gathering()
        for result in file.results {
            let vantage = acrossVantages ? nil : result.vantage?.name
            for finding in result.findings
            where !finding.isSupplement && finding.addresses.span == 0 {
                union.add(
                    finding.facts, finding.ports,
                    at: Place(
                        vantage: vantage, address: finding.addresses.first,
                        transport: finding.transport))
            }
        }
        self = union.map
    }

    /// What `survey` saw.
    init(_ survey: Survey, acrossVantages: Bool) {
        let vantage = acrossVantages ? nil : survey.vantage.name
        var union = Gathering()
        for sighting in AddressSighting.all(in: survey.groups) {
            for part in sighting.parts {
                let states = Set(
                    part.evidence.map {
                        PortState(explaining: $0, over: part.transport, at: sighting.address)
                    })
                union.add(
                    EndpointFacts(EndpointFacts.Reach(states)), part.ports,
                    at: Place(
                        vantage: vantage, address: sighting.address, transport: part.transport))
            }
        }
        self = union.map
    }

    /// What `report` says that others reach: its listeners, and with `usesRules` what its rules let
    /// in or send elsewhere.
    init(_ report: HostReport, usesRules: Bool) {
        let index = ListenerIndex(report)
        let rules = usesRules ? FirewallModel(nil, report: report, after: nil) : nil
        let all = PortSet([0...(.max)])
        var union = Gathering()
        for address in report.addressesForOthers {
            for transport in Transport.allCases {
                let place = Place(vantage: nil, address: address, transport: transport)
                let listened = index.ports(over: transport)
                let views = rules.map { rules in
                    rules.views(
                        of: all, over: transport, at: address,
                        from: FlowSource(toward: address, from: [])
                    ).map { (Optional($0), $1) }
                }
                for (firewall, ports) in views ?? [(nil, all)] {
                    for port in ports.intersection(listened) {
                        union.add(
                            Self.facts(of: port, at: place, index, firewall),
                            PortSet(ports: [port]), at: place)
                    }
                    let rest = ports.subtracting(listened)
                    guard let free = rest.ranges.first?.lowerBound else { continue }
                    // Where nobody listens it is no matter which rule decides, but for one that
                    // sends packets elsewhere.
                    union.add(
                        Self.facts(
                            of: free, at: place, index,
                            firewall.flatMap { $0.destination == nil ? nil : $0 }),
                        rest, at: place)
                }
            }
        }
        self = union.map
    }

    private static func facts(
        of port: UInt16, at place: Place, _ index: ListenerIndex, _ firewall: FirewallView?
    ) -> EndpointFacts {
        var owner: String?
        var reach: EndpointFacts.Reach
        switch index.view(of: place.transport, port, at: place.address) {
        case .listening(let listeners, _), .inNamespace(let listeners):
            reach = .open
            owner = listeners.ownerText
        case .loopbackOnly(let listeners):
            reach = .shut
            owner = listeners.ownerText
        case .elsewhere, .none: reach = .shut
        case .unknown: reach = .undecided
        case .changed: reach = .unstable
        }
        var rule: String?
        if case .decided(let action, let path)? = firewall {
            rule = path.last.map { "\($0.chain): \($0.text)" }
            switch action {
            case .drop, .reject: reach = .shut
            case .translate(let destination):
                // Packets that are sent elsewhere never get to the sockets of the port itself.
                let target = index.target(
                    of: destination, port: destination.port ?? port, over: place.transport,
                    from: place.address)
                reach = EndpointFacts.Reach(target.place)
                owner = target.listeners.ownerText
            case .accept, .undecided: break
            }
        }
        return EndpointFacts(reach, owner: owner, rule: rule)
    }

    /// Endpoints gathered by their facts first, so that each place is cut up once only.
    private struct Gathering {
        private var ports: [Place: [EndpointFacts: [ClosedRange<UInt16>]]] = [:]

        mutating func add(_ facts: EndpointFacts, _ set: PortSet, at place: Place) {
            ports[place, default: [:]][facts, default: []] += set.ranges
        }

        var map: EndpointMap {
            var map = EndpointMap()
            for (place, parts) in ports {
                // Open first: of two findings on one port, the exposure counts.
                let order = parts.sorted { left, right in
                    (left.key.reach.rank, left.key.code ?? "")
                        < (right.key.reach.rank, right.key.code ?? "")
                }
                for (facts, ranges) in order { map.add(facts, PortSet(ranges), at: place) }
            }
            return map
        }
    }
}

extension EndpointFacts.Reach {
    fileprivate var rank: Int {
        switch self {
        case .open: 0
        case .openAtTimes: 1
        case .unstable: 2
        case .undecided: 3
        case .shut: 4
        case .untested: 5
        }
    }

    /// What `states` come to, of which there are several when repeated probes disagree.
    init(_ states: Set<PortState>) {
        guard states.count == 1, let state = states.first else {
            self =
                states.isEmpty ? .untested : states.contains(.open) ? .openAtTimes : .unstable
            return
        }
        self =
            switch state {
            case .open: .open
            case .closed, .filtered: .shut
            case .openOrFiltered: .undecided
            case .notTested: .untested
            }
    }

    /// What it comes to where rules send packets to `place`.
    fileprivate init(_ place: ForwardTarget.Place) {
        self =
            switch place {
            case .here, .loopback, .namespace: .open
            case .nothing: .shut
            case .unknown: .undecided
            }
    }
}

extension FirewallView {
    /// Where the rules send the packet; nil where they send it nowhere else, or do not tell.
    fileprivate var destination: TranslatedDestination? {
        guard case .decided(.translate(let destination), _) = self else { return nil }
        return destination
    }
}

extension RecordedFinding {
    /// The views whose listeners take what comes there, if anything does; those of the others are
    /// hints.
    private static let viewsOfHolders: Set<String> = [
        "listening", "loopback-only", "other-namespace", "changed",
    ]

    /// Whether others reach it: what was seen, or where nothing was sent, what was predicted.
    private var reach: EndpointFacts.Reach {
        guard isPredicted else { return EndpointFacts.Reach(Set(states)) }
        guard let verdict = Verdict(rawValue: verdict) else { return .undecided }
        if verdict.reach == .open { return .open }
        let isOpenQuestion = [
            .undetermined, .listenerUndetermined, .unstable, .interfered, .ambiguous,
        ].contains(verdict)
        return isOpenQuestion ? .undecided : .shut
    }

    /// What it says, as far as a comparison asks: nothing that changes from run to run by itself.
    fileprivate var facts: EndpointFacts {
        EndpointFacts(
            reach, code: code,
            owner: Self.viewsOfHolders.contains(view) ? listeners.ownerText : nil,
            rule: firewall.rules.last.map { "\($0.chain): \($0.text)" })
    }
}

extension [Listener] {
    /// Who holds the sockets, without process ids, which change with each start.
    fileprivate var ownerText: String? {
        let names = flatMap { listener -> [String] in
            let processes = listener.owners.map(\.name) + [listener.program].compactMap { $0 }
            let holder = listener.container.map { "container \($0.prefix(12))" } ?? listener.unit
            return Set(processes.filter { !$0.isEmpty }).sorted() + [holder].compactMap { $0 }
        }
        let known = names.reduce(into: [String]()) { all, name in
            if !all.contains(name) { all.append(name) }
        }
        return known.isEmpty ? nil : known.joined(separator: ", ")
    }
}

extension HostReport {
    /// The addresses at which others reach the host; where the report has none, those that its
    /// listeners are bound to.
    var addressesForOthers: [IPAddress] {
        func forOthers(_ addresses: [IPAddress]) -> [IPAddress] {
            addresses.map(\.destination).filter {
                !$0.isLoopback && !$0.isLinkLocal && !$0.isUnspecified
            }
        }
        let held = forOthers(addresses.map(\.address))
        guard held.isEmpty else { return Set(held).sorted() }
        let bound = forOthers(listeners.map(\.address))
        return Set(bound + [.v4(0), .v6(high: 0, low: 0)]).sorted()
    }
}
