import Prober

/// Ports as one bit each: what changes often while rules are followed.
struct PortBits {
    /// Empty until something changes for the first time.
    private var words: [UInt64] = []
    /// The same as ranges, until something changes.
    private var cached: PortSet?

    init(_ ports: PortSet) { cached = ports }

    /// Makes the bits, if only ranges were needed so far.
    private mutating func prepare() {
        guard words.isEmpty else { return }
        words = Array(repeating: 0, count: 1024)
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
    var isEmpty: Bool {
        if let cached { return cached.isEmpty }
        return words.allSatisfy { $0 == 0 }
    }

    mutating func formUnion(_ ports: PortSet) {
        guard !ports.isEmpty else { return }
        prepare()
        for range in ports.ranges { set(range) }
        cached = nil
    }

    mutating func subtract(_ ports: PortSet) {
        guard !ports.isEmpty else { return }
        if words.isEmpty, ports == cached {
            cached = PortSet.none
            return
        }
        prepare()
        for range in ports.ranges {
            eachWord(of: range) { index, mask in words[index] &= ~mask }
        }
        cached = nil
    }

    /// The ports that are in `ports` too.
    mutating func intersection(_ ports: PortSet) -> PortSet {
        if ports.isEverything { return self.ports }
        if words.isEmpty, let cached { return cached.intersection(ports) }
        var found: [ClosedRange<UInt16>] = []
        for range in ports.ranges {
            if range.lowerBound == range.upperBound {
                let port = Int(range.lowerBound)
                if words[port / 64] >> UInt64(port % 64) & 1 == 1 { found.append(range) }
            } else {
                found += ranges(in: range)
            }
        }
        return found.isEmpty ? PortSet.none : PortSet(found)
    }

    private mutating func set(_ range: ClosedRange<UInt16>) {
        eachWord(of: range) { index, mask in words[index] |= mask }
    }

    private func eachWord(of range: ClosedRange<UInt16>, _ body: (Int, UInt64) -> Void) {
        let (first, last) = (Int(range.lowerBound) / 64, Int(range.upperBound) / 64)
        for index in first...last {
            var mask = UInt64.max
            if index == first { mask &= UInt64.max << UInt64(range.lowerBound % 64) }
            if index == last { mask &= UInt64.max >> UInt64(63 - range.upperBound % 64) }
            body(index, mask)
        }
    }

    /// The ports within `range`, as ranges.
    private func ranges(in range: ClosedRange<UInt16>) -> [ClosedRange<UInt16>] {
        var found: [ClosedRange<UInt16>] = []
        var start: Int?
        eachWord(of: range) { index, mask in
            var word = words[index] & mask
            let base = index * 64
            if word == .max {
                if start == nil { start = base }
                return
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
                    return
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
