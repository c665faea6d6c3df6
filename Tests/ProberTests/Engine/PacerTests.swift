import Testing

@testable import Prober

@Suite struct PacerTests {
    private static func time(milliseconds: Double) -> MonotonicTime {
        MonotonicTime(nanoseconds: 1_000_000_000 + UInt64(milliseconds * 1_000_000))
    }

    /// Looks of random distance, up to 3 ms, as turns of an engine are.
    @Test(
        "no second, wherever it begins, sees more than the rate and what lateness adds",
        arguments: [(1, 1), (1, 16), (10, 1), (999, 2), (1000, 2), (33_333, 2), (1_000_000, 4)])
    func rate(_ rate: Int, workers: Int) {
        var generator = SplitMix64(state: UInt64(rate + workers))
        var sent: [(time: UInt64, count: Int)] = []
        for worker in 0..<workers {
            var pacer = Pacer(
                .perSecond(rate), worker: worker, of: workers, at: Self.time(milliseconds: 0))
            var now = Self.time(milliseconds: 0)
            while now < Self.time(milliseconds: 20_000) {
                let count = pacer.allowance(at: now)
                pacer.record(count)
                if count > 0 { sent.append((now.nanoseconds, count)) }
                now = now.advanced(
                    byNanoseconds: .random(in: 10_000...3_000_000, using: &generator))
            }
        }
        sent.sort { $0.time < $1.time }
        let total = sent.reduce(0) { $0 + $1.count }
        #expect(total <= 20 * rate + workers)
        #expect(total >= 19 * rate)
        // 20 ms of lateness is made up for, and a look may be 3 ms late at both ends.
        let most = rate + rate * 26 / 1000 + 1
        var inWindow = 0
        var first = 0
        for last in sent.indices {
            inWindow += sent[last].count
            while sent[last].time - sent[first].time >= 1_000_000_000 {
                inWindow -= sent[first].count
                first += 1
            }
            #expect(inWindow <= most)
        }
    }

    @Test func `workers that share a low rate begin one after the other`() {
        let starts = (0..<4).map { worker in
            Pacer(.perSecond(2), worker: worker, of: 4, at: Self.time(milliseconds: 0))
                .nextDeparture
        }
        #expect(starts == [0, 500, 1000, 1500].map { Self.time(milliseconds: $0) })
    }

    @Test func `a stall is not made up for by a burst`() {
        var pacer = Pacer(.perSecond(1000), worker: 0, of: 1, at: Self.time(milliseconds: 0))
        pacer.record(pacer.allowance(at: Self.time(milliseconds: 0)))
        let afterStall = pacer.allowance(at: Self.time(milliseconds: 3000))
        #expect(afterStall == 1)
    }

    @Test func `the next departure is when the allowance rises`() {
        var pacer = Pacer(.perSecond(10), worker: 0, of: 1, at: Self.time(milliseconds: 0))
        pacer.record(pacer.allowance(at: Self.time(milliseconds: 0)))
        #expect(pacer.nextDeparture == Self.time(milliseconds: 100))
        #expect(pacer.allowance(at: Self.time(milliseconds: 99)) == 0)
        #expect(pacer.allowance(at: Self.time(milliseconds: 100)) == 1)
    }

    @Test func `without a rate everything may leave at once`() {
        var pacer = Pacer(.unlimited, worker: 0, of: 2, at: Self.time(milliseconds: 0))
        #expect(pacer.allowance(at: Self.time(milliseconds: 0)) == .max)
        pacer.record(1_000_000)
        #expect(pacer.allowance(at: Self.time(milliseconds: 0)) == .max)
    }
}
