public import Prober

extension Vantage {
    /// The places that `policy` speaks of, and everybody whom neither it nor a rule names.
    ///
    /// A range of the policy has an address for each part of it that rules may treat differently.
    /// The last place stands for everybody else: what rules do with a packet from there they do with
    /// one from any such address, as far as they ask for its source alone. It has no address of a
    /// family of which there is nobody else, and none at all where nobody can be told apart.
    public static func all(
        named policy: Policy, of host: HostReport?, ruleset: Ruleset? = nil
    ) -> [Vantage] {
        let places = Places(policy, ruleset ?? host?.ruleset ?? Ruleset())
        return places.declared + [places.elsewhere]
    }

    /// All places from which packets may fare differently: those that `policy` speaks of, those that
    /// rules alone tell apart, and everybody else.
    ///
    /// Where they are too many to follow one by one, a place without an address stands for the rest:
    /// nothing passes from there that depends on the source.
    public static func everywhere(
        under policy: Policy, of host: HostReport?, ruleset: Ruleset? = nil
    ) -> [Vantage] {
        let places = Places(policy, ruleset ?? host?.ruleset ?? Ruleset())
        let isNobodyElse = places.elsewhere.addresses.isEmpty && !places.isBlurred
        return places.declared + places.ofRules + (isNobodyElse ? [] : [places.elsewhere])
    }

    /// Whether only rules name the place, and no declaration.
    var isOfRulesAlone: Bool { name == Self.nameOfRules }

    /// Whether it stands for everybody whom nothing names.
    var isElsewhere: Bool { name == Self.nameElsewhere }

    fileprivate static let nameOfRules = "sources that only rules name"
    fileprivate static let nameElsewhere = "anywhere else"
}

/// The places that declarations and rules tell apart.
private struct Places {
    /// Those of the ranges that are declared, in their order.
    private(set) var declared: [Vantage] = []
    /// Those that only rules name.
    private(set) var ofRules: [Vantage] = []
    /// Everybody else.
    private(set) var elsewhere = Vantage(name: Vantage.nameElsewhere, addresses: [])
    /// Whether a rule looks at sources in a way that leaves open who is treated alike.
    private(set) var isBlurred = false

    /// More places than these are not followed one by one.
    private static let greatestCount = 1024

    init(_ policy: Policy, _ ruleset: Ruleset) {
        var ranges: [AddressRange] = []
        for range in policy.expectations.flatMap(\.from) where range.prefixLength != 0 {
            if !ranges.contains(range) { ranges.append(range) }
        }
        for family in IPAddress.Family.allCases {
            add(
                family, ranges.filter { $0.family == family }, ruleset.sourceComparisons(of: family)
            )
        }
        if isBlurred { elsewhere.addresses = [] }
    }

    private mutating func add(
        _ family: IPAddress.Family, _ ranges: [AddressRange], _ compared: SourceComparisons
    ) {
        isBlurred = isBlurred || compared.isBlurred
        let groups = ranges.map { [$0] } + compared.groups
        let parts = SourcePartition(family, by: groups).parts
        // A part of several declared ranges is one of the narrowest.
        let byRange = Dictionary(grouping: parts) { part in
            part.groups.filter { $0 < ranges.count }
                .min { (ranges[$0].span, $0) < (ranges[$1].span, $1) }
        }
        for (index, range) in ranges.enumerated() {
            declared += places("\(range)", byRange[index] ?? [], besides: declared.count)
        }
        let undeclared = byRange[nil] ?? []
        ofRules += places(
            Vantage.nameOfRules, undeclared.filter { !$0.groups.isEmpty }, besides: ofRules.count)
        if let free = undeclared.first(where: \.groups.isEmpty) {
            elsewhere.addresses.append(IPAddress.unnamed(family, by: groups) ?? free.address)
        }
    }

    /// A place for each of `parts`; one that is nowhere stands for those that are too many.
    private func places(
        _ name: String, _ parts: [SourcePartition.Part], besides count: Int
    ) -> [Vantage] {
        let followed = parts.prefix(max(0, Self.greatestCount - count)).map { part in
            Vantage(name: name, addresses: [part.address])
        }
        return followed.count < parts.count
            ? followed + [Vantage(name: name, addresses: [])] : followed
    }
}

extension IPAddress {
    /// A global address that none of `groups` has; nil when they have all that are tried.
    fileprivate static func unnamed(_ family: Family, by groups: [[AddressRange]]) -> IPAddress? {
        let candidates: [IPAddress] =
            switch family {
            // Blocks that hosts of other people are in, one address each.
            case .ipv4: (UInt32(1)...223).reversed().map { .v4($0 << 24 | 0x4d_4d4d) }
            case .ipv6: (UInt64(0)...255).map { .v6(high: 0x2a00_7777 << 32 | $0 << 24, low: 0x77) }
            }
        let named = TargetSet(groups.lazy.joined().filter { $0.prefixLength != 0 })
        return candidates.first { candidate in
            !SpecialRange.all.contains { $0.range.contains(candidate) }
                && !named.ranges.contains { $0.contains(candidate) }
        }
    }
}
