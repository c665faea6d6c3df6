import Prober

extension Ruleset {
    /// The ranges of source addresses of `family` that rules compare packets with, in any order.
    ///
    /// A packet from an address outside all of them fares like every other such packet, as far as
    /// rules ask for its source alone.
    func sources(of family: IPAddress.Family) -> [AddressRange] {
        var ranges: Set<ClosedRange<UInt128>> = []
        for table in tables {
            for chain in table.chains {
                for rule in chain.rules {
                    for statement in rule.statements {
                        for match in statement.matches {
                            ranges.formUnion(addressRanges(of: match, family, in: table))
                        }
                    }
                }
            }
        }
        return ranges.compactMap { range in
            AddressRange(
                IPAddress(family, number: range.lowerBound),
                through: IPAddress(family, number: range.upperBound))
        }
    }

    /// The sets with a name that have `source` among their addresses, alone or with other fields.
    func setNames(holding source: IPAddress) -> Set<String> {
        var names: Set<String> = []
        func add(_ sets: [String: NamedSet]) {
            for (name, set) in sets where set.holds(source) { names.insert(name) }
        }
        for table in tables { add(table.sets) }
        add(addressSets)
        return names
    }

    private func addressRanges(
        of match: Match, _ family: IPAddress.Family, in table: RuleTable
    ) -> [ClosedRange<UInt128>] {
        let fields = match.key.selectors.indices.filter { index in
            switch match.key.selectors[index] {
            case .address(.source, family), .setField(.source): true
            default: false
            }
        }
        guard !fields.isEmpty, match.key.bits.isEmpty else { return [] }
        let values: ValueSet?
        switch match.comparison {
        case .isIn(.values(let set)), .isNotIn(.values(let set)): values = set
        case .isIn(.named(let name)), .isNotIn(.named(let name)): values = table.sets[name]?.values
        case .isIn(.addressSet(let name)), .isNotIn(.addressSet(let name)):
            values = addressSets[name].flatMap { $0.family == family ? $0.values : nil }
        case .anyBit, .noBit: values = nil
        }
        return (values?.elements ?? []).flatMap { element in
            fields.compactMap { field in
                guard element.indices.contains(field), case .range(let range) = element[field],
                    range.upperBound <= family.greatestNumber
                else { return nil }
                return range
            }
        }
    }
}

extension NamedSet {
    /// Whether an element has `address` in one of its fields.
    ///
    /// A set of small numbers, such as ports, has no address that a prober could have.
    fileprivate func holds(_ address: IPAddress) -> Bool {
        if let family, family != address.family { return false }
        let number = address.number
        guard number > UInt128(UInt16.max) else { return false }
        if let ranges = values.ranges, ranges.count == values.elements.count {
            return values.contains(number)
        }
        return values.elements.contains { element in
            element.contains { field in
                if case .range(let range) = field { range.contains(number) } else { false }
            }
        }
    }
}

extension Statement {
    /// What the statement compares packets with.
    fileprivate var matches: [Match] {
        switch self {
        case .match(let match): [match]
        case .either(let matches, _): matches
        case .never, .verdict, .verdictMap, .reject, .translate, .translateSource, .setMark,
            .mapMark,
            .untrack, .rate, .changeSet, .transparent, .opaqueMatch, .opaque:
            []
        }
    }
}

extension IPAddress.Family {
    /// The number of the highest address.
    fileprivate var greatestNumber: UInt128 {
        bitCount >= UInt128.bitWidth ? .max : (1 << UInt128(bitCount)) - 1
    }
}
