import Prober

/// The packets that a rule's matches hold for, as far as they can be compared with those of others.
///
/// A packet is in the space if each of `ranges` has what the packet has there, and each of
/// `conditions` holds. What a range is of is also there: no packet without a port is in a space
/// that says something about ports.
struct RuleSpace: Hashable {
    typealias Ranges = [ClosedRange<UInt128>]

    /// What numbers of the packet are in.
    private(set) var ranges: [Selector: Ranges] = [:]
    /// Matches that are only known to be the same as themselves.
    private(set) var conditions: Set<Match> = []
    /// Whether two of the matches exclude each other, so that no packet is in the space.
    private(set) var isEmpty = false

    /// The space of `matches`.
    init(_ matches: some Sequence<Match>) {
        for match in matches { add(match) }
    }

    /// Narrows the space to packets that `match` holds for.
    private mutating func add(_ match: Match) {
        guard match.key.selectors.count == 1, match.key.bits.isEmpty else {
            conditions.insert(match)
            return
        }
        let selector = match.key.selectors[0]
        let domain = selector.domain
        let held: Ranges
        switch (match.comparison, domain) {
        case (.isIn(.values(let values)), let domain?):
            guard let listed = values.ranges else {
                conditions.insert(match)
                return
            }
            held = Self.intersection(listed, domain)
        case (.isNotIn(.values(let values)), let domain?):
            guard let listed = values.ranges else {
                conditions.insert(match)
                return
            }
            held = Self.difference(domain, listed)
        case (.anyBit(let mask), let domain?) where selector == .connectionState:
            held = domain.filter { $0.lowerBound & mask != 0 }
        case (.noBit(let mask), let domain?) where selector == .connectionState:
            held = domain.filter { $0.lowerBound & mask == 0 }
        case (.isIn, _), (.isNotIn, _), (.anyBit, _), (.noBit, _):
            conditions.insert(match)
            narrowToHolders(of: selector)
            return
        }
        switch selector {
        case .port(let side, of: let transport?):
            // The same as a port of any transport, and the transport.
            narrow(.transportProtocol, to: [UInt128(transport)...UInt128(transport)])
            narrow(.port(side, of: nil), to: held)
        case .headerProtocol(.ipv4):
            narrow(.networkFamily, to: Self.numbers(of: .ipv4))
            narrow(.transportProtocol, to: held)
        default:
            narrowToHolders(of: selector)
            narrow(selector, to: held)
        }
    }

    /// What a packet must be to have `selector` at all.
    private mutating func narrowToHolders(of selector: Selector) {
        switch selector {
        case .address(_, let family), .headerVersion(let family), .headerProtocol(let family):
            narrow(.networkFamily, to: Self.numbers(of: family))
        case .tcpFlags: narrow(.transportProtocol, to: [6...6])
        case .icmpType(let family), .icmpCode(let family):
            narrow(.networkFamily, to: Self.numbers(of: family))
            narrow(.transportProtocol, to: family == .ipv4 ? [1...1] : [58...58])
        default: break
        }
    }

    private static func numbers(of family: IPFamily) -> Ranges {
        family == .ipv4 ? [2...2] : [10...10]
    }

    private mutating func narrow(_ selector: Selector, to held: Ranges) {
        let narrowed = ranges[selector].map { Self.intersection($0, held) } ?? held
        ranges[selector] = narrowed
        if narrowed.isEmpty { isEmpty = true }
    }

    /// What of the space is not in `other`, in parts; nil when they cannot be compared.
    func subtracting(_ other: RuleSpace) -> [RuleSpace]? {
        guard other.conditions.isSubset(of: conditions) else { return nil }
        var parts: [RuleSpace] = []
        var rest = self
        for (selector, held) in other.ranges {
            // Without a range of its own, this space has packets that the other has not.
            guard let own = rest.ranges[selector] else { return nil }
            let outside = Self.difference(own, held)
            if outside.count == own.count, outside == own { return [self] }
            if outside.isEmpty { continue }
            var part = rest
            part.ranges[selector] = outside
            parts.append(part)
            rest.ranges[selector] = Self.intersection(own, held)
        }
        return parts
    }

    /// What both lists have; each ascends and does not overlap itself.
    static func intersection(_ left: Ranges, _ right: Ranges) -> Ranges {
        var found: Ranges = []
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            let lower = max(left[i].lowerBound, right[j].lowerBound)
            let upper = min(left[i].upperBound, right[j].upperBound)
            if lower <= upper { found.append(lower...upper) }
            if left[i].upperBound < right[j].upperBound { i += 1 } else { j += 1 }
        }
        return found
    }

    /// What the left list has and the right has not.
    static func difference(_ left: Ranges, _ right: Ranges) -> Ranges {
        var found: Ranges = []
        var j = 0
        for range in left {
            var next = range.lowerBound
            var isDone = false
            while j > 0, right[j - 1].upperBound >= range.lowerBound { j -= 1 }
            while j < right.count, right[j].upperBound < next { j += 1 }
            while j < right.count, right[j].lowerBound <= range.upperBound {
                if right[j].lowerBound > next { found.append(next...(right[j].lowerBound - 1)) }
                if right[j].upperBound >= range.upperBound {
                    isDone = true
                    break
                }
                next = right[j].upperBound + 1
                j += 1
            }
            if !isDone { found.append(next...range.upperBound) }
        }
        return found
    }
}

extension Selector {
    /// Every number that the selector may have in a packet; nil when numbers do not tell all.
    fileprivate var domain: RuleSpace.Ranges? {
        switch self {
        case .networkFamily: [2...2, 10...10]
        case .transportProtocol, .headerProtocol, .icmpType, .icmpCode: [0...255]
        case .address(_, .ipv4): [0...UInt128(UInt32.max)]
        case .address(_, .ipv6): [0...UInt128.max]
        case .port: [0...65_535]
        case .mark(.packet): [0...UInt128(UInt32.max)]
        case .connectionState: [1...1, 2...2, 4...4, 8...8, 64...64]
        case .etherType, .tcpFlags, .interface, .mark(.connection), .connectionStatus,
            .connectionDirection, .connectionAddress, .connectionPort, .packetType, .addressType,
            .reversePath, .headerVersion, .fragmentOffset, .field, .headerExtension, .setField,
            .opaque:
            nil
        }
    }
}
