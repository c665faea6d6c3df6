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
