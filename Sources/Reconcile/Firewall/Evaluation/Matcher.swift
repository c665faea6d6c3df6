import Prober

/// Compares packets with the matches of one table's rules.
struct Matcher {
    let ruleset: Ruleset
    let table: Int
    let context: FactContext
    let assumption: FirewallAssumption

    /// For which ports `match` holds for `packet`.
    func condition(_ match: Match, _ packet: Packet) -> PortCondition {
        switch match.comparison {
        case .isIn(.addressSet(let name)): return membership(match.key, name, packet)
        case .isNotIn(.addressSet(let name)):
            return membership(match.key, name, packet).negated
        case .isIn, .isNotIn, .anyBit, .noBit: break
        }
        let facts = facts(of: match.key, packet)
        if facts.contains(where: \.isAbsent) { return .never }
        switch match.comparison {
        case .isIn(let operand): return membership(facts, match.key, operand, packet)
        case .isNotIn(let operand):
            return membership(facts, match.key, operand, packet).negated
        case .anyBit(let mask): return bits(facts, mask)
        case .noBit(let mask): return bits(facts, mask).negated
        }
    }

    /// What `map` may lead to, and for which ports.
    func lookUp<Result>(
        _ key: Key, in map: ValueMap<Result>, _ packet: Packet
    ) -> [(result: Result, condition: PortCondition)] {
        let facts = facts(of: key, packet)
        if facts.contains(where: \.isAbsent) { return [] }
        var found: [(Result, PortCondition)] = []
        var missed = PortCondition.always
        for entry in map.entries {
            let condition = fits(facts, [entry.fields])
            if condition.isNever { continue }
            found.append((entry.result, condition))
            missed = missed.and(condition.negated)
            if condition.isAlways { break }
        }
        if let catchAll = map.catchAll, !missed.isNever { found.append((catchAll, missed)) }
        return found
    }

    private func facts(of key: Key, _ packet: Packet) -> [Fact] {
        if key.selectors.count == 1 {
            let fact = packet.fact(key.selectors[0], context)
            return [key.bits.reduce(fact) { $0.after($1) }]
        }
        return key.selectors.map { packet.fact($0, context) }
    }

    private func bits(_ facts: [Fact], _ mask: UInt128) -> PortCondition {
        guard facts.count == 1 else { return .unknown(.notUnderstood("bits of several facts")) }
        return facts[0].anyBit(of: mask)
    }

    private func membership(
        _ facts: [Fact], _ key: Key, _ operand: Operand, _ packet: Packet
    ) -> PortCondition {
        switch operand {
        case .values(let values): return condition(facts, in: values)
        case .named(let name):
            guard let set = ruleset.tables[table].sets[name], set.isReadable else {
                return .unknown(.unreadableSet(name))
            }
            if isChanging(name, packet) { return .unknown(.changingSet(name)) }
            return condition(facts, in: set.values)
        case .addressSet(let name): return .unknown(.unreadableSet(name))
        }
    }

    /// For which ports the packet is in the set of `ipset` called `name`.
    private func membership(_ key: Key, _ name: String, _ packet: Packet) -> PortCondition {
        guard let set = ruleset.addressSets[name], set.isReadable else {
            return .unknown(.unreadableSet(name))
        }
        if isChanging(name, packet) { return .unknown(.changingSet(name)) }
        if let family = set.family, family != packet.family { return .never }
        guard key.selectors.count >= set.fields.count else { return .never }
        var facts: [Fact] = []
        for (field, selector) in zip(set.fields, key.selectors) {
            guard case .setField(let side) = selector else {
                return .unknown(.unreadableSet(name))
            }
            facts.append(fact(field, side, packet, hasTransport: set.fields.count > 1))
        }
        if facts.contains(where: \.isAbsent) { return .never }
        let found = condition(facts, in: set.values)
        guard !set.exceptions.elements.isEmpty else { return found }
        // The most specific element decides, which is not followed here.
        return condition(facts, in: set.exceptions).isNever
            ? found : found.and(.unknown(.unreadableSet(name)))
    }

    /// What a field of an `ipset` set is compared with; its ports have the transport above them.
    private func fact(
        _ field: AddressSetField, _ side: PacketSide, _ packet: Packet, hasTransport: Bool
    ) -> Fact {
        switch field {
        case .address: return packet.fact(.address(side, packet.family), context)
        case .interface: return packet.fact(.interface(side), context)
        case .port:
            guard packet.icmp == nil else { return .unknown(.packet("port")) }
            let port = packet.fact(.port(side, of: nil), context)
            return hasTransport ? port.after(.or(UInt128(packet.transport) << 16)) : port
        }
    }

    /// Whether rules change the set in a way that matters.
    func isChanging(_ name: String, _ packet: Packet) -> Bool {
        if packet.changedSets.contains(name) { return true }
        return assumption == .strict && ruleset.changes(name, in: table)
    }

    private func condition(_ facts: [Fact], in values: ValueSet) -> PortCondition {
        if facts.count == 1 {
            switch facts[0] {
            case .number(let number) where values.ranges != nil:
                return .known(values.contains(number))
            case .probedPort(let operations) where operations.isEmpty:
                if let ports = values.ports { return PortCondition(yes: ports) }
            case .number, .probedPort, .bits, .oneOf, .name, .otherName, .absent, .unknown: break
            }
            if let ranges = values.ranges, case .oneOf(let choices, let reason) = facts[0] {
                return Self.condition(oneOf: choices, in: ranges, reason)
            }
        }
        return fits(facts, values.elements)
    }

    /// For one of several numbers that is not known, all ranges must be looked at together.
    private static func condition(
        oneOf choices: [ClosedRange<UInt128>], in ranges: [ClosedRange<UInt128>],
        _ reason: FirewallUnknown
    ) -> PortCondition {
        let isCovered = choices.allSatisfy { choice in
            ranges.contains { $0.contains(choice.lowerBound) && $0.contains(choice.upperBound) }
        }
        if isCovered { return .always }
        let isTouched = choices.contains { choice in ranges.contains { $0.overlaps(choice) } }
        return isTouched ? .unknown(reason) : .never
    }

    /// For which ports the facts fit one of `elements`.
    private func fits(_ facts: [Fact], _ elements: [[Pattern]]) -> PortCondition {
        var yes: [ClosedRange<UInt16>] = []
        var maybe: [ClosedRange<UInt16>] = []
        var reasons: [FirewallUnknown] = []
        for element in elements {
            guard element.count == facts.count || element == [.any] else {
                return .unknown(.notUnderstood("an element with other fields than its key"))
            }
            var ports: PortSet?
            var elementReasons: [FirewallUnknown] = []
            var isPossible = true
            for (fact, pattern) in zip(facts, element) where isPossible {
                switch fact.fits(pattern) {
                case .yes: break
                case .no: isPossible = false
                case .maybe(let reason): elementReasons.append(reason)
                case .ports(let found):
                    ports = ports.map { $0.intersection(found) } ?? found
                    isPossible = ports?.isEmpty == false
                }
            }
            guard isPossible else { continue }
            let ranges = (ports ?? .everything).ranges
            if elementReasons.isEmpty {
                if ports == nil { return .always }
                yes += ranges
            } else {
                maybe += ranges
                reasons = reasons.joined(elementReasons)
            }
        }
        if yes.isEmpty && maybe.isEmpty { return .never }
        let certain = PortSet(yes)
        return PortCondition(
            yes: certain, maybe: PortSet(maybe).subtracting(certain), reasons: reasons)
    }
}
