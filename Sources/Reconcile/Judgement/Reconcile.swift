public import Prober

/// Compares what a scan saw with what the host says of itself and what its owner declared.
///
/// `after` is a second report, made after the scan: where it disagrees with `host` about an
/// endpoint, that endpoint is unstable. Without a report the observations are judged alone; without
/// a survey there is nothing to judge, and nothing passes. `probe` are the ports that the target
/// file asks to probe, for scans that may have asked about fewer.
public func reconcile(
    _ survey: Survey?, with host: HostReport?, after: HostReport? = nil, under policy: Policy,
    probe: PortSpec? = nil
) -> Reconciliation {
    let judge = Judge(
        survey?.vantage.addresses ?? [], host: host, after: after, policy: policy, probe: probe)
    var findings: [Finding] = []
    if let survey {
        for sighting in AddressSighting.all(in: survey.groups) {
            judge.findings(on: sighting, into: &findings)
        }
        for range in survey.unprobed { judge.findings(on: range, into: &findings) }
    }
    findings.sort(by: Finding.precedes)
    let located = findings.reduce(0) { $0 + $1.endpointCount }
    // A shard was asked about its part only; what the others have is as open as what was missed.
    let requested = max(
        survey?.plan.endpointCount ?? 0, survey?.totals.requested ?? 0, located)
    return Reconciliation(
        findings: findings, notes: judge.notes(on: survey),
        unprobedListeners: judge.unprobedListeners(after: survey),
        unaskedPorts: judge.unaskedPorts(after: survey),
        unlocatedCount: requested - located, requestedCount: requested,
        isComplete: survey?.isComplete ?? false)
}
