/// What happens to packets of one family at one hook, in order.
struct HookPlan {
    /// One thing that happens.
    enum Item {
        case chain(ChainPosition)
        /// The kernel looks up the packet's connection.
        case tracking
        /// Chains of the kind nat, which only the first packet of a connection sees.
        ///
        /// At some hooks they are about the destination, and there the kernel also undoes what was
        /// done to the source of the question; at others about the source.
        case translation([[ChainPosition]], of: PacketSide)
    }

    /// Where a base chain stands in a ruleset.
    struct ChainPosition: Hashable {
        var table: Int
        var chain: Int
    }

    /// What comes first; things of the same priority, of which the order is not known, together.
    let groups: [[Item]]

    /// Whether nothing at the hook can change anything.
    var isEmpty: Bool {
        groups.allSatisfy { group in
            group.allSatisfy { item in
                switch item {
                case .chain: false
                case .tracking: true
                case .translation(let chains, _): chains.isEmpty
                }
            }
        }
    }

    /// The plan of `ruleset` for `hook`; `device` is where the packet comes in or goes out.
    init(
        _ hook: BaseChain.Hook, _ family: IPFamily, of ruleset: Ruleset,
        device: InterfaceFact
    ) {
        var items: [(priority: Int, item: Item)] = []
        var translations: [(priority: Int, position: ChainPosition)] = []
        for (tableIndex, table) in ruleset.tables.enumerated()
        where table.family.sees(family) && table.isDormant != true {
            for (chainIndex, chain) in table.chains.enumerated() {
                guard let base = chain.base, base.hook == hook, !chain.isInert,
                    base.applies(at: device)
                else { continue }
                let position = ChainPosition(table: tableIndex, chain: chainIndex)
                if base.kind == .nat {
                    translations.append((base.priority, position))
                } else {
                    items.append((base.priority, .chain(position)))
                }
            }
        }
        switch hook {
        case .prerouting, .output:
            items.append((-200, .tracking))
            items.append(
                (
                    -100,
                    .translation(
                        Self.grouped(translations, in: ruleset) { $0 }, of: .destination)
                ))
        case .input, .postrouting:
            items.append(
                (
                    100,
                    .translation(
                        Self.grouped(translations, in: ruleset) { $0 }, of: .source)
                ))
        case .ingress, .forward, .egress: break
        }
        groups = Self.grouped(items, in: ruleset) { item in
            if case .chain(let position) = item { return position }
            return nil
        }
    }

    /// `items` by ascending priority; equal ones together, unless their order is known.
    ///
    /// Of two chains with the same priority the one that came later is first (nf_hook_entries_grow
    /// of Linux 4.14 on), and within a table the handles tell which that is.
    private static func grouped<Element>(
        _ items: [(priority: Int, Element)], in ruleset: Ruleset,
        _ position: (Element) -> ChainPosition?
    ) -> [[Element]] {
        let priorities = Set(items.map(\.priority)).sorted()
        return priorities.flatMap { priority -> [[Element]] in
            let group = items.filter { $0.priority == priority }.map(\.1)
            let places = group.compactMap(position)
            let handles = places.compactMap {
                ruleset.tables[$0.table].chains[$0.chain].handle
            }
            guard group.count > 1, handles.count == group.count,
                Set(places.map(\.table)).count == 1, Set(handles).count == handles.count
            else { return [group] }
            return zip(handles, group).sorted { $0.0 > $1.0 }.map { [$0.1] }
        }
    }
}

extension BaseChain {
    /// Whether the chain may see packets at `device`.
    fileprivate func applies(at device: InterfaceFact) -> Bool {
        guard hook == .ingress || hook == .egress else { return true }
        guard !devices.isEmpty, case .name(let name) = device else { return true }
        return hasDevice(name)
    }

    private func hasDevice(_ name: String) -> Bool {
        devices.contains { device in
            device == name || device.hasSuffix("*") && name.hasPrefix(device.dropLast())
        }
    }

    /// Whether the chain certainly sees packets at `device`.
    func certainlyApplies(at device: InterfaceFact) -> Bool {
        guard hook == .ingress || hook == .egress else { return true }
        guard case .name(let name) = device else { return false }
        return hasDevice(name)
    }
}

extension RuleChain {
    /// Whether a packet goes through the chain as if it were not there.
    var isInert: Bool {
        guard let base, !base.drops else { return false }
        return rules.allSatisfy { rule in
            rule.statements.allSatisfy { statement in
                switch statement {
                case .match, .either, .transparent, .rate, .opaqueMatch, .never, .unlistedFamily,
                    .verdict(.accept), .verdict(.goOn), .verdict(.goBack):
                    true
                case .verdict, .verdictMap, .reject, .translate, .translateSource, .setMark,
                    .mapMark, .untrack, .changeSet, .opaque:
                    false
                }
            }
        }
    }
}

extension RuleTable {
    /// Whether its rules only decide and change nothing in packets.
    var isPure: Bool {
        chains.allSatisfy { chain in
            chain.rules.allSatisfy { rule in
                rule.statements.allSatisfy { statement in
                    switch statement {
                    case .translate, .translateSource, .setMark, .mapMark, .untrack, .changeSet:
                        false
                    case .match, .either, .never, .verdict, .verdictMap, .reject, .rate,
                        .unlistedFamily, .transparent, .opaqueMatch, .opaque:
                        true
                    }
                }
            }
        }
    }
}
