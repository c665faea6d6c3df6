public import Prober

/// What remedies need to know of the host that findings are about.
public struct RemedyHost: Hashable, Sendable {
    /// What kind of system it is; nil when that is not known.
    public var system: HostSystem?
    /// Its rules; nil when they were not read.
    var ruleset: Ruleset?
    /// What the rules ask of the host.
    var firewallHost = FirewallHost()
    /// What was declared.
    var policy = Policy()
    /// Where the probes came from.
    var sources: [IPAddress] = []

    /// A host of which the system is known at most.
    public init(system: HostSystem? = nil) { self.system = system }
}

extension Policy {
    /// The addresses of `family` from which all of `ports` are declared open; nil where that
    /// differs between them, or is not told in addresses.
    func sources(
        declaredOpen ports: PortSet, over transport: Transport, _ family: IPAddress.Family
    ) -> TargetSet? {
        var rest = TargetSet.everything(family)
        var open = TargetSet()
        for expectation in expectations where !expectation.isOver {
            if let only = expectation.family, only != family { continue }
            let covered = expectation.ports[transport].intersection(ports)
            if covered.isEmpty || rest.isEmpty { continue }
            // A vantage has a name alone: which addresses it has, nothing says.
            guard covered == ports, expectation.vantages.isEmpty else { return nil }
            let from = TargetSet(expectation.from.filter { $0.family == family })
            let spoken = expectation.from.isEmpty ? rest : rest.intersection(from)
            if expectation.isOpen { open = open.union(spoken) }
            rest = rest.subtracting(spoken)
        }
        return open
    }
}

extension Finding {
    /// What to do, in the order in which to try it, in the words of `host`.
    ///
    /// `places` are all addresses that have such a finding, this one among them; empty means only
    /// this one.
    public func remedies(on host: RemedyHost, at places: [AddressRange] = []) -> [Remedy] {
        actions.map { action in
            host.ruleRemedy(action, for: self, at: places.isEmpty ? [addresses] : places)
                ?? Remedy(action, steps: action.steps(on: host.system, for: self))
        }
    }
}

extension RemedyHost {
    /// The remedy that is a change of rules; nil where `action` is none, or the change is not known
    /// for certain.
    func ruleRemedy(
        _ action: Action, for finding: Finding, at places: [AddressRange]
    ) -> Remedy? {
        guard let goal = action.ruleGoal(in: finding), let ruleset else { return nil }
        var steps: [Remedy.Step] = []
        var sources: [String] = []
        for family in IPAddress.Family.allCases {
            let same = TargetSet(places.filter { $0.family == family })
            guard let first = same.ranges.first?.first else { continue }
            var one = finding
            one.addresses = AddressRange(first)
            guard let change = change(goal, for: one, at: same, by: ruleset),
                let made = self.steps(for: change.edits, in: ruleset)
            else { return nil }
            // A rule of both families is one rule.
            steps += made.filter { !steps.contains($0) }
            if let text = change.sources { sources.append(text) }
        }
        let name = Action.text(finding.transport, finding.ports)
        let whom = sources.joined(separator: ", ")
        let sentence: String
        switch goal {
        case .close:
            sentence = "Otherwise close \(name)" + (whom.isEmpty ? "" : " to all but \(whom)")
        case .mirror: sentence = "Stop \(name) over this address family too"
        case .open: sentence = "Let \(name) in" + (whom.isEmpty ? "" : " from \(whom)")
        case .remove: sentence = "If nothing is to listen there, remove the rule"
        }
        return Remedy(
            action, sentence + ", and change the file too from which the rules are loaded.",
            steps: steps)
    }

    /// The change that reaches `goal` for a finding at `places`, which are of one family, and the
    /// sources that it spares or lets in, where those are not all or none.
    private func change(
        _ goal: RuleGoal, for finding: Finding, at places: TargetSet, by ruleset: Ruleset
    ) -> (edits: [RuleEdit], sources: String?)? {
        guard finding.addresses.span == 0, let port = finding.ports.ranges.first,
            case .decided(let outcome, let path) = finding.firewall
        else { return nil }
        let (ports, family) = (finding.ports, finding.addresses.family)
        let advice = RuleAdvice(
            ruleset: ruleset, host: firewallHost, flow: flow(of: finding), asked: port.lowerBound)
        if case .remove(let rule) = goal {
            return advice.removing(rule, lettingIn: ports).map { ($0, nil) }
        }
        guard
            let declared = policy.sources(
                declaredOpen: ports, over: finding.transport, family)
        else { return nil }
        let isSome = !declared.isEmpty && declared != .everything(family)
        let edits =
            switch goal {
            case .open: advice.opening(ports, of: places, from: declared, along: path)
            case .close, .mirror, .remove:
                advice.closing(ports, of: places, but: declared, along: path, to: outcome)
            }
        return edits.map { ($0, isSome ? declared.abbreviated : nil) }
    }

    private func steps(for edits: [RuleEdit], in ruleset: Ruleset) -> [Remedy.Step]? {
        var ruleset = ruleset
        var steps: [Remedy.Step] = []
        for edit in edits {
            guard let commands = ruleset.commands(for: edit),
                commands.allSatisfy(\.isExpressible)
            else { return nil }
            steps += commands.map { .run($0) }
            ruleset = ruleset.applying(edit)
        }
        return steps
    }

    /// The packets that a finding is about, as the host sees them.
    private func flow(of finding: Finding) -> Flow {
        let destination = finding.addresses.first.destination
        let source = FlowSource(toward: destination, from: sources)
        let known = source.addresses.count == 1 ? source.addresses.first : nil
        let links = known.map { firewallHost.links(to: $0) } ?? []
        return Flow(
            from: known, to: destination, over: finding.transport,
            interface: links.count == 1 ? links.first : nil)
    }
}

/// What a rule is to come to.
private enum RuleGoal {
    case close, mirror, open
    case remove(RuleReference)
}

extension Action {
    /// What a change of rules is to come to for `finding`; nil where it is no matter of rules.
    fileprivate func ruleGoal(in finding: Finding) -> RuleGoal? {
        switch self {
        case .restrict, .closeForwarding: .close
        case .mirrorRule: .mirror
        case .checkFilters: finding.code == .a1 ? .open : nil
        case .removeRule(let rule): finding.code == .h1 ? .remove(rule) : nil
        case .identify, .stop, .rebind, .declare, .declareHolder, .start, .bind, .undeclare,
            .findWhoAnswers, .removeForwarding, .repairAt, .askFewer, .checkHost, .scanAgain,
            .nameSource, .repairHere, .collectReport, .completeReport, .repairProgram, .askForData,
            .isolate, .declareSource, .restoreTarget, .scanFromElsewhere, .findHolder, .checkPath,
            .checkLayers, .checkWayBack, .probe:
            nil
        }
    }
}
