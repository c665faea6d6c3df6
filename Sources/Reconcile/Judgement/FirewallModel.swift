import Prober

/// The rules of the host that is judged, and what is known of the host itself.
struct FirewallModel {
    private let ruleset: Ruleset
    /// The rules after the scan, where they are others.
    private let laterRuleset: Ruleset?
    let host: FirewallHost

    /// The model of `rules`, or of those that `report` has; nil when there are none.
    init?(_ rules: Ruleset?, report: HostReport?, after: HostReport?) {
        guard let ruleset = rules ?? report?.ruleset else { return nil }
        self.init(ruleset, later: rules == nil ? after?.ruleset : nil, report: report)
    }

    /// The model of `ruleset`, which is `later` after the scan, on the host that `report` is of.
    init(_ ruleset: Ruleset, later: Ruleset?, report: HostReport?) {
        self.ruleset = ruleset
        let isIncomplete = report?.coverage.contains { $0.subject == .addresses } ?? true
        let addresses = report?.addresses ?? []
        host = FirewallHost(
            addresses: addresses, hasAllAddresses: !addresses.isEmpty && !isIncomplete)
        laterRuleset = later.flatMap {
            $0.withoutCounters == ruleset.withoutCounters ? nil : $0
        }
    }

    /// The rules that answers name: those of now.
    var latest: Ruleset { laterRuleset ?? ruleset }

    /// What is worth knowing of the rules as a whole.
    var observations: [RulesetObservation] { ruleset.missingFilters }

    /// The ranges of source addresses of `family` that rules name.
    func sources(of family: IPAddress.Family) -> [AddressRange] { ruleset.sources(of: family) }

    /// What the rules do with packets from `source` to `ports`, alike ports together.
    func views(
        of ports: PortSet, over transport: Transport, at address: IPAddress,
        from source: FlowSource
    ) -> [(FirewallView, PortSet)] {
        let destination = address.destination
        // Something in front translates to an address that the rules see instead.
        if host.hasAllAddresses, host.holds(destination) == false {
            return [(.undecided([.unknown(.hostAddresses)]), ports)]
        }
        let known = source.addresses.count == 1 ? source.addresses.first : nil
        let links = known.map { host.links(to: $0) } ?? []
        let flow = Flow(
            from: known, to: destination, over: transport,
            interface: links.count == 1 ? links.first : nil)
        let views = views(of: ports, flow, by: ruleset)
        guard let laterRuleset else { return views }
        let later = self.views(of: ports, flow, by: laterRuleset)
        // A set that the prober got into by probing.
        let trap = known.flatMap { source in
            laterRuleset.setNames(holding: source).subtracting(ruleset.setNames(holding: source))
                .min()
        }
        return views.flatMap { view, ports in
            later.compactMap { laterView, laterPorts in
                let common = ports.intersection(laterPorts)
                return common.isEmpty ? nil : (view.joined(with: laterView, trap), common)
            }
        }
    }

    private func views(
        of ports: PortSet, _ flow: Flow, by ruleset: Ruleset
    ) -> [(FirewallView, PortSet)] {
        ruleset.answers(to: flow, ports: ports, on: host).map { answer in
            guard let decision = answer.decision else {
                return (.undecided(answer.unknowns.map { .unknown($0) }), answer.ports)
            }
            return (.decided(decision, rules: answer.outcomes[0].path), answer.ports)
        }
    }
}

extension FirewallView {
    /// What this view, from before the scan, and `later` say together; `trap` is a set that holds
    /// the prober's own address since.
    fileprivate func joined(with later: FirewallView, _ trap: String?) -> FirewallView {
        switch (self, later) {
        case (.decided(let action, _), .decided(let laterAction, _)):
            if action == laterAction { return later }
            if let trap, laterAction.isStop, !action.isStop {
                return .undecided([.interfered(trap)])
            }
        case (.undecided, .decided(let laterAction, _)):
            if let trap, laterAction.isStop { return .undecided([.interfered(trap)]) }
        case (_, .undecided(let reasons)):
            if let trap, reasons.contains(.unknown(.changingSet(trap))) {
                return .undecided([.interfered(trap)])
            }
            if case .undecided(let earlier) = self, earlier == reasons { return later }
        }
        return .undecided([.changed])
    }
}

extension FirewallAction {
    /// Whether the packet gets nowhere.
    fileprivate var isStop: Bool {
        switch self {
        case .drop, .reject: true
        case .accept, .translate, .undecided: false
        }
    }
}

extension Ruleset {
    /// The same without what packets change.
    var withoutCounters: Ruleset {
        var ruleset = self
        for table in ruleset.tables.indices {
            for index in ruleset.tables[table].chains.indices {
                ruleset.tables[table].change(index) { chain in
                    for rule in chain.rules.indices { chain.rules[rule].packets = nil }
                }
            }
        }
        return ruleset
    }
}

extension HostReport {
    /// The rules that the report has, with what it could not read of them; nil for none.
    var ruleset: Ruleset? {
        guard !rulesets.isEmpty else { return nil }
        let gaps = coverage.filter { $0.subject == .firewall }.map {
            RulesetGap.unread($0.reason)
        }
        do throws(InputError) {
            return try Ruleset(rulesets, gaps: gaps)
        } catch {
            var ruleset = Ruleset()
            ruleset.gaps = gaps + [.unread("\(error)")]
            return ruleset
        }
    }
}
