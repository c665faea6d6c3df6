import Testing

@testable import Prober

@Suite struct PacerTests {
    private static func time(milliseconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000 + UInt64(milliseconds * 1_000_000))
    }

    @Test(
        "no second sees more than the rate, and a steady one sees all of it",
        arguments: [(1, 1), (10, 1), (999, 2), (1000, 2), (33_333, 2), (1_000_000, 4)])
    func rate(_ rate: Int, workers: Int) {
        var pacers = (0..<workers).map { _ in
            Pacer(.perSecond(rate), sharedBy: workers, at: Self.time(milliseconds: 0))
        }
        var sent: [(milliseconds: Int, count: Int)] = []
        for millisecond in 0..<5000 {
            for worker in pacers.indices {
                let count = pacers[worker].allowance(
                    at: Self.time(milliseconds: Double(millisecond)))
                pacers[worker].record(count)
                sent.append((millisecond, count))
            }
        }
        for second in 0..<5 {
            let total = sent.filter { $0.milliseconds / 1000 == second }.reduce(0) { $0 + $1.count }
            #expect(total <= rate + workers)
            // The last look of a second comes a millisecond before its end.
            #expect(total >= rate - rate / 1000 - workers)
        }
    }

    @Test func `a stall is not made up for by a burst`() {
        var pacer = Pacer(.perSecond(1000), sharedBy: 1, at: Self.time(milliseconds: 0))
        pacer.record(pacer.allowance(at: Self.time(milliseconds: 0)))
        let afterStall = pacer.allowance(at: Self.time(milliseconds: 3000))
        #expect(afterStall == 1)
    }

    @Test func `the next departure is when the allowance rises`() {
        var pacer = Pacer(.perSecond(10), sharedBy: 1, at: Self.time(milliseconds: 0))
        pacer.record(pacer.allowance(at: Self.time(milliseconds: 0)))
        #expect(pacer.nextDeparture == Self.time(milliseconds: 100))
        #expect(pacer.allowance(at: Self.time(milliseconds: 99)) == 0)
        #expect(pacer.allowance(at: Self.time(milliseconds: 100)) == 1)
    }

    @Test func `without a rate everything may leave at once`() {
        var pacer = Pacer(.unlimited, sharedBy: 2, at: Self.time(milliseconds: 0))
        #expect(pacer.allowance(at: Self.time(milliseconds: 0)) == .max)
        pacer.record(1_000_000)
        #expect(pacer.allowance(at: Self.time(milliseconds: 0)) == .max)
    }
}
