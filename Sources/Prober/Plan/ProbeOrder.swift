/// A keyed permutation of `0 ..< count`: the order in which a space is probed.
///
/// A Feistel network over the smallest power of two that holds `count`, walked until the value
/// falls inside (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). It spreads
/// probes over hosts and ports; it is no cipher and keeps no secret.
public struct ProbeOrder: Sendable {
    /// How many values are permuted: 1 to 2^64.
    public let count: UInt128
    /// What chooses the permutation.
    public let seed: UInt64

    private let keys: InlineArray<8, UInt64>
    private let leftBits: UInt64
    private let rightBits: UInt64

    /// The permutation of `0 ..< count` that `seed` chooses; `count` is 1 to 2^64.
    public init(count: UInt128, seed: UInt64) {
        precondition(
            (1...ProbeSpace.largestCount).contains(count), "a permutation has 1 to 2^64 values")
        self.count = count
        self.seed = seed
        let bits = UInt64(UInt128.bitWidth - (count - 1).leadingZeroBitCount)
        leftBits = bits / 2
        rightBits = bits - bits / 2
        var generator = SplitMix64(state: seed)
        keys = InlineArray { _ in generator.next() }
    }

    /// The value at `step`, which must be below `count`.
    public func index(at step: UInt64) -> UInt64 {
        var value = step
        repeat { value = permuted(value) } while UInt128(value) >= count
        return value
    }

    /// One pass over the power of two.
    ///
    /// The halves swap widths each round; an even number of rounds puts them back.
    private func permuted(_ value: UInt64) -> UInt64 {
        var (leftWidth, rightWidth) = (leftBits, rightBits)
        var left = value >> rightWidth
        var right = value & Self.mask(rightWidth)
        for round in keys.indices {
            let mixed = left ^ (SplitMix64.mix(right ^ keys[round]) & Self.mask(leftWidth))
            (left, right) = (right, mixed)
            (leftWidth, rightWidth) = (rightWidth, leftWidth)
        }
        return left << rightWidth | right
    }

    /// As many low one-bits as `width` says; 0 to 32 here, so the shift never overflows.
    private static func mask(_ width: UInt64) -> UInt64 { (1 &<< width) &- 1 }
}
