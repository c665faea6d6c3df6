import Prober

/// What one field of a set's element stands for.
enum Pattern: Hashable, Sendable {
    case any
    case range(ClosedRange<UInt128>)
    case name(String)
    /// Every name that begins so.
    case namePrefix(String)
    /// Something that is not understood.
    case opaque(String)

    static func number(_ number: UInt128) -> Pattern { .range(number...number) }
}

/// Values without an order: the right side of a comparison.
struct ValueSet: Hashable, Sendable {
    /// Each with as many fields as the key it is compared with.
    let elements: [[Pattern]]
    /// The numbers, sorted and merged, when every element is a single number or range of them.
    let ranges: [ClosedRange<UInt128>]?
    /// The same as ports, when all are.
    let ports: PortSet?

    init(_ elements: [[Pattern]]) {
        self.elements = elements
        var ranges: [ClosedRange<UInt128>] = []
        ranges.reserveCapacity(elements.count)
        for element in elements {
            guard element.count == 1, case .range(let range) = element[0] else {
                self.ranges = nil
                ports = nil
                return
            }
            ranges.append(range)
        }
        let merged = Self.merged(ranges)
        self.ranges = merged
        ports = Self.ports(merged)
    }

    init(_ patterns: Pattern...) { self.init(patterns.map { [$0] }) }

    init(numbers: UInt128...) { self.init(numbers.map { [.number($0)] }) }

    /// Whether `number` is one of the values; asks for ``ranges``.
    func contains(_ number: UInt128) -> Bool {
        guard let ranges else { return false }
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < number { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(number)
    }

    private static func merged(_ ranges: [ClosedRange<UInt128>]) -> [ClosedRange<UInt128>] {
        guard ranges.count > 1 else { return ranges }
        var merged: [ClosedRange<UInt128>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last,
                last.upperBound == .max || range.lowerBound <= last.upperBound + 1
            {
                merged[merged.count - 1] =
                    last.lowerBound...Swift.max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }

    /// `ranges` as ports; what lies above every port is no port.
    private static func ports(_ ranges: [ClosedRange<UInt128>]) -> PortSet {
        PortSet(
            ranges.compactMap { range in
                guard let lower = UInt16(exactly: range.lowerBound) else { return nil }
                return lower...UInt16(clamping: range.upperBound)
            })
    }
}

/// Values with what each of them leads to.
///
/// No two entries have a value in common; the kernel takes no map that has such.
struct ValueMap<Result: Hashable & Sendable>: Hashable, Sendable {
    struct Entry: Hashable, Sendable {
        var fields: [Pattern]
        var result: Result
    }

    let entries: [Entry]
    /// What a key without an entry of its own leads to.
    let catchAll: Result?
    /// The ports that lead to each result, when every entry is of ports alone.
    let ports: [(result: Result, ports: PortSet)]?

    init(_ entries: [Entry], catchAll: Result? = nil) {
        self.entries = entries
        self.catchAll = catchAll
        var places: [Result: Int] = [:]
        var found: [(result: Result, ranges: [ClosedRange<UInt16>])] = []
        for entry in entries {
            guard entry.fields.count == 1, case .range(let range) = entry.fields[0],
                let upper = UInt16(exactly: range.upperBound)
            else {
                ports = nil
                return
            }
            let place = places[entry.result] ?? found.count
            if place == found.count {
                places[entry.result] = place
                found.append((entry.result, []))
            }
            found[place].ranges.append(UInt16(range.lowerBound)...upper)
        }
        ports = found.map { ($0.result, PortSet($0.ranges)) }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.entries == right.entries && left.catchAll == right.catchAll
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(entries)
        hasher.combine(catchAll)
    }
}

/// A set with a name.
struct NamedSet: Hashable, Sendable {
    /// What is in it now.
    var values: ValueSet
    /// What is not in it although `values` has it (`nomatch`).
    var exceptions = ValueSet([[Pattern]]())
    /// Whether its content is understood.
    var isReadable = true
    /// The family of its addresses, when packets of the other never match (`ipset`).
    var family: IPFamily?
    /// What its fields are (`ipset`).
    var fields: [AddressSetField] = []
    /// The sets that a set of sets has (`list:set` of `ipset`).
    var members: [String] = []
}

/// What a field of an `ipset` set holds.
enum AddressSetField: Hashable, Sendable { case address, port, interface }
