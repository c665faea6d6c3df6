/// A set of ports, kept as sorted ranges that neither overlap nor touch.
public struct PortSet: Hashable, Sendable {
    /// The ranges, ascending; two neighbours always have a gap between them.
    public let ranges: [ClosedRange<UInt16>]
    /// For each range, how many ports lie in the ranges before it.
    private let offsets: [Int]
    /// How many ports the set holds, 0 to 65,536.
    public let count: Int

    /// The union of `ranges`, which may overlap and come in any order.
    public init(_ ranges: some Sequence<ClosedRange<UInt16>> = []) {
        self.init(uniting: Array(ranges))
    }

    /// The set of single `ports`, which may repeat and come in any order.
    public init(ports: some Sequence<UInt16>) {
        self.init(uniting: Array(ports).map { $0...$0 })
    }

    /// The union of `ranges`; of this one type, so that the compiler makes one fast loop of it.
    private init(uniting ranges: [ClosedRange<UInt16>]) {
        var isSorted = true
        for index in ranges.indices.dropFirst()
        where ranges[index - 1].lowerBound > ranges[index].lowerBound {
            isSorted = false
            break
        }
        let sorted = isSorted ? ranges : ranges.sorted { $0.lowerBound < $1.lowerBound }
        var merged: [ClosedRange<UInt16>] = []
        merged.reserveCapacity(sorted.count)
        for range in sorted {
            if let last = merged.last, Int(range.lowerBound) <= Int(last.upperBound) + 1 {
                let upper = Swift.max(last.upperBound, range.upperBound)
                merged[merged.count - 1] = last.lowerBound...upper
            } else {
                merged.append(range)
            }
        }
        var offsets: [Int] = []
        offsets.reserveCapacity(merged.count)
        var count = 0
        for range in merged {
            offsets.append(count)
            count += range.count
        }
        self.ranges = merged
        self.offsets = offsets
        self.count = count
    }

    /// Every port that can be bound: 1 to 65,535.
    public static let all = PortSet([1...UInt16.max])

    /// Whether the set holds no port.
    public var isEmpty: Bool { count == 0 }

    /// Whether `port` is in the set.
    public func contains(_ port: UInt16) -> Bool {
        let index = ranges.partitioningIndex { $0.upperBound >= port }
        return index < ranges.count && ranges[index].contains(port)
    }

    /// The port at `position` in ascending order; `position` must be below `count`.
    public subscript(position: Int) -> UInt16 {
        let index = offsets.partitioningIndex { $0 > position } - 1
        return ranges[index].lowerBound + UInt16(position - offsets[index])
    }

    /// The position of `port` in ascending order, or nil when the set does not hold it.
    public func position(of port: UInt16) -> Int? {
        let index = ranges.partitioningIndex { $0.upperBound >= port }
        guard index < ranges.count, ranges[index].contains(port) else { return nil }
        return offsets[index] + Int(port - ranges[index].lowerBound)
    }

    /// All ports of both sets.
    public func union(_ other: PortSet) -> PortSet { PortSet(ranges + other.ranges) }

    /// The ports of this set that `other` does not hold.
    public func subtracting(_ other: PortSet) -> PortSet {
        var left: [ClosedRange<UInt16>] = []
        var cuts = other.ranges[...]
        for range in ranges {
            var next = Int(range.lowerBound)
            while let cut = cuts.first, Int(cut.upperBound) < next { cuts = cuts.dropFirst() }
            for cut in cuts {
                guard cut.lowerBound <= range.upperBound else { break }
                if Int(cut.lowerBound) > next { left.append(UInt16(next)...(cut.lowerBound - 1)) }
                next = Int(cut.upperBound) + 1
            }
            if next <= Int(range.upperBound) { left.append(UInt16(next)...range.upperBound) }
        }
        return PortSet(left)
    }

    /// The ports that both sets hold.
    public func intersection(_ other: PortSet) -> PortSet {
        subtracting(subtracting(other))
    }
}

extension PortSet: Sequence {
    /// The ports, ascending.
    public func makeIterator() -> some IteratorProtocol<UInt16> {
        ranges.lazy.flatMap { $0 }.makeIterator()
    }
}

extension PortSet: CustomStringConvertible {
    /// `1-21,23`; the text parses to the same set.
    ///
    /// Empty for no port.
    public var description: String {
        ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
            .joined(separator: ",")
    }
}
