import Prober

/// The source addresses of a family in parts, each of which lies in the same groups of ranges.
struct SourcePartition {
    /// Addresses that are in the same groups.
    struct Part {
        /// One of them.
        var address: IPAddress
        /// The places of the groups that have them.
        var groups: Set<Int>
    }

    /// The parts, in the order of their first addresses.
    private(set) var parts: [Part] = []

    /// The number of the group of addresses that no packet to a host comes from.
    private static let impossible = -1

    /// The partition of `family` by `groups`; one that has every address parts nothing.
    init(_ family: IPAddress.Family, by groups: [[AddressRange]]) {
        var borders: [(number: UInt128, group: Int)] = []
        func addBorders(of ranges: [AddressRange], _ group: Int) {
            for range in TargetSet(ranges.lazy.filter { $0.family == family }).ranges
            where range.prefixLength != 0 {
                borders.append((range.first.number, group))
                let (next, isOver) = range.last.number.addingReportingOverflow(1)
                if !isOver, next <= family.greatest { borders.append((next, group)) }
            }
        }
        for (group, ranges) in groups.enumerated() { addBorders(of: ranges, group) }
        addBorders(of: AddressRange.neverSources, Self.impossible)
        borders.sort { $0.number < $1.number }
        var start: UInt128 = 0
        var inside: Set<Int> = []
        var known: Set<Set<Int>> = []
        var next = 0
        while true {
            while next < borders.count, borders[next].number == start {
                inside.formSymmetricDifference([borders[next].group])
                next += 1
            }
            let isLast = next == borders.count
            let end = isLast ? family.greatest : borders[next].number - 1
            if !inside.contains(Self.impossible), known.insert(inside).inserted {
                // The first address of a network is seldom a host's.
                let number = start == end ? start : start + 1
                parts.append(Part(address: IPAddress(family, number: number), groups: inside))
            }
            if isLast { return }
            start = borders[next].number
        }
    }
}

extension AddressRange {
    /// Addresses that are the source of no packet from outside: of no host, of this one, of many.
    fileprivate static let neverSources: [AddressRange] = [
        (.v4(0), 8), (.v4(0x7f00_0000), 8), (.v4(0xe000_0000), 3),
        (.v6(high: 0, low: 0), 127), (.v6(high: 0xff00_0000_0000_0000, low: 0), 8),
    ].compactMap { (address: IPAddress, length: Int) in
        AddressRange(block: address, prefixLength: length)
    }
}
