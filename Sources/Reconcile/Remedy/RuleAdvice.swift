import Prober

/// Finds the smallest change of a host's rules that closes, or opens, just what is asked.
///
/// It answers nil rather than guess.
struct RuleAdvice {
    let ruleset: Ruleset
    let host: FirewallHost
    /// The packets that were sent, of which the rules are known to do something.
    let flow: Flow

    /// The changes that keep out what the rules let in along `path`, other rules and other packets
    /// left alone.
    ///
    /// `action` is what happens along that path; `declared` are the sources that stay welcome.
    func closing(
        _ ports: PortSet, of addresses: TargetSet, but declared: TargetSet,
        along path: [RuleReference], to action: FirewallAction
    ) -> [RuleEdit]? {
        var rule = FlowRule(
            addresses: addresses, transport: flow.transport, ports: ports,
            sources: declared.isEmpty ? .everywhere : .allBut(declared), accepts: false)
        let hook: BaseChain.Hook
        switch action {
        case .accept:
            // It may be sent to another address of the host, at the port it was sent to.
            guard let steps = ruleset.positions(of: path) else { return nil }
            rule.isTranslated = ruleset.translates(steps)
            hook = .input
        case .translate(let target):
            rule.isTranslated = true
            hook = target.isHere ? .input : .forward
        case .drop, .reject, .undecided: return nil
        }
        guard let first = edit(adding: rule, at: hook, along: path),
            let edit = reachingAll(first, of: rule, but: declared, at: hook, along: path)
        else { return nil }
        guard rule.isTranslated || edit != first else { return [edit] }
        // Which chains see translated packets is less plain: it must be seen to work.
        let changed = ruleset.applying(edit)
        return isExact(changed, ports) { !$0.isPassing } ? [edit] : nil
    }

    private func edit(
        adding rule: FlowRule, at hook: BaseChain.Hook, along path: [RuleReference]
    ) -> RuleEdit? {
        if hook == .forward, let chain = dockerUserChain {
            let isEmpty = ruleset.tables[chain.table].chains[chain.chain].rules.isEmpty
            return insertion(
                of: rule, before: RuleSpot(chain: chain, index: isEmpty ? nil : 0), hook)
        }
        guard let positions = ruleset.positions(of: path) else { return nil }
        let bases = baseChains(at: hook)
        if let decider = lastRule(of: positions, in: bases) {
            return insertion(of: rule, before: decider, hook)
        }
        guard let last = bases.last else {
            var first = rule
            first.isFirst = !flow.destination.isLoopback
            return .insertOwn(first, at: hook)
        }
        guard let end = end(in: last) else { return nil }
        let atEnd = insertion(of: rule, before: end, hook)
        // A packet that went elsewhere by `goto` never comes to the end of the chain.
        if ruleset.tables[last.table].chains[last.chain].rules.isEmpty
            || isExact(ruleset.applying(atEnd), rule.ports, { !$0.isPassing })
        {
            return atEnd
        }
        let atHead = insertion(of: rule, before: RuleSpot(chain: last, index: 0), hook)
        return isExact(ruleset.applying(atHead), rule.ports, { !$0.isPassing }) ? atHead : nil
    }

    func insertion(
        of rule: FlowRule, before spot: RuleSpot, _ hook: BaseChain.Hook
    ) -> RuleEdit {
        var rule = rule
        guard ruleset.tables[spot.chain.table].isWrittenByProgram else {
            rule.isFirst =
                !flow.destination.isLoopback
                && !baseChains(at: hook).contains { ruleset.sparesRunning(from: $0, to: spot) }
            return .insert(rule, into: spot.chain, before: spot.index)
        }
        // What a program writes it writes anew; a drop of our own holds all the same.
        rule.isFirst = !flow.destination.isLoopback
        return .insertOwn(rule, at: hook)
    }

    /// The chain that Docker leaves to the owner, before its own.
    private var dockerUserChain: HookPlan.ChainPosition? {
        let family: RuleTable.Family = flow.destination.family == .ipv4 ? .ip : .ip6
        for (index, table) in ruleset.tables.enumerated()
        where table.family == family && table.name == "filter" {
            guard let chain = table.chainIndex("DOCKER-USER") else { continue }
            return HookPlan.ChainPosition(table: index, chain: chain)
        }
        return nil
    }

    /// The chains that filter at `hook`, in the order packets meet them.
    func baseChains(at hook: BaseChain.Hook) -> [HookPlan.ChainPosition] {
        var found: [(priority: Int, position: HookPlan.ChainPosition)] = []
        for (index, table) in ruleset.tables.enumerated()
        where table.family.sees(flow.destination.family) && table.isDormant != true {
            for (chainIndex, chain) in table.chains.enumerated() {
                guard let base = chain.base, base.hook == hook, base.kind == .filter else {
                    continue
                }
                found.append(
                    (base.priority, HookPlan.ChainPosition(table: index, chain: chainIndex)))
            }
        }
        return found.sorted { $0.priority < $1.priority }.map(\.position)
    }

    /// The last rule that packets met on their way through `bases`.
    private func lastRule(
        of positions: [RuleStep], in bases: [HookPlan.ChainPosition]
    ) -> RuleSpot? {
        var current: HookPlan.ChainPosition?
        var last: RuleSpot?
        for step in positions {
            if ruleset.tables[step.chain.table].chains[step.chain.chain].base != nil {
                current = bases.contains(step.chain) ? step.chain : nil
            }
            guard current?.table == step.chain.table, let rule = step.rule else { continue }
            last = RuleSpot(chain: step.chain, index: rule)
        }
        return last
    }

    /// Where the packets leave `chain`, of which no rule stood on their path: at its end, or by a
    /// rule that was passed over because the chain stops nothing.
    private func end(in chain: HookPlan.ChainPosition) -> RuleSpot? {
        if ruleset.tables[chain.table].chains[chain.chain].rules.isEmpty {
            return RuleSpot(chain: chain, index: nil)
        }
        var strict = ruleset
        strict.tables[chain.table].change(chain.chain) { $0.base?.drops = true }
        let answers = strict.answers(to: flow, ports: probedPort, on: host)
        guard let answer = answers.first, let decision = answer.decision,
            let steps = strict.positions(of: answer.outcomes[0].path)
        else { return nil }
        if let last = steps.last, last.chain == chain, last.rule == nil, decision == .drop {
            return RuleSpot(chain: chain, index: nil)
        }
        return lastRule(of: steps, in: [chain])
    }

    /// One port that stands for all of a flow whose ports fare alike.
    private var probedPort: PortSet { PortSet(ports: [asked]) }

    /// A port that was asked about.
    let asked: UInt16

    /// The changes that let in what the rules stop along `path`, and nothing else.
    ///
    /// `sources` are those that were declared; nothing is let in from elsewhere.
    func opening(
        _ ports: PortSet, of addresses: TargetSet, from sources: TargetSet,
        along path: [RuleReference]
    ) -> [RuleEdit]? {
        guard !sources.isEmpty else { return nil }
        let isEverywhere = sources == .everything(flow.destination.family)
        var advice = self
        var edits: [RuleEdit] = []
        var path = path
        // Every chain must let it in, so that each may need a rule.
        for _ in 0..<4 {
            guard let steps = advice.ruleset.positions(of: path), let last = steps.last,
                let base = advice.base(of: steps), base.kind == .filter,
                [.ingress, .prerouting, .input, .forward].contains(base.hook),
                !advice.ruleset.tables[last.chain.table].isWrittenByProgram
            else { return nil }
            let rule = FlowRule(
                addresses: addresses, transport: flow.transport, ports: ports,
                sources: isEverywhere ? .everywhere : .only(sources),
                isTranslated: (base.hook == .input || base.hook == .forward)
                    && advice.ruleset.translates(steps),
                accepts: true)
            let edit = RuleEdit.insert(rule, into: last.chain, before: last.rule)
            edits.append(edit)
            let changed = advice.ruleset.applying(edit)
            if isExact(changed, ports, from: sources, { $0.isPassing }) { return edits }
            let answers = changed.answers(to: flow, ports: ports, on: host)
            guard answers.count == 1, let decision = answers[0].decision, !decision.isPassing
            else { return nil }
            path = answers[0].outcomes[0].path
            advice = RuleAdvice(ruleset: changed, host: host, flow: flow, asked: asked)
        }
        return nil
    }

    /// The base chain that the last of `steps` lies in.
    private func base(of steps: [RuleStep]) -> BaseChain? {
        steps.compactMap { ruleset.tables[$0.chain.table].chains[$0.chain.chain].base }.last
    }

    /// The change that takes out `reference`, which lets in nothing but `ports`.
    func removing(_ reference: RuleReference, lettingIn ports: PortSet) -> [RuleEdit]? {
        guard let step = ruleset.positions(of: [reference])?.first, let index = step.rule,
            !ruleset.tables[step.chain.table].isWrittenByProgram
        else { return nil }
        let position = RulePosition(
            table: step.chain.table, chain: step.chain.chain, rule: index)
        let rule = ruleset[position]
        guard case .verdict(.accept)? = rule.statements.last,
            let named = rule.destinationPorts(of: flow.transport),
            named.subtracting(ports).isEmpty
        else { return nil }
        return [.remove(position)]
    }

    /// Whether `changed` does to `ports` what `isWanted` asks for, and nothing to any other port,
    /// nor to a source that is not one of `sources`.
    private func isExact(
        _ changed: Ruleset, _ ports: PortSet, from sources: TargetSet? = nil,
        _ isWanted: (FirewallAction) -> Bool
    ) -> Bool {
        let after = changed.answers(to: flow, on: host)
        for answer in after where !answer.ports.intersection(ports).isEmpty {
            guard let decision = answer.decision, isWanted(decision) else { return false }
        }
        let before = ruleset.answers(to: flow, on: host)
        guard before.differences(from: after).subtracting(ports).isEmpty else { return false }
        for stranger in sources?.strangers ?? [] {
            var other = flow
            other.source = stranger
            let before = ruleset.answers(to: other, on: host)
            let after = changed.answers(to: other, on: host)
            guard before.differences(from: after).isEmpty else { return false }
        }
        return true
    }
}
