import Prober

/// Looks for rules of one chain that no packet comes to the end of their matches.
///
/// Only what is certain: a packet that matches such a rule was decided before, by rules whose
/// matches are compared number by number, or are the same.
struct ShadowSearch {
    private let table: RuleTable
    /// The rules before that decide whatever they match.
    private var deciders: [(rule: Int, space: RuleSpace)] = []
    /// The deciders that look at a destination port, by the port's upper byte; each range is in all
    /// of its bytes.
    private var byPort: [[Int]] = Array(repeating: [], count: 256)
    /// The deciders that do not.
    private var others: [Int] = []
    /// How many comparisons are left; beyond them nothing is said.
    private var budget = 2_000_000

    /// A rule that never matches, and the rules that see to it; none for its own matches.
    struct Shadow {
        var rule: Int
        var deciders: [Int]
    }

    init(_ table: RuleTable) { self.table = table }

    /// The rules of `chain` that never match.
    mutating func shadows(in chain: RuleChain) -> [Shadow] {
        deciders = []
        others = []
        byPort = Array(repeating: [], count: 256)
        var found: [Shadow] = []
        for (index, rule) in chain.rules.enumerated() {
            let space = RuleSpace(rule.leadingMatches(in: table))
            if space.isEmpty {
                found.append(Shadow(rule: index, deciders: []))
            } else if let covering = cover(of: space) {
                found.append(Shadow(rule: index, deciders: covering))
            } else if rule.decidesWhatItMatches(in: table, space) {
                add(index, space)
            }
            switch rule.change(in: table) {
            case .nothing: break
            case .state: forget { $0.dependsOnState }
            case .anything: forget { _ in true }
            }
        }
        return found
    }

    /// Forgets the deciders of such spaces: what they decided may be otherwise from here on.
    private mutating func forget(_ isForgotten: (RuleSpace) -> Bool) {
        let kept = deciders.filter { !isForgotten($0.space) }
        guard kept.count < deciders.count else { return }
        deciders = []
        others = []
        byPort = Array(repeating: [], count: 256)
        for (rule, space) in kept { add(rule, space) }
    }

    private static let port = Selector.port(.destination, of: nil)

    private mutating func add(_ rule: Int, _ space: RuleSpace) {
        let number = deciders.count
        deciders.append((rule, space))
        guard let ports = space.ranges[Self.port] else { return others.append(number) }
        for byte in Self.bytes(of: ports) { byPort[byte].append(number) }
    }

    private static func bytes(of ports: RuleSpace.Ranges) -> Set<Int> {
        Set(ports.flatMap { Int($0.lowerBound >> 8)...Int($0.upperBound >> 8) })
    }

    /// The rules that together decide all of `space`; nil when they do not, or it takes too long.
    private mutating func cover(of space: RuleSpace) -> [Int]? {
        var candidates = others
        if let ports = space.ranges[Self.port] {
            candidates += Set(Self.bytes(of: ports).flatMap { byPort[$0] })
            candidates.sort()
        }
        var left = [space]
        var covering: [Int] = []
        for candidate in candidates {
            budget -= left.count
            guard budget > 0 else { return nil }
            var next: [RuleSpace] = []
            var isNarrower = false
            for part in left {
                let parts = part.subtracting(deciders[candidate].space) ?? [part]
                isNarrower = isNarrower || parts != [part]
                next += parts
            }
            guard isNarrower else { continue }
            covering.append(deciders[candidate].rule)
            left = next
            if left.isEmpty { return covering }
            if left.count > 32 { return nil }
        }
        return nil
    }
}

extension Rule {
    /// The matches that the rule begins with, before anything else happens.
    fileprivate func leadingMatches(in table: RuleTable) -> [Match] {
        var matches: [Match] = []
        for statement in statements {
            switch statement {
            case .match(let match): matches.append(match)
            case .either(let either, isNegated: false) where either.count == 1:
                matches += either
            case .transparent: continue
            default: return matches
            }
        }
        return matches
    }

    /// Whether the rule consists of matches that mean the same each time, and an end that nothing
    /// comes back from.
    fileprivate func decidesWhatItMatches(in table: RuleTable, _ space: RuleSpace) -> Bool {
        guard let last = statements.last else { return false }
        switch last {
        case .verdict(.accept), .verdict(.drop), .verdict(.goBack): break
        case .verdict(.goTo(let name)):
            guard table.chainIndex(name) != nil else { return false }
        case .reject(.either): break
        case .reject(.icmp):
            guard table.family == .ip || space.ranges[.networkFamily] == [2...2] else {
                return false
            }
        case .reject(.icmpv6):
            guard table.family == .ip6 || space.ranges[.networkFamily] == [10...10] else {
                return false
            }
        case .reject(.tcpReset):
            guard space.ranges[.transportProtocol] == [6...6] else { return false }
        default: return false
        }
        return statements.dropLast().allSatisfy { statement in
            switch statement {
            case .match(let match): match.isKnown(in: table)
            case .either(let either, isNegated: false):
                either.count == 1 && either[0].isKnown(in: table)
            case .transparent: true
            default: false
            }
        }
    }
}

/// What a rule may change of the packets that go on to the next.
private enum RuleChange: Comparable {
    case nothing
    /// Marks, and what the connection is.
    case state
    case anything
}

extension Rule {
    /// What the rule, or a chain it leads to, may change.
    fileprivate func change(in table: RuleTable) -> RuleChange {
        let isOpen = statements.contains { statement in
            switch statement {
            case .verdict(.jump), .verdictMap: true
            default: false
            }
        }
        let changed = statements.map(\.change).max() ?? .nothing
        guard isOpen else { return changed }
        return table.chains.lazy.flatMap(\.rules).flatMap(\.statements).map(\.change)
            .reduce(changed, max)
    }
}

extension Statement {
    fileprivate var change: RuleChange {
        switch self {
        case .setMark, .mapMark, .untrack: .state
        case .opaque, .translate, .translateSource: .anything
        case .match, .either, .never, .verdict, .verdictMap, .reject, .rate, .changeSet,
            .unlistedFamily, .transparent, .opaqueMatch:
            .nothing
        }
    }
}

extension RuleSpace {
    /// Whether it is about what rules may change on the way.
    fileprivate var dependsOnState: Bool {
        (Array(ranges.keys) + conditions.flatMap(\.key.selectors)).contains { selector in
            switch selector {
            case .mark, .connectionState, .connectionStatus, .connectionDirection,
                .connectionAddress, .connectionPort, .reversePath:
                true
            default: false
            }
        }
    }
}

extension Match {
    /// Whether the match means the same each time: nothing unknown, no set that may change.
    fileprivate func isKnown(in table: RuleTable) -> Bool {
        guard key.opaquePart == nil,
            !key.selectors.contains(where: { if case .field = $0 { true } else { false } })
        else { return false }
        switch comparison {
        case .isIn(.values(let values)), .isNotIn(.values(let values)):
            return !values.elements.contains { element in
                element.contains { if case .opaque = $0 { true } else { false } }
            }
        case .anyBit, .noBit: return true
        case .isIn(.named(let name)), .isNotIn(.named(let name)):
            return table.sets[name]?.isReadable == true && !table.changedSets.contains(name)
        case .isIn(.addressSet), .isNotIn(.addressSet): return false
        }
    }
}
