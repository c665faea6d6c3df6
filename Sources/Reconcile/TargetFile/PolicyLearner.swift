import Prober

/// Finds out which declarations describe what is there.
struct PolicyLearner {
    let survey: Survey?
    let host: HostReport?
    let ruleset: Ruleset?
    private let isThroughOwnLink: Bool
    let index: ListenerIndex
    /// What is open, by address.
    private(set) var open: [IPAddress: PortSpec] = [:]
    /// The listeners that are behind an open port.
    private(set) var holders: [Place: [Listener]] = [:]
    /// The ports that are open somewhere though those who have them do not take what comes there.
    private(set) var unclear: Set<Place> = []
    /// What would fail under any declaration.
    private(set) var failing = PortSpec()

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
        if survey == nil { addListeners() } else { addFound() }
        removeFailing()
    }

    /// Everything that can be asked about, so that any port may be declared.
    private static let everything = PortSpec(
        tcp: PortSet([0...(.max)]), udp: PortSet([0...(.max)]))

    private func findings(under policy: Policy) -> [Finding] {
        reconcile(
            survey, with: host, under: policy, isThroughOwnLink: isThroughOwnLink, ruleset: ruleset
        ).findings
    }

    /// What fails while nothing is declared, and what listens over UDP and says nothing.
    private mutating func addFound() {
        for finding in findings(under: Policy()) where finding.addresses.span == 0 {
            let isSilentListener: Bool
            if case .listening = finding.inside {
                isSilentListener = finding.verdict == .ambiguous
            } else {
                isSilentListener = false
            }
            guard finding.result == .fail || isSilentListener else { continue }
            add(finding.ports, over: finding.transport, at: finding.addresses.first)
            for listener in finding.inside.listeners {
                add(listener, to: Place(transport: finding.transport, port: listener.port))
            }
            switch finding.inside {
            case .listening, .loopbackOnly, .inNamespace: if finding.target == nil { continue }
            case .elsewhere, .none, .unknown, .changed: break
            }
            for listener in finding.inside.listeners {
                unclear.insert(Place(transport: finding.transport, port: listener.port))
            }
        }
    }

    /// What takes packets from others, as far as the rules let them in.
    private mutating func addListeners() {
        let rules = FirewallModel(ruleset, report: host, after: nil)
        for address in addresses {
            let source = FlowSource(toward: address, from: [])
            for transport in Transport.allCases {
                for port in index.ports(over: transport) {
                    let view = index.view(of: transport, port, at: address)
                    guard case .listening(let listeners, let reach) = view, reach != .loopback
                    else { continue }
                    let ports = PortSet(ports: [port])
                    let stops =
                        rules?.views(
                            of: ports, over: transport, at: address, from: source
                        ).contains { $0.0.isStop } ?? false
                    if stops { continue }
                    add(ports, over: transport, at: address)
                    let place = Place(transport: transport, port: port)
                    for listener in listeners { add(listener, to: place) }
                }
            }
        }
    }

    private mutating func add(_ ports: PortSet, over transport: Transport, at address: IPAddress) {
        let known = open[address, default: PortSpec()][transport]
        open[address, default: PortSpec()][transport] = known.union(ports)
    }

    private mutating func add(_ listener: Listener, to place: Place) {
        if holders[place]?.contains(listener) != true {
            holders[place, default: []].append(listener)
        }
    }

    /// What is declared open must not fail for that.
    private mutating func removeFailing() {
        let policy = Policy([Expectation(isOpen: true, ports: Self.everything)])
        for finding in findings(under: policy) where finding.result == .fail {
            guard finding.addresses.span == 0, case .open = finding.stance else { continue }
            let address = finding.addresses.first
            guard let ports = open[address]?[finding.transport] else { continue }
            let lost = ports.intersection(finding.ports)
            guard !lost.isEmpty else { continue }
            open[address]?[finding.transport] = ports.subtracting(lost)
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
