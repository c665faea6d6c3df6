import Prober

/// Everything that is the same for all endpoints of one reconciliation.
struct Judge {
    let sources: [IPAddress]
    /// What the vantage is called; nil when nobody probed.
    let vantage: String?
    let host: HostReport?
    let policy: Policy
    /// The ports that are declared open for anybody.
    let meant: PortSpec
    /// The ports that the target file asks to probe; nil when there is none to ask.
    let probe: PortSpec?
    /// What other scans of the same run ask of the host.
    let alsoProbed: [ProbedElsewhere]
    /// Whether probes came in through a link of the prober's own.
    let isThroughOwnLink: Bool
    let before: ListenerIndex
    /// The rules, if they are known.
    let firewall: FirewallModel?
    let after: ListenerIndex?
    /// The report from after the scan, where there is one from before.
    let later: HostReport?
    /// What became of the probes on the host itself.
    let receipts: ReceiptIndex
    /// What either report could not see.
    private let coverage: [CoverageGap]

    init(
        _ sources: [IPAddress], at vantage: String? = nil, host: HostReport?, after: HostReport?,
        policy: Policy,
        probe: PortSpec?, alsoProbed: [ProbedElsewhere], isThroughOwnLink: Bool,
        firewall: FirewallModel?, receipts: [Receipt] = []
    ) {
        self.firewall = firewall
        later = host == nil ? nil : after
        self.sources = sources
        self.vantage = vantage
        self.host = host ?? after
        self.policy = policy
        meant = policy.expectations.reduce(into: PortSpec()) { all, expectation in
            guard expectation.isOpen, !expectation.isOver else { return }
            for transport in Transport.allCases {
                all[transport] = all[transport].union(expectation.ports[transport])
            }
        }
        self.probe = probe
        self.alsoProbed = alsoProbed
        self.isThroughOwnLink = isThroughOwnLink
        let before = ListenerIndex(host ?? after, isThroughOwnLink: isThroughOwnLink)
        self.before = before
        self.receipts = ReceiptIndex(receipts, isForeign: before.isForeign)
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
        let opensEverything = opensEverything(sighting)
        for part in sighting.parts {
            var outside = part.outside(at: sighting.address, isAlive: isAlive, isOfHost)
            if outside == .open, part.transport == .tcp, opensEverything, !part.isProven {
                outside = .openAmongAll
            }
            judge(
                AddressRange(sighting.address), part.transport, part.ports, outside,
                Finding.Sighting(part.evidence, attempts: part.attempts), into: &findings)
        }
    }

    /// Adds what is to be said of endpoints that were never probed.
    func findings(on range: UnprobedRange, into findings: inout [Finding]) {
        judge(range.addresses, range.transport, range.ports, .notTested, nil, into: &findings)
    }

    /// Adds what is to be said of `ports` that were seen alike.
    func judge(
        _ addresses: AddressRange, _ transport: Transport, _ ports: PortSet,
        _ outside: OutsideView, _ sighting: Finding.Sighting?, into findings: inout [Finding]
    ) {
        let source = FlowSource(toward: addresses.first, from: sources, at: vantage)
        let endsAtOnce = sighting.map {
            !$0.evidence.isEmpty && $0.evidence.allSatisfy(\.endsAtOnce)
        }
        let views = allViews(
            of: ports, over: transport, at: addresses, from: source, isAsked: outside != .notTested)
        for (stance, ports) in policy.parts(of: ports, over: transport, from: source) {
            for view in views {
                let common = view.ports.intersection(ports)
                guard !common.isEmpty else { continue }
                let effect = FirewallEffect(
                    view.firewall, seen: sighting?.evidence ?? [], target: view.target)
                let mark = view.mark == .none && endsAtOnce == true ? .neglected : view.mark
                let receipt = ReceiptView(view.receipts)
                let verdicts = Verdict.all(
                    outside.taking(receipt, over: transport), InsideView(view.inside), effect, mark,
                    receipt)
                for (index, verdict) in verdicts.enumerated() {
                    // A port that is meant for others is bound as wide as it was declared.
                    let concerned =
                        verdict == .latent ? common.subtracting(meant[transport]) : common
                    add(
                        Finding(
                            addresses: addresses, transport: transport, ports: concerned,
                            sighting: sighting, inside: view.inside, firewall: view.firewall,
                            stance: stance, verdict: verdict, isSupplement: index > 0,
                            isPredicted: outside == .predicted, target: view.target,
                            receipts: view.receipts),
                        to: &findings)
                }
            }
        }
    }

    /// Adds `finding`, parted by how bad it is.
    func add(_ finding: Finding, to findings: inout [Finding]) {
        let finding = finding.counted(under: policy)
        let ruling = Ruling(finding.code, finding.result)
        let sensitive =
            Severity.dependsOnPort(ruling.code)
            ? finding.ports.intersection(Severity.sensitivePorts[finding.transport]) : PortSet()
        let others = sensitive.isEmpty ? finding.ports : finding.ports.subtracting(sensitive)
        for (ports, isSensitive) in [(sensitive, true), (others, false)] where !ports.isEmpty {
            var part = finding
            part.ports = ports
            part.severity = Severity(of: ruling, under: finding.stance, isSensitive: isSensitive)
            findings.append(part)
        }
    }
}

extension Judge {
    /// What remedies need to know of the host.
    var remedyHost: RemedyHost {
        var remedy = RemedyHost(system: host?.system)
        remedy.ruleset = firewall?.latest
        remedy.firewallHost = firewall?.host ?? FirewallHost()
        remedy.policy = policy
        remedy.sources = sources
        return remedy
    }

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
