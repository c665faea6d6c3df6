import Prober

extension Ruleset {
    /// The ranges of source addresses of `family` that rules compare packets with, in any order.
    func sources(of family: IPAddress.Family) -> [AddressRange] {
        sourceComparisons(of: family).groups.flatMap { $0 }
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
