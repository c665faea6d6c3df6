import Prober

extension HostReport {
    /// Takes over what the reports `own` know besides sockets.
    ///
    /// Of what can only be one way, the report counts that was made last.
    mutating func takeFacts(of own: [HostReport]) {
        let newestFirst = own.sorted { $0.collected > $1.collected }
        hostname = own.first { !$0.hostname.isEmpty }?.hostname ?? ""
        for report in newestFirst {
            sysctls.merge(report.sysctls) { newer, _ in newer }
            for namespace in report.namespaces
            where !namespaces.contains(where: { $0.isSame(as: namespace) }) {
                namespaces.append(namespace)
            }
            add(report.counters)
        }
        for report in own {
            for address in report.addresses where !addresses.contains(address) {
                addresses.append(address)
            }
            for contradiction in report.contradictions where !contradictions.contains(contradiction)
            {
                contradictions.append(contradiction)
            }
            if let found = report.verification { verification.add(found) }
        }
    }

    /// Two listings of one firewall would be taken for rules that are there twice, so those of one
    /// report count, and what that report says of them.
    mutating func takeRules(of own: [HostReport]) {
        guard let listed = own.first(where: { !$0.rulesets.isEmpty }) else { return }
        rulesets = listed.rulesets
        coverage.removeAll { $0.subject == .firewall }
        coverage += listed.coverage.filter { $0.subject == .firewall }
    }

    /// Counts of one namespace are joined; the greater of two is the later one.
    private mutating func add(_ others: [KernelCounters]) {
        for other in others {
            if let index = counters.firstIndex(where: { $0.namespace == other.namespace }) {
                counters[index].values.merge(other.values, uniquingKeysWith: max)
            } else {
                counters.append(other)
            }
        }
    }
}

extension HostNamespace {
    /// Whether `other` is the same namespace, perhaps at another time.
    fileprivate func isSame(as other: HostNamespace) -> Bool {
        name == other.name && inode == other.inode
    }
}

extension PortVerification? {
    /// Adds what came of trying the ports another time: what was found once was there.
    fileprivate mutating func add(_ other: PortVerification) {
        guard var known = self else {
            self = other
            return
        }
        for sweep in other.sweeps where !known.sweeps.contains(sweep) { known.sweeps.append(sweep) }
        for port in other.unlisted where !known.unlisted.contains(port) {
            known.unlisted.append(port)
        }
        self = known
    }
}
