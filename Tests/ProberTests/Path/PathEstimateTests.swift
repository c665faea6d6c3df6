import Testing

@testable import Prober

@Suite struct PathEstimateTests {
    private static func answer(
        after roundTrip: UInt64 = 40_000_000, lost: UInt16 = 0, era: UInt8 = 0
    ) -> PathEstimate.Answer {
        PathEstimate.Answer(roundTrip: roundTrip, lost: lost, era: era, inFlight: 100)
    }

    private static func estimate(answered: Int, lost: Int) -> PathEstimate {
        var estimate = PathEstimate(ceiling: 1000)
        for index in 0..<answered {
            _ = estimate.note(
                answer(lost: index < lost ? 1 : 0), at: MonotonicTime(nanoseconds: 0))
        }
        return estimate
    }

    /// How many packets to a silent endpoint are enough.
    private static func needed(_ estimate: PathEstimate, for confidence: Double) -> Int? {
        (1...40).first { estimate.isEnough(UInt16($0), for: confidence) }
    }

    @Test(
        "the more is lost and the more answers, the more often silence is asked",
        arguments: [
            // Nothing known, few answers, many answers without loss, many with 4 % lost.
            (0, 0, 4), (4, 0, 4), (1000, 0, 3), (65_535, 0, 2), (65_535, 2600, 7),
            (1000, 400, 13),
        ])
    func attempts(answered: Int, lost: Int, wanted: Int) {
        #expect(Self.needed(Self.estimate(answered: answered, lost: lost), for: 0.9999) == wanted)
    }

    @Test func `a higher confidence takes more packets`() throws {
        let estimate = Self.estimate(answered: 1000, lost: 40)
        let needed = try [0.9, 0.99, 0.9999, 0.999999].map {
            try #require(Self.needed(estimate, for: $0))
        }
        #expect(needed == needed.sorted())
        #expect(Set(needed).count == needed.count)
    }

    @Test func `the confidence told is that of the endpoint asked least`() throws {
        var estimate = Self.estimate(answered: 100, lost: 4)
        #expect(estimate.confidence == 1)
        estimate.noteSilence(after: 6, isFull: true)
        let high = try #require(estimate.confidence)
        estimate.noteSilence(after: 2, isFull: true)
        let low = try #require(estimate.confidence)
        #expect(low < high && high < 1)
    }

    @Test func `without an answer nothing can be said`() {
        var estimate = PathEstimate(ceiling: 100)
        estimate.noteSilence(after: 4, isFull: true)
        #expect(estimate.confidence == nil)
        #expect(!estimate.isSilent)
        estimate.noteSilence(after: 4, isFull: true)
        #expect(estimate.isSilent)
        _ = estimate.note(Self.answer(), at: MonotonicTime(nanoseconds: 0))
        #expect(!estimate.isSilent)
    }

    @Test func `answers that are rationed say nothing about loss`() {
        var estimate = PathEstimate(ceiling: 100)
        for _ in 0..<50 {
            var answer = Self.answer(lost: 9)
            answer.countsForLoss = false
            _ = estimate.note(answer, at: MonotonicTime(nanoseconds: 0))
        }
        #expect(estimate.responsive == 50)
        #expect(Self.needed(estimate, for: 0.9999) == 5)
    }

    @Test func `a host without a neighbour is given up`() {
        var estimate = PathEstimate(ceiling: 100)
        let error = ICMPError(.ipv4, type: 3, code: 1)
        for _ in 0..<3 {
            #expect(!estimate.isUnlinked)
            estimate.noteDeadNeighbour(error, from: .v4(1))
        }
        #expect(estimate.isUnlinked)
        #expect(estimate.neighbourReport?.error == error)
    }
}
