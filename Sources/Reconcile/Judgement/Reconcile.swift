public import Prober

/// Compares what a scan saw with what the host says of itself and what its owner declared.
///
/// `after` is a second report, made after the scan: where it disagrees with `host` about an
/// endpoint, that endpoint is unstable. Without a report the observations are judged alone; without
/// a survey there is nothing to judge, and nothing passes. `declared` are the addresses that the policy
/// is about, without those that are excluded, and `probe` the ports that its target asks to probe:
/// what of them the scan does not have stays an open question. Nil asks for no more than the scan.
/// Call it with the policy of a day (``Policy/on(_:)``); no clock is read here.
/// `alsoProbed` is what other scans of the same run ask of this host. `isThroughOwnLink` says that
/// the probes came in through a link of the prober's own, so that nothing bound to a device saw them.
/// `ruleset` are the host's rules, where they do not come with its report. `receipts` are what became of
/// the probes of this scan on the host itself; an endpoint without one was not looked for there.
public func reconcile(
    _ survey: Survey?, with host: HostReport?, after: HostReport? = nil, under policy: Policy,
    declared: TargetSet? = nil, probe: PortSpec? = nil, alsoProbed: [ProbedElsewhere] = [],
    isThroughOwnLink: Bool = false, ruleset: Ruleset? = nil, receipts: [Receipt] = []
) -> Reconciliation {
    let firewall = FirewallModel(
        ruleset, report: host ?? after, after: host == nil ? nil : after)
    let judge = Judge(
        survey?.vantage.addresses ?? [], at: survey?.vantage.name, host: host, after: after,
        policy: policy, probe: probe, alsoProbed: alsoProbed, isThroughOwnLink: isThroughOwnLink,
        firewall: firewall, receipts: receipts)
    return judge.reconciliation(of: survey, declared: declared)
}

/// Compares what scans from several vantages saw with one host and one policy, each by itself, and
/// then the vantages with each other.
///
/// There is a reconciliation for each survey, in their order; the arguments are as for one. A receipt is
/// of the probes of one scan: `receipts` has them by the id of that scan.
public func reconcile(
    _ surveys: [Survey], with host: HostReport?, under policy: Policy, declared: TargetSet? = nil,
    probe: PortSpec? = nil, ruleset: Ruleset? = nil, receipts: [String: [Receipt]] = [:]
) -> [Reconciliation] {
    let firewall = FirewallModel(ruleset, report: host, after: nil)
    return surveys.map { survey in
        let judge = Judge(
            survey.vantage.addresses, at: survey.vantage.name, host: host, after: nil,
            policy: policy, probe: probe, alsoProbed: [], isThroughOwnLink: false,
            firewall: firewall, receipts: receipts[survey.id] ?? [])
        return judge.reconciliation(of: survey, declared: declared)
    }.comparingVantages()
}

extension Judge {
    /// What comes of comparing `survey` with everything else.
    fileprivate func reconciliation(of survey: Survey?, declared: TargetSet?) -> Reconciliation {
        let judge = self
        var findings: [Finding] = []
        if let survey {
            for sighting in AddressSighting.all(in: survey.groups, decoys: survey.decoys) {
                judge.findings(on: sighting, into: &findings)
            }
            for range in survey.unprobed { judge.findings(on: range, into: &findings) }
        }
        let located = findings.endpointCount
        findings += judge.familyGaps(in: findings) + judge.socketFindings(beside: findings)
        findings.sort(by: Finding.precedes)
        // A shard was asked about its part only; what the others have is as open as what was missed.
        let requested = max(
            survey?.plan.endpointCount ?? 0, survey?.totals.requested ?? 0, located)
        let scanned = TargetSet(survey?.plan.targets ?? [])
        let uncovered = declared?.subtracting(scanned) ?? TargetSet()
        let undeclared = declared.map { scanned.subtracting($0) } ?? TargetSet()
        var notes = judge.notes(on: survey)
        if !uncovered.isEmpty { notes.append(.addressesNotScanned(uncovered)) }
        let uncoveredPorts = probe?.subtracting(survey?.plan.ports ?? PortSpec()) ?? PortSpec()
        if uncoveredPorts.count > 0 { notes.append(.portsNotScanned(uncoveredPorts)) }
        if !undeclared.isEmpty { notes.append(.addressesNotDeclared(undeclared)) }
        let scan = survey.map {
            Reconciliation.Scan(id: $0.id, started: $0.started, seed: $0.seed, vantage: $0.vantage)
        }
        return Reconciliation(
            scan: scan, findings: findings, notes: notes,
            unprobedListeners: judge.unprobedListeners(after: survey),
            unaskedPorts: judge.unaskedPorts(after: survey), uncoveredAddresses: uncovered,
            uncoveredPorts: uncoveredPorts,
            unlocatedCount: requested - located, requestedCount: requested,
            isComplete: survey?.isComplete ?? false,
            remedyHost: judge.remedyHost)
    }
}
