import Prober
import Testing

@testable import Reconcile

@Suite struct ReceiptNoiseTests {
    private static func hits(_ copies: [Int], _ seconds: Double) -> [ReceiptNoise.Hit] {
        copies.map {
            ReceiptNoise.Hit(copies: $0, seconds: seconds * Double($0), share: 1, sent: 10)
        }
    }

    private static func chance(
        _ copies: [Int], of seconds: Double, quiet: Double, events: UInt64 = 0, tries: Int = 0
    ) -> Double {
        let hits = hits(copies, seconds)
        var noise = ReceiptNoise()
        noise.add(seconds: quiet, events: events)
        return noise.chance(of: hits, tries: max(tries, copies.count))
    }

    @Test(
        "what was measured decides whether noise is ruled out",
        arguments: [
            ([1, 2], 0.01, 0.1, UInt64(0), false), ([1, 3], 0.01, 2.0, 0, true),
            ([2, 3], 0.01, 1.0, 0, true), ([1, 2], 0.7, 2.0, 0, false),
            ([1, 2, 3], 0.01, 0.5, 0, true), ([1, 3], 0.01, 2.0, 20, false),
            ([1, 2, 3, 4], 0.01, 2.0, 20, true), ([1, 2, 3, 4], 0.01, 2.0, 200, false),
            ([1, 2, 3, 4], 0.001, 20.0, 20, true),
        ])
    func belief(
        _ copies: [Int], of seconds: Double, quiet: Double, events: UInt64, isRuledOut: Bool
    ) {
        let chance = Self.chance(copies, of: seconds, quiet: quiet, events: events)
        #expect((chance < ReceiptNoise.greatestChance) == isRuledOut, "\(chance)")
    }

    @Test func `nothing measured rules nothing out`() {
        #expect(ReceiptNoise().chance(of: [], tries: 0) == 1)
        #expect(ReceiptNoise().chance(of: Self.hits([1, 2], 0), tries: 2) == 1)
    }

    @Test func `more noise, longer windows and more tries never make it less likely`() {
        var last = 0.0
        for events in [0, 1, 2, 5, 20, 100, 100_000] as [UInt64] {
            let chance = Self.chance([1, 3], of: 0.01, quiet: 2, events: events)
            #expect(chance >= last)
            #expect(chance <= 1)
            last = chance
        }
        #expect(
            Self.chance([1, 3], of: 0.02, quiet: 2) > Self.chance([1, 3], of: 0.01, quiet: 2))
        #expect(
            Self.chance([1, 3], of: 0.01, quiet: 2, tries: 6)
                > Self.chance([1, 3], of: 0.01, quiet: 2))
    }

    /// The sum over all rates of what the bound claims, compared with noise that was thrown.
    @Test func `the bound holds for noise of any rate`() {
        var generator = SplitMix64(state: 77)
        for rate in [1.0, 5, 20] {
            var fakes = 0
            let rounds = 4000
            for _ in 0..<rounds {
                func events(_ seconds: Double) -> Int {
                    let slices = 200
                    let chance = rate * seconds / Double(slices)
                    return (0..<slices).count { _ in
                        Double.random(in: 0..<1, using: &generator) < chance
                    }
                }
                if events(0.1) == 1, events(0.2) == 2, events(0.5) == 0 { fakes += 1 }
            }
            let bound = Self.chance([1, 2], of: 0.1, quiet: 0.5)
            #expect(Double(fakes) / Double(rounds) <= bound * 1.5 + 0.005, "\(rate)")
        }
    }
}
