public import Prober

/// Judges a host by its rules and listeners alone, as if every port had been probed from `vantages`.
///
/// Nothing is sent: what the rules do stands for what would be seen, and what they leave undecided is
/// inconclusive. There is a reconciliation for each vantage from which there is an address to ask; a
/// vantage without an address of its own stands for a source that is not known. `host` is the report, nil when nobody
/// knows who listens; `ruleset` are the rules, where they do not come with it. `addresses` are those
/// to ask about; nil stands for all of the host at which others reach it.
public func predict(
    for host: HostReport?, under policy: Policy, at addresses: TargetSet? = nil,
    from vantages: [Vantage], ruleset: Ruleset? = nil
) -> [Reconciliation] {
    let firewall = FirewallModel(ruleset, report: host, after: nil)
    return vantages.compactMap { vantage in
        Judge(
            vantage.addresses, at: vantage.name, host: host, after: nil, policy: policy, probe: nil,
            alsoProbed: [], isThroughOwnLink: false, firewall: firewall
        ).prediction(at: addresses, from: vantage)
    }.comparingVantages()
}

extension Judge {
    /// What the rules and listeners say of every port at `addresses`.
    ///
    /// Nil where no address has the family of the vantage.
    fileprivate func prediction(
        at addresses: TargetSet?, from vantage: Vantage
    ) -> Reconciliation? {
        let families = Set(vantage.addresses.map(\.destination.family))
        let asked = (addresses ?? host?.reachableAddresses ?? TargetSet()).ranges.filter { range in
            families.isEmpty || families.contains(range.family)
        }
        guard !asked.isEmpty else { return nil }
        var findings: [Finding] = []
        for range in asked.flatMap(\.singles) {
            for transport in Transport.allCases {
                judge(range, transport, .all, .predicted, nil, into: &findings)
            }
        }
        let requested = findings.reduce(0) { $1.isSupplement ? $0 : $0 + $1.endpointCount }
        findings += familyGaps(in: findings) + socketFindings(beside: findings)
        findings.sort(by: Finding.precedes)
        let note = Reconciliation.HostNote.predicted(from: vantage, of: TargetSet(asked))
        return Reconciliation(
            scan: nil, mode: .predicted(from: vantage), findings: findings,
            notes: [note] + notes(on: nil), unprobedListeners: [], unaskedPorts: [],
            uncoveredAddresses: TargetSet(), uncoveredPorts: PortSpec(), unlocatedCount: 0,
            requestedCount: requested, isComplete: true,
            remedyHost: remedyHost)
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

extension Vantage {
    /// The places from which rules and declarations may treat packets differently: an address for
    /// each range that `policy` speaks of, parted where rules name a part of it, and one that
    /// neither names, which stands for everybody else.
    ///
    /// What rules do with a packet from the last they do with one from any such address, as far as
    /// they ask for its source alone.
    public static func all(
        named policy: Policy, of host: HostReport?, ruleset: Ruleset? = nil
    ) -> [Vantage] {
        let ruleset = ruleset ?? host?.ruleset ?? Ruleset()
        var ranges: [AddressRange] = []
        for range in policy.expectations.flatMap(\.from) where range.prefixLength != 0 {
            if !ranges.contains(range) { ranges.append(range) }
        }
        var elsewhere: [IPAddress] = []
        var named: [Vantage] = []
        for family in IPAddress.Family.allCases {
            let ofRules = ruleset.sources(of: family)
            let declared = ranges.filter { $0.family == family }
            elsewhere += IPAddress.unnamed(family, by: ofRules + declared)
            for range in declared {
                named += range.representatives(partedBy: ofRules).map { address in
                    Vantage(name: "\(range)", addresses: [address])
                }
            }
        }
        return named + [Vantage(name: "anywhere else", addresses: elsewhere)]
    }
}

extension AddressRange {
    /// The addresses one by one; the range as it is when they are more than rules are asked about.
    fileprivate var singles: [AddressRange] {
        guard span < 4096 else { return [self] }
        return (0...span).map { AddressRange(IPAddress(family, number: first.number + $0)) }
    }

    /// More parts than these nobody reads.
    private static let partLimit = 8

    /// An address of each part of the range that `ranges` treat alike, at most ``partLimit``.
    fileprivate func representatives(partedBy ranges: [AddressRange]) -> [IPAddress] {
        var starts: Set<UInt128> = [first.number]
        for range in ranges where range.family == family {
            for start in [range.first.number, range.last.number &+ 1]
            where start > first.number && start <= last.number {
                starts.insert(start)
            }
        }
        return starts.sorted().prefix(Self.partLimit).map { start in
            // The first address of a network is seldom a host's.
            let isAlone = start == last.number || starts.contains(start + 1)
            return IPAddress(family, number: isAlone ? start : start + 1)
        }
    }
}

extension IPAddress {
    /// A global address that none of `ranges` has; none when they have all that are tried.
    fileprivate static func unnamed(_ family: Family, by ranges: [AddressRange]) -> [IPAddress] {
        let candidates: [IPAddress] =
            switch family {
            // Blocks that hosts of other people are in, one address each.
            case .ipv4: (UInt32(1)...223).reversed().map { .v4($0 << 24 | 0x4d_4d4d) }
            case .ipv6: (UInt64(0)...255).map { .v6(high: 0x2a00_7777 << 32 | $0 << 24, low: 0x77) }
            }
        let free = candidates.first { candidate in
            !SpecialRange.all.contains { $0.range.contains(candidate) }
                && !ranges.contains { $0.contains(candidate) }
        }
        return free.map { [$0] } ?? []
    }
}
