import Prober

extension Evaluation {
    /// Takes the nodes of `frontier` through `hooks`; gives those that come out.
    mutating func pass(
        _ hooks: [BaseChain.Hook], _ frontier: [Int], device: InterfaceFact
    ) -> [Int] {
        var frontier = frontier
        for hook in hooks {
            let plan = HookPlan(
                hook, context.flow.destination.family, of: ruleset, device: device)
            for group in plan.groups {
                frontier = pass(group, frontier, device)
            }
        }
        return frontier
    }

    /// Takes the nodes of `frontier` through items of one priority, whose order may not be known.
    ///
    /// Of chains that translate one `side`, those that come after a translation of it see nothing
    /// any more (nf_nat_inet_fn).
    private mutating func pass(
        _ group: [HookPlan.Item], _ frontier: [Int], _ device: InterfaceFact,
        translating side: PacketSide? = nil
    ) -> [Int] {
        guard group.count > 1 else {
            return group.reduce(frontier) { pass($1, $0, device) }
        }
        let positions = group.compactMap { item -> HookPlan.ChainPosition? in
            if case .chain(let position) = item { return position }
            return nil
        }
        if positions.count == group.count,
            positions.allSatisfy({ ruleset.tables[$0.table].isPure })
        {
            return frontier.flatMap { passTogether(positions, $0, device) }
        }
        guard group.count <= 4 else {
            for node in frontier { end(.undecided, at: node, because: [.order]) }
            return []
        }
        var out: [Int] = []
        for order in Self.orders(of: group) {
            var current = frontier
            for item in order {
                current = pass(item, current, device)
                guard let side else { continue }
                out += current.filter { !nodes[$0].packet.seesTranslation(of: side) }
                current.removeAll { !nodes[$0].packet.seesTranslation(of: side) }
            }
            out += current
        }
        return merged(out)
    }

    private static func orders<Element>(of items: [Element]) -> [[Element]] {
        guard items.count > 1 else { return [items] }
        return items.indices.flatMap { index in
            var rest = items
            let first = rest.remove(at: index)
            return orders(of: rest).map { [first] + $0 }
        }
    }

    /// Chains that change nothing, in any order: a packet passes if it passes each of them.
    private mutating func passTogether(
        _ positions: [HookPlan.ChainPosition], _ node: Int, _ device: InterfaceFact
    ) -> [Int] {
        let whole = nodes[node]
        var passed = whole.ports
        var entries: [[Entry]] = []
        for position in positions {
            let accepted = walk(position, node, device).flatMap(\.entries)
            passed = passed.intersection(PortSet(accepted.flatMap(\.ports.ranges)))
            entries.append(accepted)
        }
        guard !passed.isEmpty else { return [] }
        var parent = node
        for accepted in entries {
            let inside = accepted.compactMap { entry -> Entry? in
                let ports = entry.ports.intersection(passed)
                return ports.isEmpty
                    ? nil : Entry(ports: ports, parent: parent, path: entry.path)
            }
            nodes.append(
                Node(
                    packet: whole.packet, ports: passed, entries: inside,
                    isAnswer: whole.isAnswer))
            parent = nodes.count - 1
        }
        return [parent]
    }

    private mutating func pass(
        _ item: HookPlan.Item, _ frontier: [Int], _ device: InterfaceFact
    ) -> [Int] {
        switch item {
        case .tracking:
            return frontier.map { node in
                guard nodes[node].packet.connection == .none else { return node }
                return follow(node) { $0.connection = $0.pendingConnection }
            }
        case .translation(let chains, let side):
            let frontier = frontier.map {
                side == .destination ? restored($0) : sourceRestored($0)
            }
            var current = frontier.filter { nodes[$0].packet.seesTranslation(of: side) }
            guard !current.isEmpty, !chains.isEmpty else { return frontier }
            var out = frontier.filter { !nodes[$0].packet.seesTranslation(of: side) }
            if !ruleset.tracksConnections(over: context.flow.destination.family) {
                // Something that was not read may need it.
                out += current.map { follow($0, because: [.tracking]) { _ in } }
                current = current.map { follow($0, because: [.tracking]) { _ in } }
            }
            for group in chains {
                current = pass(
                    group.map(HookPlan.Item.chain), current, device, translating: side)
                out += current.filter { !nodes[$0].packet.seesTranslation(of: side) }
                current.removeAll { !nodes[$0].packet.seesTranslation(of: side) }
            }
            let translated = merged(out + current)
            return side == .destination ? translated.map { routable($0) } : translated
        case .chain(let position):
            var out: [Int] = []
            var places: [Packet: Int] = [:]
            for node in frontier {
                for (packet, entries) in walk(position, node, device) {
                    if let place = places[packet] {
                        nodes[place].entries += entries
                        continue
                    }
                    places[packet] = nodes.count
                    out.append(nodes.count)
                    nodes.append(
                        Node(
                            packet: packet, ports: .none, entries: entries,
                            isAnswer: nodes[node].isAnswer))
                }
            }
            for node in out {
                nodes[node].ports = PortSet(nodes[node].entries.flatMap(\.ports.ranges))
            }
            return out
        }
    }

    /// A packet that the host itself sends, on its way to where it was translated.
    ///
    /// It is routed anew at once, and there is no route to elsewhere from an IPv4 loopback address
    /// (ip_route_me_harder, __mkroute_output), so that later chains never see it.
    private mutating func routable(_ node: Int) -> Int {
        let packet = nodes[node].packet
        guard context.isFromHere, !nodes[node].isAnswer, packet.input == .none,
            packet.family == .ipv4, packet.isTranslated != false,
            case .known(let source) = packet.source, source.isLoopback
        else { return node }
        if case .yes = context.isHere(packet.destination) { return node }
        end(.drop, at: node, because: [.loopbackRoute])
        return follow(node, because: [.loopbackRoute]) { _ in }
    }

    /// Nodes with the same packet as one.
    private mutating func merged(_ frontier: [Int]) -> [Int] {
        var out: [Int] = []
        for (_, same) in Dictionary(grouping: frontier, by: { nodes[$0].packet }) {
            guard same.count > 1, let first = same.first else {
                out += same
                continue
            }
            var node = nodes[first]
            node.entries = same.map {
                Entry(ports: nodes[$0].ports, parent: $0, path: PathArena.empty)
            }
            node.ports = PortSet(same.flatMap { nodes[$0].ports.ranges })
            nodes.append(node)
            out.append(nodes.count - 1)
        }
        return out
    }

    /// What passes a chain, by what has become of it; what does not is among ``ends``.
    private mutating func walk(
        _ position: HookPlan.ChainPosition, _ node: Int, _ device: InterfaceFact
    ) -> [(packet: Packet, entries: [Entry])] {
        let chain = ruleset.tables[position.table].chains[position.chain]
        guard let base = chain.base else { return [] }
        let matcher = Matcher(
            ruleset: ruleset, table: position.table, context: context, assumption: assumption)
        var walk = ChainWalk(matcher, base: base, budget: budget, arena: arena)
        arena = PathArena()
        walk.run(position.chain, nodes[node].packet, nodes[node].ports)
        arena = walk.arena
        budget = walk.budget
        var pool = walk.pool
        var accepted = [[Entry]](repeating: [], count: pool.count)
        var doubts: [FirewallUnknown] = []
        if !base.certainlyApplies(at: device) { doubts.append(.interface) }
        if ruleset.tables[position.table].isDormant == nil {
            doubts.append(.dormancy(ruleset.tables[position.table].name))
        }
        if !doubts.isEmpty {
            let path = arena.append(nil, to: PathArena.empty, because: doubts)
            accepted[pool.number(of: nodes[node].packet)] = [
                Entry(ports: nodes[node].ports, parent: node, path: path)
            ]
        }
        for event in walk.events {
            switch event {
            case .accepted(let packet, let ports, let path):
                accepted[packet].append(Entry(ports: ports, parent: node, path: path))
            case .refused(let rejection, let packet, let ports, let path)
            where !nodes[node].isAnswer && base.hook != .ingress:
                let refusal = Refusal(
                    rejection: rejection, packet: pool[packet], hook: base.hook)
                refusals[refusal, default: []].append((ports, node, path))
            case .refused(let rejection, _, let ports, let path):
                end(.reject(rejection), ports, node, path)
            case .ended(let action, let ports, let path): end(action, ports, node, path)
            }
        }
        return accepted.enumerated().filter { !$0.element.isEmpty }
            .map { (pool[$0.offset], $0.element) }
    }

    private mutating func end(
        _ action: FirewallAction, _ ports: PortSet, _ node: Int, _ path: PathArena.Path
    ) {
        let isAnswer = nodes[node].isAnswer
        // Whatever stops the answer, the sender of the question hears nothing.
        let seen: FirewallAction = isAnswer && action != .undecided ? .drop : action
        ends.append(
            End(action: seen, ports: ports, parent: node, path: path, isOfAnswer: isAnswer))
    }
}
