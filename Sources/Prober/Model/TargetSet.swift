/// A set of addresses, kept as sorted ranges that neither overlap nor touch.
///
/// No address is ever stored by itself: the whole of IPv6 costs as much as one host.
public struct TargetSet: Hashable, Sendable {
    /// The ranges, IPv4 before IPv6, ascending; two neighbours of a family have a gap between them.
    public let ranges: [AddressRange]
    /// For each range, how many addresses lie in the ranges before it.
    private let offsets: [UInt128]
    /// The same as `offsets`, capped at `UInt64.max`: the search of the scan's hot path.
    private let shortOffsets: [UInt64]
    /// How many addresses the set holds, capped at `UInt128.max`.
    ///
    /// The cap matters only to a set with all of IPv6, which can be excluded but not scanned.
    public let count: UInt128

    /// The union of `ranges`, which may overlap and come in any order.
    public init(_ ranges: some Sequence<AddressRange> = []) {
        var merged: [AddressRange] = []
        for range in ranges.sorted(by: { $0.first < $1.first }) {
            if let last = merged.last, let union = last.joined(with: range) {
                merged[merged.count - 1] = union
            } else {
                merged.append(range)
            }
        }
        self.init(disjoint: merged)
    }

    /// The set of `ranges`, which are sorted, disjoint and do not touch.
    private init(disjoint ranges: [AddressRange]) {
        var offsets: [UInt128] = []
        offsets.reserveCapacity(ranges.count)
        var count: UInt128 = 0
        for range in ranges {
            offsets.append(count)
            count = count.addingCapped(range.span).addingCapped(1)
        }
        self.ranges = ranges
        self.offsets = offsets
        self.shortOffsets = offsets.map { UInt64(clamping: $0) }
        self.count = count
    }

    /// Whether the set holds no address.
    public var isEmpty: Bool { ranges.isEmpty }

    /// The address at `position` in ascending order; `position` must be below `count`.
    public subscript(position: UInt128) -> IPAddress {
        let index = offsets.partitioningIndex { $0 > position } - 1
        let first = ranges[index].first
        return IPAddress(first.family, number: first.number &+ (position &- offsets[index]))
    }

    /// The address at `position` in ascending order, by 64-bit arithmetic where that is enough.
    ///
    /// The scan asks once for each probe. `position` must be below `count`.
    public func address(at position: UInt64) -> IPAddress {
        let index = shortOffsets.partitioningIndex { $0 > position } - 1
        let step = position &- shortOffsets[index]
        switch ranges[index].first {
        case .v4(let bits):
            return .v4(bits &+ UInt32(truncatingIfNeeded: step))
        case .v6(let high, let low):
            let (sum, carry) = low.addingReportingOverflow(step)
            return .v6(high: high &+ (carry ? 1 : 0), low: sum)
        }
    }

    /// The position of `address` in ascending order, or nil when the set does not hold it.
    public func position(of address: IPAddress) -> UInt128? {
        let index = ranges.partitioningIndex { $0.last >= address }
        guard index < ranges.count, ranges[index].contains(address) else { return nil }
        return offsets[index] &+ (address.number &- ranges[index].first.number)
    }

    /// Whether `address` is in the set.
    public func contains(_ address: IPAddress) -> Bool {
        let index = ranges.partitioningIndex { $0.last >= address }
        return index < ranges.count && ranges[index].contains(address)
    }

    /// All addresses of both sets.
    public func union(_ other: TargetSet) -> TargetSet { TargetSet(ranges + other.ranges) }

    /// The addresses of this set that `other` does not hold.
    public func subtracting(_ other: TargetSet) -> TargetSet {
        var left: [AddressRange] = []
        var cutIndex = 0
        for range in ranges {
            while cutIndex < other.ranges.count, other.ranges[cutIndex].last < range.first {
                cutIndex += 1
            }
            // The last cut may reach into the next range, so it is looked at again there.
            var rest: AddressRange? = range
            var index = cutIndex
            while let current = rest, index < other.ranges.count,
                other.ranges[index].first <= current.last
            {
                let cut = other.ranges[index]
                if let before = current.before(cut.first) { left.append(before) }
                rest = current.after(cut.last)
                index += 1
            }
            if let rest { left.append(rest) }
            cutIndex = max(cutIndex, index - 1)
        }
        return TargetSet(disjoint: left)
    }

    /// The addresses that both sets hold.
    public func intersection(_ other: TargetSet) -> TargetSet {
        subtracting(subtracting(other))
    }

    /// Whether every address of this set is in `other`.
    public func isSubset(of other: TargetSet) -> Bool { subtracting(other).isEmpty }
}

extension TargetSet: CustomStringConvertible {
    /// The ranges parted by spaces: text that parses to the same set.
    ///
    /// Empty for no address.
    public var description: String { ranges.map(\.description).joined(separator: " ") }
}

extension AddressRange {
    /// The union with `next`, which does not begin earlier, or nil when a gap parts the two.
    fileprivate func joined(with next: AddressRange) -> AddressRange? {
        guard next.family == family else { return nil }
        let gap = next.first.number > last.number ? next.first.number - last.number : 0
        guard gap <= 1 else { return nil }
        return AddressRange(first, through: max(last, next.last))
    }

    /// The part below `address`, or nil when there is none.
    fileprivate func before(_ address: IPAddress) -> AddressRange? {
        guard first < address else { return nil }
        return AddressRange(first, through: IPAddress(family, number: address.number - 1))
    }

    /// The part above `address`, or nil when there is none.
    fileprivate func after(_ address: IPAddress) -> AddressRange? {
        guard address < last else { return nil }
        return AddressRange(IPAddress(family, number: address.number + 1), through: last)
    }
}
