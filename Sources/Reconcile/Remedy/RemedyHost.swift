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
        guard let ruleset, finding.addresses.span == 0, let port = finding.ports.ranges.first,
            case .decided(let outcome, let path) = finding.firewall
        else { return nil }
        let advice = RuleAdvice(
            ruleset: ruleset, host: firewallHost, flow: flow(of: finding),
            asked: port.lowerBound)
        let (ports, family) = (finding.ports, finding.addresses.family)
        let name = Action.text(finding.transport, ports)
        let declared = policy.sources(declaredOpen: ports, over: finding.transport, family)
        let edits: [RuleEdit]?
        let sentence: String
        switch action.ruleGoal(in: finding) {
        case .close:
            let same = TargetSet(places.filter { $0.family == family })
            edits = declared.flatMap {
                advice.closing(ports, of: same, but: $0, along: path, to: outcome)
            }
            let others = declared.map { $0.isEmpty ? "" : " to all but \($0.abbreviated)" } ?? ""
            sentence = "Otherwise close \(name)\(others) by a rule"
        case .open:
            edits = declared.flatMap { advice.opening(ports, from: $0, along: path) }
            let isAll = declared == .everything(family)
            let whom = isAll ? "" : " from \(declared?.abbreviated ?? "")"
            sentence = "Let \(name) in\(whom), as declared"
        case .remove(let rule):
            edits = advice.removing(rule, lettingIn: ports)
            sentence = "If nothing is to listen there, remove the rule"
        case nil: return nil
        }
        guard let edits, let steps = steps(for: edits, in: ruleset) else { return nil }
        return Remedy(
            action, sentence + ", and change the file too from which the rules are loaded.",
            steps: steps)
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
    case close, open
    case remove(RuleReference)
}

extension Action {
    /// What a change of rules is to come to for `finding`; nil where it is no matter of rules.
    fileprivate func ruleGoal(in finding: Finding) -> RuleGoal? {
        switch self {
        case .restrict, .closeForwarding, .mirrorRule: .close
        case .checkFilters: finding.code == .a1 ? .open : nil
        case .removeRule(let rule): finding.code == .h1 ? .remove(rule) : nil
        case .identify, .stop, .rebind, .declare, .declareHolder, .start, .bind, .undeclare,
            .findWhoAnswers, .removeForwarding, .repairAt, .askFewer, .checkHost, .scanAgain,
            .nameSource, .repairHere, .collectReport, .completeReport, .repairProgram, .askForData,
            .isolate, .declareSource, .restoreTarget, .scanFromElsewhere, .findHolder, .probe:
            nil
        }
    }
}
