import Prober

/// Finds out which declarations describe what is there.
struct PolicyLearner {
    let survey: Survey?
    let host: HostReport?
    let ruleset: Ruleset?
    private let isThroughOwnLink: Bool
    let index: ListenerIndex
    /// What is open, by address and by who reaches it.
    private(set) var open: [Reached: PortSpec] = [:]
    /// The listeners that are behind an open port.
    private(set) var holders: [Place: [Listener]] = [:]
    /// The ports that are open somewhere though those who have them do not take what comes there.
    private(set) var unclear: Set<Place> = []
    /// What would fail under any declaration.
    private(set) var failing = PortSpec()
    /// What the rules do not decide.
    private(set) var undecided = PortSpec()

    /// An address, and the sources that reach it; none for all.
    struct Reached: Hashable {
        var address: IPAddress
        var from: [AddressRange]
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
        } else if let rules = ruleset ?? host?.ruleset {
            addPredicted(by: rules)
        } else {
            addListeners()
        }
    }

    /// Declares every port open, to see what fails even so.
    private static let everythingOpen = Policy([
        Expectation(
            isOpen: true,
            ports: PortSpec(tcp: PortSet([0...(.max)]), udp: PortSet([0...(.max)])))
    ])

    private func findings(under policy: Policy) -> [Finding] {
        reconcile(
            survey, with: host, under: policy, isThroughOwnLink: isThroughOwnLink, ruleset: ruleset
        ).findings
    }

    /// More sources than these nobody wants to read in a file.
    private static let greatestSourceCount = 32

    /// What the rules let in from anywhere, and what they let in from sources that they name.
    private mutating func addPredicted(by rules: Ruleset) {
        let named = IPAddress.Family.allCases.flatMap { rules.sources(of: $0) }
            .filter { $0.prefixLength.map { $0 > 0 } ?? true }
        let sources = Array(named.prefix(Self.greatestSourceCount))
        let places = Vantage.all(
            named: Policy([Expectation(isOpen: true, ports: PortSpec(), from: sources)]),
            of: host, ruleset: rules)
        func findings(_ policy: Policy, from place: Vantage) -> [Finding] {
            predict(for: host, under: policy, from: [place], ruleset: rules).flatMap(\.findings)
        }
        func ranges(of place: Vantage) -> [[AddressRange]] {
            let within = sources.filter { range in
                !place.addresses.isEmpty && place.addresses.allSatisfy(range.contains)
            }
            return within.isEmpty ? [[]] : within.map { [$0] }
        }
        // What is open to all comes first: the last place is everybody that no rule names.
        for place in places.reversed() {
            for from in ranges(of: place) {
                addFound(in: findings(Policy(), from: place), from: from)
            }
        }
        for place in places {
            for from in ranges(of: place) {
                removeFailing(in: findings(Self.everythingOpen, from: place), from: from)
            }
        }
        gatherSources()
    }

    /// Puts the sources of each port together, without those that others contain.
    private mutating func gatherSources() {
        var gathered = open.filter { $0.key.from.isEmpty }
        let scoped = open.filter { !$0.key.from.isEmpty }
        for (address, parts) in Dictionary(grouping: scoped, by: \.key.address) {
            for transport in Transport.allCases {
                let ports = parts.reduce(PortSet()) { $0.union($1.value[transport]) }
                for port in ports {
                    let ranges = parts.filter { $0.value[transport].contains(port) }
                        .flatMap(\.key.from)
                    let key = Reached(address: address, from: TargetSet(ranges).ranges)
                    let known = gathered[key, default: PortSpec()][transport]
                    gathered[key, default: PortSpec()][transport] = known.union(
                        PortSet(ports: [port]))
                }
            }
        }
        open = gathered
    }

    /// What fails while nothing is declared, and what listens over UDP and says nothing; `from` are
    /// the sources that reach it, none for all.
    private mutating func addFound(in findings: [Finding], from sources: [AddressRange]) {
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
                for port in index.ports(over: transport) {
                    let view = index.view(of: transport, port, at: address)
                    guard case .listening(let listeners, let reach) = view, reach != .loopback
                    else { continue }
                    add(PortSet(ports: [port]), over: transport, at: address, from: [])
                    let place = Place(transport: transport, port: port)
                    for listener in listeners { add(listener, to: place) }
                }
            }
        }
    }

    /// Adds ports; from some sources only those that are not open to all.
    private mutating func add(
        _ ports: PortSet, over transport: Transport, at address: IPAddress,
        from sources: [AddressRange]
    ) {
        let common = open[Reached(address: address, from: [])]?[transport] ?? PortSet()
        let new = sources.isEmpty ? ports : ports.subtracting(common)
        guard !new.isEmpty else { return }
        let key = Reached(address: address, from: sources)
        let known = open[key, default: PortSpec()][transport]
        open[key, default: PortSpec()][transport] = known.union(new)
    }

    private mutating func add(_ listener: Listener, to place: Place) {
        if holders[place]?.contains(listener) != true {
            holders[place, default: []].append(listener)
        }
    }

    /// What is declared open must not fail for that.
    private mutating func removeFailing(in findings: [Finding], from sources: [AddressRange]) {
        for finding in findings where finding.result == .fail {
            guard finding.addresses.span == 0, case .open = finding.stance else { continue }
            let key = Reached(address: finding.addresses.first, from: sources)
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

extension FirewallView {
    /// Whether the rules stop the packet for certain.
    fileprivate var isStop: Bool {
        guard case .decided(let action, _) = self else { return false }
        return switch action {
        case .drop, .reject: true
        case .accept, .translate, .undecided: false
        }
    }
}
