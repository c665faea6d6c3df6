import Prober

/// Everything that is the same for all endpoints of one reconciliation.
struct Judge {
    let sources: [IPAddress]
    /// What the vantage is called; nil when nobody probed.
    let vantage: String?
    let host: HostReport?
    let policy: Policy
    /// The ports that the target file asks to probe; nil when there is none to ask.
    let probe: PortSpec?
    /// What other scans of the same run ask of the host.
    let alsoProbed: [ProbedElsewhere]
    /// Whether probes came in through a link of the prober's own.
    let isThroughOwnLink: Bool
    let before: ListenerIndex
    /// The rules, if they are known.
    let firewall: FirewallModel?
    private let after: ListenerIndex?
    /// What either report could not see.
    private let coverage: [CoverageGap]

    init(
        _ sources: [IPAddress], at vantage: String? = nil, host: HostReport?, after: HostReport?,
        policy: Policy,
        probe: PortSpec?, alsoProbed: [ProbedElsewhere], isThroughOwnLink: Bool,
        ruleset: Ruleset? = nil
    ) {
        firewall = FirewallModel(
            ruleset, report: host ?? after, after: host == nil ? nil : after)
        self.sources = sources
        self.vantage = vantage
        self.host = host ?? after
        self.policy = policy
        self.probe = probe
        self.alsoProbed = alsoProbed
        self.isThroughOwnLink = isThroughOwnLink
        before = ListenerIndex(host ?? after, isThroughOwnLink: isThroughOwnLink)
        self.after =
            host == nil
            ? nil
            : after.map {
                ListenerIndex($0, isThroughOwnLink: isThroughOwnLink)
            }
        coverage = [host, after].compactMap { $0?.coverage }.joined().reduce(into: []) { all, gap in
            if !all.contains(where: { $0.isLike(gap) }) { all.append(gap) }
        }
    }

    /// Adds what is found at one address.
    func findings(on sighting: AddressSighting, into findings: inout [Finding]) {
        let isOfHost = { (reporter: IPAddress) in
            reporter == sighting.address || before.isOwn(reporter)
        }
        let isAlive = sighting.isAlive(isOfHost)
        for part in sighting.parts {
            let outside = part.outside(at: sighting.address, isAlive: isAlive, isOfHost)
            judge(
                AddressRange(sighting.address), part.transport, part.ports, outside,
                Finding.Sighting(part.evidence, attempts: part.attempts), into: &findings)
        }
    }

    /// Adds what is to be said of endpoints that were never probed.
    func findings(on range: UnprobedRange, into findings: inout [Finding]) {
        judge(range.addresses, range.transport, range.ports, .notTested, nil, into: &findings)
    }

    private func judge(
        _ addresses: AddressRange, _ transport: Transport, _ ports: PortSet,
        _ outside: OutsideView, _ sighting: Finding.Sighting?, into findings: inout [Finding]
    ) {
        let source = FlowSource(toward: addresses.first, from: sources, at: vantage)
        for (stance, ports) in policy.parts(of: ports, over: transport, from: source) {
            for (inside, firewall, ports) in allViews(
                of: ports, over: transport, at: addresses, from: source, sighting)
            {
                let effect = FirewallEffect(firewall, seen: sighting?.evidence ?? [])
                let verdict = Verdict(outside, inside, effect)
                let ruling = Ruling(on: verdict, under: stance)
                let sensitive = ports.intersection(Severity.sensitivePorts[transport])
                for (ports, isSensitive) in ruling.code == .e1
                    ? [(sensitive, true), (ports.subtracting(sensitive), false)]
                    : [(ports, false)]
                where !ports.isEmpty {
                    findings.append(
                        Finding(
                            code: ruling.code, addresses: addresses, transport: transport,
                            ports: ports, sighting: sighting, inside: inside,
                            firewall: firewall, stance: stance,
                            verdict: verdict, result: ruling.result,
                            severity: Severity(
                                of: ruling, under: stance, isSensitive: isSensitive)))
                }
            }
        }
    }

    /// What listeners and rules say of `ports`, those alike together.
    private func allViews(
        of ports: PortSet, over transport: Transport, at addresses: AddressRange,
        from source: FlowSource, _ sighting: Finding.Sighting?
    ) -> [(ListenerView, FirewallView, PortSet)] {
        let insides = views(of: ports, over: transport, at: addresses)
        guard let firewall else {
            return insides.map { ($0, .undecided([.rulesNotRead]), $1) }
        }
        // What was never probed cannot be compared with what the rules do.
        guard addresses.span == 0, sighting != nil else {
            return insides.map { ($0, .undecided([.manyAddresses]), $1) }
        }
        let rules = firewall.views(
            of: ports, over: transport, at: addresses.first, from: source)
        return insides.flatMap { inside, ports in
            rules.compactMap { view, alike in
                let both = ports.intersection(alike)
                return both.isEmpty ? nil : (inside, view, both)
            }
        }
    }

    /// What the host says of `ports`, those without a listener together.
    private func views(
        of ports: PortSet, over transport: Transport, at addresses: AddressRange
    ) -> [(ListenerView, PortSet)] {
        var special = before.ports(over: transport)
        if let after { special = special.union(after.ports(over: transport)) }
        // What holds for one address need not hold for a range; never-probed ranges need no view.
        let listened = addresses.span == 0 ? ports.intersection(special) : PortSet()
        var views = listened.map { port in
            (view(of: transport, port, at: addresses.first), PortSet(ports: [port]))
        }
        let rest = listened.isEmpty ? ports : ports.subtracting(listened)
        guard let port = rest.ranges.first?.lowerBound else { return views }
        let common: ListenerView =
            addresses.span == 0
            ? view(of: transport, port, at: addresses.first) : .unknown([.manyAddresses], [])
        views.append((common, rest))
        return views
    }

    private func view(
        of transport: Transport, _ port: UInt16, at address: IPAddress
    ) -> ListenerView {
        let view = before.view(of: transport, port, at: address)
        guard let after else { return view }
        let later = after.view(of: transport, port, at: address)
        // What one report could not see did not come or go for that.
        if case .unknown = view { return view }
        if case .unknown = later { return later }
        return view.agrees(with: later)
            ? later : .changed(before: view.listeners, after: later.listeners)
    }
}

extension Judge {
    /// What holds for the host as a whole.
    func notes(on survey: Survey?) -> [Reconciliation.HostNote] {
        var notes: [Reconciliation.HostNote] = []
        switch survey?.ending {
        case .cut(let line): notes.append(.scanFileCut(line: line))
        case .complete, .interrupted, nil: break
        }
        if let firewall {
            for case .noFilter(let isIPv6) in firewall.observations {
                notes.append(.noFilter(isIPv6: isIPv6))
            }
        } else {
            notes.append(.firewallUndetermined(.rulesNotRead))
        }
        guard host != nil else { return notes + [.noHostReport] }
        let gaps = coverage.filter { $0.subject != .firewall }
        if !gaps.isEmpty { notes.append(.inventoryIncomplete(gaps)) }
        return notes
    }
}

extension CoverageGap {
    /// Whether both say the same, but for how many there are of something.
    fileprivate func isLike(_ other: CoverageGap) -> Bool {
        subject == other.subject
            && reason.filter { !$0.isNumber } == other.reason.filter { !$0.isNumber }
    }
}
