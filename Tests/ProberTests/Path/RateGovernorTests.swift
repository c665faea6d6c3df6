import Testing

@testable import Prober

@Suite struct RateGovernorTests {
    private static func time(_ milliseconds: UInt64) -> MonotonicTime {
        MonotonicTime(nanoseconds: milliseconds * 1_000_000)
    }

    /// The rates of twenty tenths of a second in which `seen` happens, each used to the full.
    ///
    /// `seen` gives how often a way has been found congested.
    private static func rates(_ seen: (inout RateGovernor, Int) -> Int) -> [Int] {
        var governor = RateGovernor(workers: 1, at: time(0))
        return (1...20).map { step in
            governor.noteSent(governor.rate / 10)
            let congestions = seen(&governor, step)
            _ = governor.adjust(at: time(UInt64(step) * 100), congestions: congestions)
            return governor.rate
        }
    }

    @Test func `answers double the rate up to the ceiling`() {
        let rates = Self.rates { governor, _ in
            governor.noteAnswer(after: 1_000_000)
            return 0
        }
        #expect(Array(rates.prefix(5)) == [10_000, 20_000, 40_000, 80_000, 100_000])
        #expect(rates.last == RateChoice.automaticCeiling)
    }

    @Test func `silence alone changes nothing`() {
        let rates = Self.rates { governor, _ in
            governor.noteSilence()
            return 0
        }
        #expect(Set(rates) == [RateChoice.politeRate])
    }

    @Test func `mostly silence allows no more`() {
        let rates = Self.rates { governor, _ in
            governor.noteAnswer(after: 1_000_000)
            for _ in 0..<4 { governor.noteSilence() }
            return 0
        }
        #expect(Set(rates) == [RateChoice.politeRate])
    }

    @Test func `congestion halves the rate, and not to nothing`() {
        let rates = Self.rates { governor, step in
            governor.noteAnswer(after: 1_000_000)
            return max(0, step - 4)
        }
        #expect(rates[3] == 80_000)
        #expect(rates[4] == 40_000)
        #expect(rates.last == RateChoice.politeRate / 10)
    }

    @Test func `a rate is tried for two round trips at least`() {
        var governor = RateGovernor(workers: 1, at: Self.time(0))
        for _ in 0..<100 { governor.noteAnswer(after: 300_000_000) }
        governor.noteSent(5000)
        let early = governor.adjust(at: Self.time(500), congestions: 0)
        let late = governor.adjust(at: Self.time(601), congestions: 0)
        #expect(!early && late)
    }

    @Test func `after congestion the rate is kept for a while`() {
        let rates = Self.rates { governor, step in
            governor.noteAnswer(after: 1_000_000)
            return step >= 5 ? 1 : 0
        }
        #expect(rates[4...13].allSatisfy { $0 == 40_000 })
        #expect(rates[15] > 40_000)
    }

    @Test func `a rate that is not used is not raised`() {
        var governor = RateGovernor(workers: 2, at: Self.time(0))
        governor.noteAnswer(after: 1_000_000)
        governor.noteSent(100)
        let isChanged = governor.adjust(at: Self.time(100), congestions: 0)
        #expect(!isChanged)
    }
}
