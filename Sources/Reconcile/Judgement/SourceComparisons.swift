import Prober

/// What rules compare the source addresses of one family with.
///
/// Packets from two addresses that are in the same groups fare alike, as far as rules ask for their
/// source alone and nothing ``isBlurred``.
struct SourceComparisons {
    /// Ranges that one comparison treats alike.
    let groups: [[AddressRange]]
    /// Whether a rule looks at sources in a way that no range stands for, such as through a mask.
    let isBlurred: Bool
}

extension Ruleset {
    /// What rules compare the source addresses of packets of `family` with.
    func sourceComparisons(of family: IPAddress.Family) -> SourceComparisons {
        var collector = SourceCollector(family: family, addressSets: addressSets)
        for table in tables {
            for chain in table.chains {
                for rule in chain.rules {
                    for statement in rule.statements { collector.add(statement, in: table) }
                }
            }
        }
        let groups = collector.groups.map { group in
            group.compactMap { range in
                AddressRange(
                    IPAddress(family, number: range.lowerBound),
                    through: IPAddress(family, number: range.upperBound))
            }
        }
        return SourceComparisons(groups: groups, isBlurred: collector.isBlurred)
    }
}

/// Gathers what statements compare sources with.
private struct SourceCollector {
    let family: IPAddress.Family
    let addressSets: [String: NamedSet]
    private(set) var groups: Set<[ClosedRange<UInt128>]> = []
    private(set) var isBlurred = false

    init(family: IPAddress.Family, addressSets: [String: NamedSet]) {
        self.family = family
        self.addressSets = addressSets
    }

    mutating func add(_ statement: Statement, in table: RuleTable) {
        switch statement {
        case .match(let match): add(match, in: table)
        case .either(let matches, _): for match in matches { add(match, in: table) }
        case .verdictMap(let key, .entries(let map)): add(map, by: key)
        case .verdictMap(let key, .named(let name)): add(table.verdictMaps[name], by: key)
        case .mapMark(_, let key, let source): add(source, by: key, in: table)
        case .translate(let translation):
            if case .mapped(let key, let source) = translation.target {
                add(source, by: key, in: table)
            }
        case .never, .verdict, .reject, .translateSource, .setMark, .untrack, .rate, .changeSet,
            .unlistedFamily, .transparent, .opaqueMatch, .opaque:
            break
        }
    }

    private mutating func add(_ match: Match, in table: RuleTable) {
        let fields = sourceFields(of: match.key)
        guard !fields.isEmpty else { return }
        switch match.comparison {
        case .anyBit, .noBit: isBlurred = true
        case .isIn(let operand), .isNotIn(let operand):
            switch operand {
            case .values(let values): add(values, at: fields)
            case .named(let name):
                guard let set = table.sets[name] else { return }
                add(set.values, at: fields)
                add(set.exceptions, at: fields)
            case .addressSet(let name):
                var seen: Set<String> = []
                addAddressSet(name, at: fields, &seen)
            }
        }
    }

    /// Adds what the set of `ipset` called `name` has, and the sets that it has.
    private mutating func addAddressSet(
        _ name: String, at fields: [Int], _ seen: inout Set<String>
    ) {
        guard seen.insert(name).inserted, let set = addressSets[name] else { return }
        if set.family ?? family == family {
            add(set.values, at: fields)
            add(set.exceptions, at: fields)
        }
        for member in set.members { addAddressSet(member, at: fields, &seen) }
    }

    private mutating func add(_ source: ValueSource, by key: Key, in table: RuleTable) {
        switch source {
        case .entries(let map): add(map, by: key)
        case .named(let name): add(table.valueMaps[name], by: key)
        }
    }

    private mutating func add<Result>(_ map: ValueMap<Result>?, by key: Key) {
        let fields = sourceFields(of: key)
        guard let map, !fields.isEmpty else { return }
        add(map.entries.lazy.map { ($0.fields, $0.result) }, at: fields)
    }

    private mutating func add(_ values: ValueSet, at fields: [Int]) {
        if let ranges = values.ranges {
            if !ranges.isEmpty, ranges.allSatisfy(isOfFamily) { groups.insert(ranges) }
        } else {
            add(values.elements.lazy.map { ($0, true) }, at: fields)
        }
    }

    /// Adds the ranges of each of `fields`, those together that differ in nothing else.
    private mutating func add<Result: Hashable>(
        _ elements: some Sequence<([Pattern], Result)>, at fields: [Int]
    ) {
        for field in fields {
            var alike: [Remainder<Result>: [ClosedRange<UInt128>]] = [:]
            for (patterns, result) in elements {
                guard patterns.indices.contains(field), case .range(let range) = patterns[field],
                    isOfFamily(range)
                else { continue }
                var others = patterns
                others[field] = .any
                alike[Remainder(patterns: others, result: result), default: []].append(range)
            }
            groups.formUnion(alike.values)
        }
    }

    /// What an element says beside its source.
    private struct Remainder<Result: Hashable>: Hashable {
        var patterns: [Pattern]
        var result: Result
    }

    private func isOfFamily(_ range: ClosedRange<UInt128>) -> Bool {
        range.upperBound <= family.greatest
    }

    /// The fields of `key` that are the source of a packet as it came; what a mask changes is blurred.
    private mutating func sourceFields(of key: Key) -> [Int] {
        let fields = key.selectors.indices.filter { index in
            switch key.selectors[index] {
            case .address(.source, family), .setField(.source),
                .connectionAddress(.original, .source, family),
                .connectionAddress(.reply, .destination, family):
                true
            default: false
            }
        }
        guard fields.isEmpty || key.bits.isEmpty else {
            isBlurred = true
            return []
        }
        return fields
    }
}
