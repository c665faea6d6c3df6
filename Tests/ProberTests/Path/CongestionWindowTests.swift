import Testing

@testable import Prober

/// A window against simulated ways: what is sent is what the window allows.
@Suite struct CongestionWindowTests {
    /// A way with a round trip, random loss, and a rate that it carries with a queue before it.
    private struct Way {
        var roundTrip: UInt64 = 40_000_000
        var randomLoss = 0.0
        /// Packets a second; nil for any number.
        var rate: Double?
        /// How many packets wait at most.
        var queue = 0.0
    }

    /// The window after `seconds` on `way`, and how many times it was found congested.
    private static func run(
        _ way: Way, seconds: Double, ceiling: UInt32 = 8192
    ) -> (limit: UInt32, least: UInt32, cuts: Int) {
        var window = CongestionWindow(ceiling: ceiling)
        var random = SplitMix64(state: 7)
        var now = MonotonicTime(nanoseconds: 1_000_000_000)
        let end = now.advanced(byNanoseconds: UInt64(seconds * 1e9))
        var (least, cuts) = (ceiling, 0)
        while now < end {
            // As many are in flight as allowed; what is too much waits or is dropped, though the
            // first answers find no queue yet.
            let inFlight = Double(min(window.limit, 6000))
            let isFirst = now.nanoseconds < 1_040_000_000
            let wait =
                isFirst
                ? 0 : way.rate.map { min(way.queue, max(0, inFlight - $0 * 0.04)) / $0 } ?? 0
            let roundTrip = Double(way.roundTrip) + wait * 1e9
            let offered = inFlight / (roundTrip / 1e9)
            let carried = min(way.rate ?? .infinity, offered)
            let loss = 1 - (1 - way.randomLoss) * carried / offered
            // Ten milliseconds of answers, told one by one.
            let answers = max(1, Int(carried * (1 - way.randomLoss) / 100))
            for _ in 0..<answers {
                var lost: UInt32 = 0
                while Double(random.next() >> 11) / Double(1 << 53) < loss, lost < 20 { lost += 1 }
                let isCut = window.note(
                    roundTrip: lost == 0 ? UInt64(roundTrip) : nil, lost: lost,
                    inFlight: UInt32(inFlight), smoothed: UInt64(roundTrip), at: now)
                if isCut { cuts += 1 }
                least = min(least, window.limit)
            }
            now = now.advanced(byNanoseconds: 10_000_000)
        }
        return (window.limit, least, cuts)
    }

    @Test(
        "random loss does not narrow the window for long",
        arguments: [0.0, 0.02, 0.04, 0.1, 0.3])
    func randomLoss(share: Double) {
        let (limit, _, cuts) = Self.run(Way(randomLoss: share), seconds: 5)
        #expect(limit == 8192)
        #expect(cuts == 0)
    }

    @Test func `a queue that stands narrows the window until it is gone`() {
        let way = Way(rate: 10_000, queue: 1000)
        let (limit, _, cuts) = Self.run(way, seconds: 10)
        #expect(cuts > 0)
        // 400 are under way without a queue, and 1400 fill it.
        #expect((200...1400).contains(limit))
    }

    @Test func `loss that grows with the rate narrows the window`() {
        let way = Way(rate: 10_000, queue: 0)
        let (limit, _, cuts) = Self.run(way, seconds: 20)
        #expect(cuts > 0)
        #expect(limit < 1000)
    }

    @Test func `the window opens again as far as the way allows`() {
        var window = CongestionWindow(ceiling: 4096)
        var now = MonotonicTime(nanoseconds: 1_000_000_000)
        func note(_ count: Int, roundTrip: UInt64) {
            for _ in 0..<count {
                _ = window.note(
                    roundTrip: roundTrip, lost: 0, inFlight: window.limit, smoothed: roundTrip,
                    at: now)
            }
        }
        note(100, roundTrip: 10_000_000)
        for _ in 0..<60 {
            now = now.advanced(byNanoseconds: 100_000_000)
            note(100, roundTrip: 200_000_000)
        }
        #expect(window.limit < 1024)
        for _ in 0..<100 {
            now = now.advanced(byNanoseconds: 100_000_000)
            note(100, roundTrip: 10_000_000)
        }
        #expect(window.limit == 4096)
    }
}
