/// A keyed hash of three words (Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012).
///
/// SipHash-2-4 of 24 bytes. Whoever does not know the key cannot tell what it gives next, so a
/// reply that carries the right token answers our request.
public struct SipHash: Sendable {
    private let low: UInt64
    private let high: UInt64

    /// The hash under the key of `low` and `high`, the two halves in little-endian order.
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    /// The hash under a key that `seed` chooses.
    public init(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        self.init(low: generator.next(), high: generator.next())
    }

    /// The hash of the words, each in little-endian order.
    public func hash(_ first: UInt64, _ second: UInt64, _ third: UInt64) -> UInt64 {
        var state = State(low: low, high: high)
        state.absorb(first)
        state.absorb(second)
        state.absorb(third)
        state.absorb(24 << 56)
        return state.finish()
    }

    private struct State {
        var v0: UInt64
        var v1: UInt64
        var v2: UInt64
        var v3: UInt64

        init(low: UInt64, high: UInt64) {
            v0 = low ^ 0x736f_6d65_7073_6575
            v1 = high ^ 0x646f_7261_6e64_6f6d
            v2 = low ^ 0x6c79_6765_6e65_7261
            v3 = high ^ 0x7465_6462_7974_6573
        }

        mutating func absorb(_ word: UInt64) {
            v3 ^= word
            round()
            round()
            v0 ^= word
        }

        mutating func finish() -> UInt64 {
            v2 ^= 0xff
            for _ in 0..<4 { round() }
            return v0 ^ v1 ^ v2 ^ v3
        }

        private mutating func round() {
            v0 &+= v1
            v1 = v1.rotated(13) ^ v0
            v0 = v0.rotated(32)
            v2 &+= v3
            v3 = v3.rotated(16) ^ v2
            v0 &+= v3
            v3 = v3.rotated(21) ^ v0
            v2 &+= v1
            v1 = v1.rotated(17) ^ v2
            v2 = v2.rotated(32)
        }
    }
}

extension UInt64 {
    fileprivate func rotated(_ count: UInt64) -> UInt64 { self << count | self >> (64 - count) }
}
