public import Prober

/// Judges a host by its rules and listeners alone, as if every port had been probed from `vantages`.
///
/// Nothing is sent: what the rules do stands for what would be seen, and what they leave undecided is
/// inconclusive. There is a reconciliation for each vantage from which there is an address to ask,
/// but one alone for those of one name from which the same is found; none at all means that nothing
/// is known. A vantage without an address of its own stands for a source that is not known. `host` is
/// the report, nil when nobody knows who listens; `ruleset` are the rules, where they do not come with
/// it. `addresses` are those to ask about; nil stands for all of the host at which others reach it.
public func predict(
    for host: HostReport?, under policy: Policy, at addresses: TargetSet? = nil,
    from vantages: [Vantage], ruleset: Ruleset? = nil
) -> [Reconciliation] {
    let firewall = FirewallModel(ruleset, report: host, after: nil)
    let wanted = addresses ?? host?.reachableAddresses ?? TargetSet()
    let asked = vantages.map { $0.addresses(among: wanted) }
    let unasked = wanted.subtracting(TargetSet(asked.flatMap(\.ranges)))
    let found = zip(vantages, asked).compactMap { vantage, asked -> Reconciliation? in
        guard !asked.isEmpty else { return nil }
        // What such a place is called its owner did not say, so no declaration can speak of it.
        return Judge(
            vantage.addresses, at: nil, host: host, after: nil, policy: policy, probe: nil,
            alsoProbed: [], isThroughOwnLink: false, firewall: firewall
        ).prediction(at: asked, from: vantage, without: unasked)
    }
    return found.withoutRepeats().comparingVantages()
}

extension Judge {
    /// What the rules and listeners say of every port at `asked`.
    ///
    /// `unasked` are the addresses that packets from no vantage get to.
    fileprivate func prediction(
        at asked: TargetSet, from vantage: Vantage, without unasked: TargetSet
    ) -> Reconciliation {
        var findings: [Finding] = []
        for range in asked.ranges.flatMap(\.singles) {
            for transport in Transport.allCases {
                judge(range, transport, .all, .predicted, nil, into: &findings)
            }
        }
        if vantage.isOfRulesAlone { findings = findings.map(\.asStoppedOnPurpose) }
        let requested = findings.endpointCount
        findings += familyGaps(in: findings) + socketFindings(beside: findings)
        findings.sort(by: Finding.precedes)
        var notes = [Reconciliation.HostNote.predicted(from: vantage, of: asked)]
        if !unasked.isEmpty { notes.append(.addressesWithoutSource(unasked)) }
        return Reconciliation(
            scan: nil, mode: .predicted(from: vantage), findings: findings,
            notes: notes + self.notes(on: nil), unprobedListeners: [], unaskedPorts: [],
            uncoveredAddresses: unasked, uncoveredPorts: PortSpec(), unlocatedCount: 0,
            requestedCount: requested, isComplete: true,
            remedyHost: remedyHost)
    }
}

extension Finding {
    /// The same for a source that only rules name: that they stop what is declared open for all, as
    /// a list of banned sources does, is what they are for.
    fileprivate var asStoppedOnPurpose: Finding {
        guard code == .a1, result == .fail, !isSupplement else { return self }
        var finding = self
        finding.result = .info
        finding.severity = .info
        return finding
    }
}

extension [Reconciliation] {
    /// The same without those that find what another of the same name does, and without those of
    /// sources that fare like everybody else.
    fileprivate func withoutRepeats() -> [Reconciliation] {
        let elsewhere = filter { $0.vantage?.isElsewhere ?? false }.flatMap(\.findings)
        var known: Set<Outcome> = []
        return filter { part in
            guard let vantage = part.vantage else { return true }
            let outcome = Outcome(name: vantage.name, part.findings)
            if vantage.isOfRulesAlone {
                let families = Set(part.findings.map(\.addresses.family))
                let others = elsewhere.filter { families.contains($0.addresses.family) }
                if outcome == Outcome(name: vantage.name, others) { return false }
            }
            return known.insert(outcome).inserted
        }
    }
}

/// What is found of endpoints from a place, whichever rule decides it.
private struct Outcome: Hashable {
    private struct Kind: Hashable {
        var addresses: AddressRange
        var transport: Transport
        var verdict: Verdict
        var code: FindingCode
        var stance: Policy.Stance
    }

    private let name: String
    private let ports: [Kind: PortSet]

    init(name: String, _ findings: [Finding]) {
        self.name = name
        var ports: [Kind: PortSet] = [:]
        for finding in findings where !finding.isSupplement {
            let kind = Kind(
                addresses: finding.addresses, transport: finding.transport,
                verdict: finding.verdict, code: finding.code, stance: finding.stance)
            ports[kind] = ports[kind]?.union(finding.ports) ?? finding.ports
        }
        self.ports = ports
    }
}

extension Vantage {
    /// Those of `targets` that packets from here get to: of a family that it has an address of, or
    /// of any where none is known.
    fileprivate func addresses(among targets: TargetSet) -> TargetSet {
        let families = Set(addresses.map(\.destination.family))
        return TargetSet(
            targets.ranges.filter { families.isEmpty || families.contains($0.family) })
    }
}

extension HostReport {
    /// The addresses of the host at which others reach it.
    fileprivate var reachableAddresses: TargetSet {
        TargetSet(
            addresses.map(\.address).filter { !$0.isLoopback && !$0.isLinkLocal }
                .map { AddressRange($0) })
    }
}

extension AddressRange {
    /// The addresses one by one; the range as it is when they are more than rules are asked about.
    fileprivate var singles: [AddressRange] {
        guard span < 4096 else { return [self] }
        return (0...span).map { AddressRange(IPAddress(family, number: first.number + $0)) }
    }
}
