/// One of several disjoint parts of a scan; all parts together are the whole.
public struct Shard: Hashable, Sendable {
    /// Which part, counted from 1.
    public let number: UInt64
    /// How many parts there are.
    public let count: UInt64

    /// The whole scan in one part.
    public static let whole = Shard(first: 1, count: 1)

    private init(first number: UInt64, count: UInt64) {
        self.number = number
        self.count = count
    }

    /// Part `number` of `count`, or nil unless 1 ≤ `number` ≤ `count`.
    public init?(_ number: UInt64, of count: UInt64) {
        guard number >= 1, number <= count else { return nil }
        self.init(first: number, count: count)
    }

    /// How many endpoints the part has when all `ports` are asked at `addressCount` addresses.
    ///
    /// The endpoints of each transport are divided by themselves, as each has an order of its own.
    public func share(of ports: PortSpec, at addressCount: UInt128) -> UInt128 {
        Transport.allCases.reduce(0) { sum, transport in
            let count = addressCount * UInt128(ports[transport].count)
            return sum + ProbeSteps(count: count, shard: self, worker: 0, of: 1).remaining
        }
    }

    /// The part written as `K/N`, or nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = UInt64(parts[0]), let count = UInt64(parts[1]) else {
            return nil
        }
        self.init(number, of: count)
    }
}

extension Shard: CustomStringConvertible {
    /// `K/N`.
    public var description: String { "\(number)/\(count)" }
}
