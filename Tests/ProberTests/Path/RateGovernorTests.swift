import Testing

@testable import Prober

@Suite struct RateGovernorTests {
    private static func time(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: milliseconds * 1_000_000)
    }

    /// The rates of twenty tenths of a second in which `seen` happens.
    private static func rates(_ seen: (inout RateGovernor, Int) -> Void) -> [Int] {
        var governor = RateGovernor(at: time(0))
        return (1...20).map { step in
            seen(&governor, step)
            _ = governor.adjust(at: time(UInt64(step) * 100))
            return governor.rate
        }
    }

    @Test func `answers double the rate up to the ceiling`() {
        let rates = Self.rates { governor, _ in governor.noteAnswer(after: 1_000_000) }
        #expect(Array(rates.prefix(5)) == [10_000, 20_000, 40_000, 80_000, 100_000])
        #expect(rates.last == RateChoice.automaticCeiling)
    }

    @Test func `silence alone changes nothing`() {
        let rates = Self.rates { governor, _ in governor.noteSilence() }
        #expect(Set(rates) == [RateChoice.politeRate])
    }

    @Test func `mostly silence allows no more`() {
        let rates = Self.rates { governor, _ in
            governor.noteAnswer(after: 1_000_000)
            for _ in 0..<4 { governor.noteSilence() }
        }
        #expect(Set(rates) == [RateChoice.politeRate])
    }

    @Test func `congestion halves the rate, and not to nothing`() {
        let rates = Self.rates { governor, step in
            governor.noteAnswer(after: 1_000_000)
            if step > 4 { governor.noteCongestion() }
        }
        #expect(rates[3] == 80_000)
        #expect(rates[4] == 40_000)
        #expect(rates.last == RateChoice.politeRate / 10)
    }

    @Test func `a rate is tried for two round trips at least`() {
        var governor = RateGovernor(at: Self.time(0))
        for _ in 0..<100 { governor.noteAnswer(after: 300_000_000) }
        let early = governor.adjust(at: Self.time(500))
        let late = governor.adjust(at: Self.time(601))
        #expect(!early && late)
    }
}
