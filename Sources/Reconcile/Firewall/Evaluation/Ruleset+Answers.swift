public import Prober

extension Ruleset {
    /// What the rules do with `flow`, for every port of `ports` exactly once.
    ///
    /// One pass over the rules answers all ports. The answers are sorted by their first port.
    public func answers(
        to flow: Flow, ports: PortSet = PortSet([0...UInt16.max]),
        on host: FirewallHost = FirewallHost(), assuming assumption: FirewallAssumption = .strict
    ) -> [FirewallAnswer] {
        // What is not read at all need not be followed.
        let unread = gaps(for: flow.destination.family).filter { gap in
            if case .textListing = gap { return true }
            return false
        }
        guard unread.isEmpty else {
            let reasons = unread.map(FirewallUnknown.gap)
            let outcome = FirewallOutcome(action: .undecided, path: [], reasons: reasons)
            return [FirewallAnswer(ports: ports, outcomes: [outcome])]
        }
        var host = host
        // Whoever asks what happens at an address, and does not say which the host has, means one
        // of them.
        if !host.hasAllAddresses,
            !host.addresses.contains(where: { $0.address == flow.destination })
        {
            host.addresses.append(
                HostAddress(flow.destination, prefixLength: 0, interface: ""))
        }
        var evaluation = Evaluation(
            self, FactContext(flow: flow, host: host), assumption, ports: ports)
        evaluation.run()
        return AnswerBuilder(evaluation).answers()
    }
}

extension Ruleset {
    /// What is not known of the rules for `family`.
    func gaps(for family: IPFamily) -> [RulesetGap] {
        // Below IP, whatever the packet is: on bridges, and where neighbours are looked for.
        let below = tables.filter { table in
            [.bridge, .arp].contains(table.family) && table.isDormant != true
                && table.chains.contains { $0.base != nil && !$0.isInert }
        }.map { RulesetGap.layer("the table \($0.name) of the family \($0.family.rawValue)") }
        if readFamilies.isEmpty || readFamilies.contains(family) { return gaps + below }
        let name = family == .ipv4 ? "IPv4 (iptables-save)" : "IPv6 (ip6tables-save)"
        return gaps + below + [.unread("no rules for \(name) were read")]
    }
}
