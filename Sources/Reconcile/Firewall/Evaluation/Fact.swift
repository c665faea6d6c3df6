import Prober

/// What is known of one fact of a packet.
enum Fact {
    case number(UInt128)
    /// A number of which only the bits in `known` are known.
    case bits(UInt128, known: UInt128, FirewallUnknown)
    /// One of these numbers.
    case oneOf([ClosedRange<UInt128>], FirewallUnknown)
    /// The destination port that is asked about, and what was done to it.
    case probedPort([BitOperation])
    case name(String)
    /// Any name but this.
    case otherName(than: String, FirewallUnknown)
    /// The packet has no such thing, so that no comparison holds.
    case absent
    case unknown(FirewallUnknown)

    /// The fact after `operation`.
    func after(_ operation: BitOperation) -> Fact {
        switch (self, operation) {
        case (.number(let number), _): return .number(operation.applied(to: number))
        case (.bits(let value, let known, let reason), .and(let mask)):
            return .bits(value & mask, known: known | ~mask, reason)
        case (.bits(let value, let known, let reason), .or(let mask)):
            return .bits(value | mask, known: known | mask, reason)
        case (.bits(let value, let known, let reason), .xor(let mask)):
            return .bits(value ^ mask, known: known, reason)
        case (.bits(_, _, let reason), .shiftLeft), (.bits(_, _, let reason), .shiftRight),
            (.oneOf(_, let reason), _), (.otherName(_, let reason), _):
            return .unknown(reason)
        case (.probedPort(let earlier), _): return .probedPort(earlier + [operation])
        case (.name, _): return .unknown(.notUnderstood("an operation on a name"))
        case (.absent, _), (.unknown, _): return self
        }
    }

    /// Whether, or for which ports, the fact fits `pattern`.
    func fits(_ pattern: Pattern) -> Fit {
        switch (self, pattern) {
        case (.absent, _): .no
        case (_, .any): .yes
        case (.unknown(let reason), _): .maybe(reason)
        case (_, .opaque(let text)): .maybe(.notUnderstood(text))
        case (.number(let number), .range(let range)): range.contains(number) ? .yes : .no
        case (.bits(let value, let known, let reason), .range(let range)):
            Self.fit(bits: value, known: known, range, reason)
        case (.oneOf(let choices, let reason), .range(let range)):
            Self.fit(oneOf: choices, range, reason)
        case (.probedPort(let operations), .range(let range)):
            Self.fit(probedPort: operations, range)
        case (.name(let name), .name(let other)): name == other ? .yes : .no
        case (.name(let name), .namePrefix(let prefix)): name.hasPrefix(prefix) ? .yes : .no
        case (.otherName(let name, let reason), .name(let other)):
            name == other ? .no : .maybe(reason)
        case (.otherName(_, let reason), .namePrefix(let prefix)):
            prefix.isEmpty ? .yes : .maybe(reason)
        case (.name, .range), (.otherName, .range), (.number, .name), (.number, .namePrefix),
            (.bits, .name), (.bits, .namePrefix), (.oneOf, .name), (.oneOf, .namePrefix),
            (.probedPort, .name), (.probedPort, .namePrefix):
            .maybe(.notUnderstood("values of different kinds"))
        }
    }

    /// For which ports the fact has a bit of `mask`.
    func anyBit(of mask: UInt128) -> PortCondition {
        switch self {
        case .number(let number): .known(number & mask != 0)
        case .bits(let value, let known, let reason):
            if value & known & mask != 0 {
                .always
            } else {
                known & mask == mask ? .never : .unknown(reason)
            }
        case .oneOf(let choices, let reason):
            if choices.allSatisfy({ $0.lowerBound == $0.upperBound && $0.lowerBound & mask != 0 }) {
                .always
            } else if choices.allSatisfy({
                $0.lowerBound == $0.upperBound && $0.lowerBound & mask == 0
            }) {
                .never
            } else {
                .unknown(reason)
            }
        case .probedPort(let operations):
            PortCondition(yes: Self.ports { $0 & mask != 0 }(operations))
        case .absent: .never
        case .unknown(let reason): .unknown(reason)
        case .name, .otherName: .unknown(.notUnderstood("the bits of a name"))
        }
    }

    /// Whether the packet has no such thing.
    var isAbsent: Bool {
        if case .absent = self { return true }
        return false
    }

    /// Whether a fact fits something.
    enum Fit {
        case yes, no
        case maybe(FirewallUnknown)
        /// For these ports only.
        case ports(PortSet)
    }

    private static func fit(
        bits value: UInt128, known: UInt128, _ range: ClosedRange<UInt128>,
        _ reason: FirewallUnknown
    ) -> Fit {
        let field = UInt128(UInt32.max)
        let least = value & known & field
        let greatest = (value | ~known) & field
        if range.contains(least) && range.contains(greatest) { return .yes }
        if greatest < range.lowerBound || least > range.upperBound { return .no }
        if range.lowerBound == range.upperBound, (range.lowerBound ^ value) & known & field != 0 {
            return .no
        }
        return .maybe(reason)
    }

    private static func fit(
        oneOf choices: [ClosedRange<UInt128>], _ range: ClosedRange<UInt128>,
        _ reason: FirewallUnknown
    ) -> Fit {
        if choices.allSatisfy({
            range.contains($0.lowerBound) && range.contains($0.upperBound)
        }) {
            return .yes
        }
        return choices.contains { $0.overlaps(range) } ? .maybe(reason) : .no
    }

    private static func fit(
        probedPort operations: [BitOperation], _ range: ClosedRange<UInt128>
    ) -> Fit {
        if operations.isEmpty { return .ports(ports(range)) }
        if case .or(let base) = operations[0], operations.count == 1, base & 0xffff == 0,
            base < 1 << 64
        {
            // Something stands above the port, as in sets of `ipset`.
            guard range.upperBound >= base, range.lowerBound <= base + 0xffff else { return .no }
            let lower = max(range.lowerBound, base) - base
            let upper = min(range.upperBound, base + 0xffff) - base
            return .ports(ports(lower...upper))
        }
        return .ports(ports { range.contains($0) }(operations))
    }

    private static func ports(_ range: ClosedRange<UInt128>) -> PortSet {
        guard let lower = UInt16(exactly: range.lowerBound) else { return .none }
        return PortSet([lower...UInt16(clamping: range.upperBound)])
    }

    /// The ports that fulfil `condition` after the operations.
    private static func ports(
        _ condition: @escaping (UInt128) -> Bool
    ) -> ([BitOperation]) -> PortSet {
        { operations in
            PortSet(
                ports: (0...UInt16.max).filter { port in
                    condition(operations.reduce(UInt128(port)) { $1.applied(to: $0) })
                })
        }
    }
}
