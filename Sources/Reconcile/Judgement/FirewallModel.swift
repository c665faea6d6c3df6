import Prober

/// The rules of the host that is judged, and what is known of the host itself.
struct FirewallModel {
    private let ruleset: Ruleset
    private let host: FirewallHost
    /// Whether the rules were others before or after the scan.
    private let isChanged: Bool

    /// The model of `rules`, or of those that `report` has; nil when there are none.
    init?(_ rules: Ruleset?, report: HostReport?, after: HostReport?) {
        guard let ruleset = rules ?? report?.ruleset else { return nil }
        self.ruleset = ruleset
        let isIncomplete = report?.coverage.contains { $0.subject == .addresses } ?? true
        let addresses = report?.addresses ?? []
        host = FirewallHost(
            addresses: addresses, hasAllAddresses: !addresses.isEmpty && !isIncomplete)
        let later = rules == nil ? after?.ruleset : nil
        isChanged = later.map { $0.withoutCounters != ruleset.withoutCounters } ?? false
    }

    /// What is worth knowing of the rules as a whole.
    var observations: [RulesetObservation] { ruleset.missingFilters }

    /// What the rules do with packets from `source` to `ports`, alike ports together.
    func views(
        of ports: PortSet, over transport: Transport, at address: IPAddress,
        from source: FlowSource
    ) -> [(FirewallView, PortSet)] {
        if isChanged { return [(.undecided([.changed]), ports)] }
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
        return ruleset.answers(to: flow, ports: ports, on: host).map { answer in
            guard let decision = answer.decision else {
                return (.undecided(answer.unknowns.map { .unknown($0) }), answer.ports)
            }
            return (.decided(decision, rules: answer.outcomes[0].path), answer.ports)
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
