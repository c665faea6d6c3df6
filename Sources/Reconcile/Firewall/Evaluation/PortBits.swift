import Prober

/// Ports as one bit each: what changes often while rules are followed.
struct PortBits {
    /// Empty until something changes for the first time.
    private var words: [UInt64] = []
    /// The same as ranges, until something changes.
    private var cached: PortSet?
    /// How many there are.
    private(set) var count: Int

    init(_ ports: PortSet) {
        cached = ports
        count = ports.count
    }

    /// Makes the bits, if only ranges were needed so far.
    private mutating func prepare() {
        guard words.isEmpty else { return }
        words = Array(repeating: 0, count: 1024)
        count = 0
        for range in cached?.ranges ?? [] { set(range) }
    }

    /// The ports as ranges.
    var ports: PortSet {
        mutating get {
            if let cached { return cached }
            let found = PortSet(ranges(in: 0...UInt16.max))
            cached = found
            return found
        }
    }

    /// Whether there is none.
    var isEmpty: Bool { count == 0 }

    mutating func formUnion(_ ports: PortSet) {
        guard !ports.isEmpty else { return }
        prepare()
        for range in ports.ranges { set(range) }
        cached = nil
    }

    /// Adds the ports of `other`.
    mutating func formUnion(_ other: PortBits) {
        guard !other.isEmpty else { return }
        if isEmpty {
            self = other
        } else if other.words.isEmpty {
            formUnion(other.cached ?? .none)
        } else {
            prepare()
            count = 0
            for index in words.indices {
                words[index] |= other.words[index]
                count += words[index].nonzeroBitCount
            }
            cached = nil
        }
    }

    mutating func subtract(_ ports: PortSet) {
        guard !ports.isEmpty, !isEmpty else { return }
        if ports.count == count, ports == cached {
            self = PortBits(.none)
            return
        }
        prepare()
        for range in ports.ranges {
            eachWord(of: range) { words, index, mask, count in
                count -= (words[index] & mask).nonzeroBitCount
                words[index] &= ~mask
            }
        }
        cached = nil
    }

    /// The ports that are in `ports` too.
    mutating func intersection(_ ports: PortSet) -> PortSet {
        if ports.isEverything { return self.ports }
        if isEmpty { return .none }
        if words.isEmpty, let cached { return cached.intersection(ports) }
        if ports.count == 1, let port = ports.ranges.first.map({ Int($0.lowerBound) }) {
            return words[port / 64] >> UInt64(port % 64) & 1 == 1 ? ports : .none
        }
        let found = ports.ranges.flatMap { ranges(in: $0) }
        return found == ports.ranges ? ports : PortSet(found)
    }

    private mutating func set(_ range: ClosedRange<UInt16>) {
        eachWord(of: range) { words, index, mask, count in
            count += (mask & ~words[index]).nonzeroBitCount
            words[index] |= mask
        }
    }

    private mutating func eachWord(
        of range: ClosedRange<UInt16>, _ change: (inout [UInt64], Int, UInt64, inout Int) -> Void
    ) {
        let (first, last) = (Int(range.lowerBound) / 64, Int(range.upperBound) / 64)
        for index in first...last {
            change(&words, index, Self.mask(of: range, inWord: index), &count)
        }
    }

    /// The bits of `range` in the word at `index`, which has some of them.
    private static func mask(of range: ClosedRange<UInt16>, inWord index: Int) -> UInt64 {
        var mask = UInt64.max
        if index == Int(range.lowerBound) / 64 {
            mask &= UInt64.max << UInt64(range.lowerBound % 64)
        }
        if index == Int(range.upperBound) / 64 {
            mask &= UInt64.max >> UInt64(63 - range.upperBound % 64)
        }
        return mask
    }

    /// The ports within `range`, as ranges.
    private func ranges(in range: ClosedRange<UInt16>) -> [ClosedRange<UInt16>] {
        var found: [ClosedRange<UInt16>] = []
        var start: Int?
        for index in Int(range.lowerBound) / 64...Int(range.upperBound) / 64 {
            var word = words[index] & Self.mask(of: range, inWord: index)
            let base = index * 64
            if word == .max {
                if start == nil { start = base }
                continue
            }
            if let open = start, word & 1 == 0 {
                found.append(UInt16(open)...UInt16(base - 1))
                start = nil
            }
            while word != 0 {
                let low = word.trailingZeroBitCount
                let length = (~(word >> UInt64(low))).trailingZeroBitCount
                let first = start ?? base + low
                start = nil
                if low + length == 64 {
                    start = first
                    break
                }
                found.append(UInt16(first)...UInt16(base + low + length - 1))
                word &= UInt64.max << UInt64(low + length)
            }
        }
        if let start { found.append(UInt16(start)...range.upperBound) }
        return found
    }
}

extension PortSet {
    /// No port.
    static let none = PortSet()
    /// Every number that the field can hold.
    static let everything = PortSet([0...UInt16.max])

    /// Whether every number is in it.
    var isEverything: Bool { count > 65_535 }
}
