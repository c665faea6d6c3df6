public import Prober

extension [Reconciliation] {
    /// The same, with a finding wherever one vantage reaches what another does not because the
    /// rules say so.
    ///
    /// Each of them is of one vantage, and all of one host and policy.
    func comparingVantages() -> [Reconciliation] {
        guard count > 1 else { return self }
        let stopped = map { StoppedByRules($0.findings) }
        return indices.map { index in
            var whole = self[index]
            let scopes = whole.findings.flatMap { finding -> [Finding] in
                guard finding.isLetIn else { return [] }
                for other in indices where other != index {
                    let found = stopped[other].parts(of: finding)
                    if !found.isEmpty {
                        return found.map { place, ports in
                            finding.scoped(
                                ports, self[other].findings[place], self[other].vantage)
                        }
                    }
                }
                return []
            }
            guard !scopes.isEmpty else { return whole }
            whole.findings += scopes
            whole.findings.sort(by: Finding.precedes)
            return whole
        }
    }
}

extension Reconciliation {
    /// Where its probes came from, or would come from.
    public var vantage: Vantage? {
        switch mode {
        case .observed: scan?.vantage
        case .predicted(let vantage): vantage
        }
    }
}

/// The findings on what rules stop that are known, by address and port.
private struct StoppedByRules {
    private struct Key: Hashable {
        var address: IPAddress
        var transport: Transport
    }

    private var places: [Key: [(place: Int, ports: PortSet)]] = [:]

    init(_ findings: [Finding]) {
        for (place, finding) in findings.enumerated()
        where !finding.isSupplement && finding.addresses.span == 0
            && finding.verdict == .filteredAsModelled
        {
            let key = Key(address: finding.addresses.first, transport: finding.transport)
            places[key, default: []].append((place, finding.ports))
        }
    }

    func parts(of finding: Finding) -> [(Int, PortSet)] {
        let key = Key(address: finding.addresses.first, transport: finding.transport)
        return (places[key] ?? []).compactMap { place, ports in
            let common = finding.ports.intersection(ports)
            return common.isEmpty ? nil : (place, common)
        }
    }
}

extension Finding {
    /// Whether the rules are known to let the packet to something that answers.
    fileprivate var isLetIn: Bool {
        guard !isSupplement, addresses.span == 0, verdict.reach == .open,
            case .decided(let action, _) = firewall
        else { return false }
        return switch action {
        case .accept, .translate: true
        case .drop, .reject, .undecided: false
        }
    }

    /// The finding that `ports` are reachable here, and not from `vantage`, where `other` was found.
    fileprivate func scoped(_ ports: PortSet, _ other: Finding, _ vantage: Vantage?) -> Finding {
        Finding(
            addresses: addresses, transport: transport, ports: ports, sighting: sighting,
            inside: inside, firewall: firewall, stance: stance, verdict: .sourceScoped,
            isSupplement: true, isPredicted: isPredicted, target: target,
            counterpart: Counterpart(
                address: other.addresses.first, vantage: vantage, sighting: other.sighting,
                firewall: other.firewall, verdict: other.verdict))
    }
}
