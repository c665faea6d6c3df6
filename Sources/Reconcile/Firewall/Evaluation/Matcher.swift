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
        guard match.key.selectors.count == 1 else {
            let facts = match.key.selectors.map { packet.fact($0, context) }
            if facts.contains(where: \.isAbsent) { return .never }
            return condition(match.comparison, packet) { fits(facts, $0.elements) }
        }
        let fact = self.fact(of: match.key, packet)
        if fact.isAbsent { return .never }
        switch match.comparison {
        case .anyBit(let mask): return fact.anyBit(of: mask)
        case .noBit(let mask): return fact.anyBit(of: mask).negated
        case .isIn, .isNotIn:
            return condition(match.comparison, packet) { condition(fact, in: $0) }
        }
    }

    /// A comparison of which `membership` says whether the packet is among values.
    private func condition(
        _ comparison: Comparison, _ packet: Packet, _ membership: (ValueSet) -> PortCondition
    ) -> PortCondition {
        switch comparison {
        case .isIn(let operand): condition(operand, packet, membership)
        case .isNotIn(let operand): condition(operand, packet, membership).negated
        case .anyBit, .noBit: .unknown(.notUnderstood("bits of several facts"))
        }
    }

    private func condition(
        _ operand: Operand, _ packet: Packet, _ membership: (ValueSet) -> PortCondition
    ) -> PortCondition {
        switch operand {
        case .values(let values): return membership(values)
        case .named(let name):
            guard let set = ruleset.tables[table].sets[name], set.isReadable else {
                return .unknown(.unreadableSet(name))
            }
            if isChanging(name, packet) { return .unknown(.changingSet(name)) }
            return membership(set.values)
        case .addressSet(let name): return .unknown(.unreadableSet(name))
        }
    }

    /// What the only selector of `key` has for the packet.
    private func fact(of key: Key, _ packet: Packet) -> Fact {
        var fact = packet.fact(key.selectors[0], context)
        for operation in key.bits { fact = fact.after(operation) }
        return fact
    }

    /// What `map` may lead to, and for which ports.
    ///
    /// No two entries hold for the same packet and port.
    func lookUp<Result>(
        _ key: Key, in map: ValueMap<Result>, _ packet: Packet
    ) -> [(result: Result, condition: PortCondition)] {
        let facts =
            key.selectors.count == 1
            ? [fact(of: key, packet)] : key.selectors.map { packet.fact($0, context) }
        if facts.contains(where: \.isAbsent) { return [] }
        if facts.count == 1, case .probedPort(let operations) = facts[0], operations.isEmpty,
            let ports = map.ports
        {
            var found = ports.map { ($0.result, PortCondition(yes: $0.ports)) }
            if let catchAll = map.catchAll {
                let rest = PortSet.everything.subtracting(PortSet(ports.flatMap(\.ports.ranges)))
                if !rest.isEmpty { found.append((catchAll, PortCondition(yes: rest))) }
            }
            return found
        }
        var places: [Result: Int] = [:]
        var found: [(result: Result, fits: FoundFits)] = []
        for entry in map.entries {
            var fits = FoundFits()
            fits.add(facts, entry.fields)
            if fits.isEmpty { continue }
            let place = places[entry.result] ?? found.count
            if place == found.count {
                places[entry.result] = place
                found.append((entry.result, fits))
            } else {
                found[place].fits.add(fits)
            }
            if fits.isAlways { return [(entry.result, .always)] }
        }
        var conditions = found.map { ($0.result, $0.fits.condition) }
        if let catchAll = map.catchAll {
            let any = found.reduce(into: FoundFits()) { $0.add($1.fits) }
            let missed = any.condition.negated
            if !missed.isNever { conditions.append((catchAll, missed)) }
        }
        return conditions
    }

    /// The map in `source`; nil when its content is not known.
    func map(_ source: ValueSource, _ packet: Packet) -> ValueMap<[Pattern]>? {
        switch source {
        case .entries(let entries): entries
        case .named(let name):
            isChanging(name, packet) ? nil : ruleset.tables[table].valueMaps[name]
        }
    }

    /// For which ports the packet is in the set of `ipset` called `name`.
    private func membership(_ key: Key, _ name: String, _ packet: Packet) -> PortCondition {
        guard let set = ruleset.addressSets[name], set.isReadable else {
            return .unknown(.unreadableSet(name))
        }
        if isChanging(name, packet) { return .unknown(.changingSet(name)) }
        // A set of sets has no sets of sets.
        if !set.members.isEmpty {
            return set.members.reduce(.never) { found, member in
                ruleset.addressSets[member]?.members.isEmpty == false
                    ? .unknown(.unreadableSet(name))
                    : found.or(membership(key, member, packet))
            }
        }
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
        if set.exceptions.elements.isEmpty {
            return facts.count == 1
                ? condition(facts[0], in: set.values) : fits(facts, set.values.elements)
        }
        return mostSpecific(facts, set)
    }

    /// For which ports the smallest of the blocks that hold the packet is no exception.
    private func mostSpecific(_ facts: [Fact], _ set: NamedSet) -> PortCondition {
        let elements =
            set.values.elements.map { ($0, isException: false) }
            + set.exceptions.elements.map { ($0, isException: true) }
        var found = PortCondition.never
        var left = PortCondition.always
        for (element, isException) in elements.sorted(by: { Self.size($0.0) < Self.size($1.0) }) {
            let condition = fits(facts, [element])
            if condition.isNever { continue }
            if !isException { found = found.or(condition.and(left)) }
            left = left.and(condition.negated)
        }
        return found
    }

    /// How many addresses less one the first field of `element` has.
    private static func size(_ element: [Pattern]) -> UInt128 {
        guard case .range(let range)? = element.first else { return .max }
        return range.upperBound - range.lowerBound
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

    private func condition(_ fact: Fact, in values: ValueSet) -> PortCondition {
        switch fact {
        case .number(let number) where values.ranges != nil:
            return .known(values.contains(number))
        case .probedPort(let operations) where operations.isEmpty:
            if let ports = values.ports { return PortCondition(yes: ports) }
        case .oneOf(let choices, let reason):
            if let ranges = values.ranges {
                return Self.condition(oneOf: choices, in: ranges, reason)
            }
        case .number, .probedPort, .bits, .name, .otherName, .absent, .unknown: break
        }
        return fits([fact], values.elements)
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
        var found = FoundFits()
        for element in elements {
            guard element.count == facts.count || element == [.any] else {
                return .unknown(.notUnderstood("an element with other fields than its key"))
            }
            found.add(facts, element)
            if found.isAlways { return .always }
        }
        return found.condition
    }
}

/// For which ports elements of a set were found to fit.
private struct FoundFits {
    private var yes: [ClosedRange<UInt16>] = []
    private var maybe: [ClosedRange<UInt16>] = []
    private var reasons: [FirewallUnknown] = []
    /// Whether one element fits whatever the port.
    private(set) var isAlways = false

    var isEmpty: Bool { yes.isEmpty && maybe.isEmpty }

    /// Adds the ports for which `facts` fit `element`.
    mutating func add(_ facts: [Fact], _ element: [Pattern]) {
        var ports: PortSet?
        var unsure: [FirewallUnknown] = []
        for (fact, pattern) in zip(facts, element) {
            switch fact.fits(pattern) {
            case .yes: break
            case .no: return
            case .maybe(let reason): unsure.append(reason)
            case .ports(let found):
                ports = ports.map { $0.intersection(found) } ?? found
                if ports?.isEmpty == true { return }
            }
        }
        if !unsure.isEmpty {
            maybe += (ports ?? .everything).ranges
            reasons = reasons.joined(unsure)
        } else if let ports {
            yes += ports.ranges
        } else {
            isAlways = true
            yes = PortSet.everything.ranges
        }
    }

    /// Adds what `other` found.
    mutating func add(_ other: FoundFits) {
        yes += other.yes
        maybe += other.maybe
        reasons = reasons.joined(other.reasons)
        isAlways = isAlways || other.isAlways
    }

    var condition: PortCondition {
        if isAlways { return .always }
        if isEmpty { return .never }
        let certain = PortSet(yes)
        if maybe.isEmpty { return PortCondition(yes: certain) }
        return PortCondition(
            yes: certain, maybe: PortSet(maybe).subtracting(certain), reasons: reasons)
    }
}
