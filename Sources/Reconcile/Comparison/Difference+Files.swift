import Prober

extension Difference {
    /// What changed from `old` to `new`.
    ///
    /// What one vantage sees is compared with what it saw before, and with no other, unless
    /// `acrossVantages`.
    public init(
        from old: Comparand, to new: Comparand, acrossVantages: Bool = false
    ) throws(ComparisonProblem) {
        let names = (old.vantages.map(\.name), new.vantages.map(\.name))
        if !acrossVantages, !names.0.isEmpty, !names.1.isEmpty,
            Set(names.0).isDisjoint(with: names.1)
        {
            throw .vantages(names.0, names.1)
        }
        switch (old, new) {
        case (.findings(let before), .findings(let after)):
            self.init(
                from: EndpointMap(before, acrossVantages: acrossVantages),
                to: EndpointMap(after, acrossVantages: acrossVantages),
                isOfHost: after.results.allSatisfy { $0.scan == nil },
                isNewIncomplete: !new.isComplete)
        case (.scan(let before), .scan(let after)):
            self.init(
                from: EndpointMap(before, acrossVantages: acrossVantages),
                to: EndpointMap(after, acrossVantages: acrossVantages),
                isNewIncomplete: !new.isComplete)
        case (.host(let before), .host(let after)):
            // Rules on one side only would make everything look as if they had changed it.
            let rules = [before.ruleset, after.ruleset].compactMap { $0 }
            self.init(
                from: EndpointMap(before, usesRules: rules.count == 2),
                to: EndpointMap(after, usesRules: rules.count == 2),
                clients: PortSet([before.clientPorts, after.clientPorts]), isOfHost: true,
                isNewIncomplete: !new.isComplete, hasRulesOnOneSide: rules.count == 1)
        case (.findings, _), (.scan, _), (.host, _): throw .kinds(old.kind, new.kind)
        }
    }
}
