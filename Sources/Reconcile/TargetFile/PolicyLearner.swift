import Prober

/// Finds out which declarations describe what is there.
struct PolicyLearner {
    let survey: Survey?
    let host: HostReport?
    let ruleset: Ruleset?
    private let isThroughOwnLink: Bool
    let index: ListenerIndex
    /// What is open, by address and by who reaches it.
    ///
    /// Ports that rules keep from some sources stand there too, and are open to all others.
    var open: [Reached: PortSpec] = [:]
    /// The listeners that are behind an open port.
    private(set) var holders: [Place: [Listener]] = [:]
    /// The ports that are open somewhere though those who have them do not take what comes there.
    private(set) var unclear: Set<Place> = []
    /// What would fail under any declaration.
    private(set) var failing = PortSpec()
    /// What the rules do not decide.
    private(set) var undecided = PortSpec()

    /// An address, and who reaches it.
    struct Reached: Hashable {
        var address: IPAddress
        var scope: Scope
    }

    /// Sources that reach ports, or that rules keep from them.
    struct Scope: Hashable {
        /// The sources; none for all.
        var from: [AddressRange] = []
        /// Whether rules keep the ports from them.
        var isClosed = false
        /// Whether they are but those that probed.
        var isOfVantage = false

        /// All sources.
        static let everybody = Scope()
    }

    /// The port of one transport.
    struct Place: Hashable {
        var transport: Transport
        var port: UInt16
    }

    init(_ survey: Survey?, _ host: HostReport?, _ ruleset: Ruleset?, isThroughOwnLink: Bool) {
        self.survey = survey
        self.host = host
        self.ruleset = ruleset
        self.isThroughOwnLink = isThroughOwnLink
        index = ListenerIndex(host, isThroughOwnLink: isThroughOwnLink)
    }

    /// Takes in what is open, and lets go of what no declaration makes right.
    mutating func learn() {
        if survey != nil {
            addFound(in: findings(under: Policy()), from: [])
            removeFailing(in: findings(under: Self.everythingOpen), from: [])
            if let rules = ruleset ?? host?.ruleset { followSources(rules) }
        } else if let rules = ruleset ?? host?.ruleset {
            addPredicted(by: rules)
            followSources(rules)
        } else {
            addListeners()
        }
    }

    /// Declares every port open, to see what fails even so.
    static let everythingOpen = Policy([
        Expectation(
            isOpen: true,
            ports: PortSpec(tcp: PortSet([0...(.max)]), udp: PortSet([0...(.max)])))
    ])

    private func findings(under policy: Policy) -> [Finding] {
        reconcile(
            survey, with: host, under: policy, isThroughOwnLink: isThroughOwnLink, ruleset: ruleset
        ).findings
    }

    /// What fails while nothing is declared, and what listens over UDP and says nothing; `from` are
    /// the sources that reach it, none for all.
    mutating func addFound(in findings: [Finding], from sources: [AddressRange]) {
        for finding in findings where finding.addresses.span == 0 && !finding.isSupplement {
            let isSilentListener: Bool
            if case .listening = finding.inside {
                isSilentListener = finding.verdict == .ambiguous
            } else {
                isSilentListener = false
            }
            if finding.result == .inconclusive, finding.isPredicted {
                undecided[finding.transport] = undecided[finding.transport].union(finding.ports)
            }
            guard finding.result == .fail || isSilentListener else { continue }
            add(finding.ports, over: finding.transport, at: finding.addresses.first, from: sources)
            let places = finding.ports.map { Place(transport: finding.transport, port: $0) }
            switch finding.inside {
            case .listening(let listeners, _), .loopbackOnly(let listeners),
                .inNamespace(let listeners):
                // Where packets are sent elsewhere, the host's own sockets never see them.
                if finding.target == nil {
                    for place in places {
                        for listener in listeners { add(listener, to: place) }
                    }
                    continue
                }
            case .elsewhere, .none, .unknown, .changed: break
            }
            unclear.formUnion(places)
        }
    }

    /// What takes packets from others, where no rules are known.
    private mutating func addListeners() {
        for address in addresses {
            for transport in Transport.allCases {
                var ports: [UInt16] = []
                for port in index.ports(over: transport) {
                    let view = index.view(of: transport, port, at: address)
                    guard case .listening(let listeners, let reach) = view, reach != .loopback
                    else { continue }
                    ports.append(port)
                    let place = Place(transport: transport, port: port)
                    for listener in listeners { add(listener, to: place) }
                }
                add(PortSet(ports: ports), over: transport, at: address, from: [])
            }
        }
    }

    /// Adds ports; from some sources only those that are not open to all.
    private mutating func add(
        _ ports: PortSet, over transport: Transport, at address: IPAddress,
        from sources: [AddressRange]
    ) {
        let everybody = Reached(address: address, scope: .everybody)
        let common = open[everybody]?[transport] ?? PortSet()
        let new = sources.isEmpty ? ports : ports.subtracting(common)
        guard !new.isEmpty else { return }
        let key = Reached(address: address, scope: Scope(from: sources))
        let known = open[key, default: PortSpec()][transport]
        open[key, default: PortSpec()][transport] = known.union(new)
    }

    private mutating func add(_ listener: Listener, to place: Place) {
        if holders[place]?.contains(listener) != true {
            holders[place, default: []].append(listener)
        }
    }

    /// What is declared open must not fail for that.
    mutating func removeFailing(in findings: [Finding], from sources: [AddressRange]) {
        for finding in findings where finding.result == .fail {
            guard finding.addresses.span == 0, case .open = finding.stance else { continue }
            let key = Reached(address: finding.addresses.first, scope: Scope(from: sources))
            guard let ports = open[key]?[finding.transport] else { continue }
            let lost = ports.intersection(finding.ports)
            guard !lost.isEmpty else { continue }
            open[key]?[finding.transport] = ports.subtracting(lost)
            failing[finding.transport] = failing[finding.transport].union(lost)
        }
    }

    /// The addresses that the host has for others, or that its listeners name.
    var addresses: [IPAddress] { host?.addressesForOthers ?? [.v4(0), .v6(high: 0, low: 0)] }

    /// The ports that were asked, and those that are declared.
    var probe: PortSpec {
        var probe = survey?.plan.ports ?? PortSpec(tcp: .all)
        for transport in Transport.allCases {
            probe[transport] = open.values.reduce(probe[transport]) { $0.union($1[transport]) }
        }
        return probe
    }
}
