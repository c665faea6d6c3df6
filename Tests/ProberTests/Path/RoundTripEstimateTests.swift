import Testing

@testable import Prober

@Suite struct RoundTripEstimateTests {
    /// The figures of RFC 6298, section 2, worked by hand.
    @Test func `round trips are smoothed as RFC 6298 says`() {
        var estimate = RoundTripEstimate()
        #expect(estimate.patience == nil)
        estimate.add(80_000_000)
        #expect(estimate.smoothed == 80_000_000)
        #expect(estimate.patience == 80_000_000 + 4 * 40_000_000)
        estimate.add(120_000_000)
        // 3/4 of 40 and 1/4 of the error of 40; 7/8 of 80 and 1/8 of 120.
        #expect(estimate.variation == 40_000_000)
        #expect(estimate.smoothed == 85_000_000)
        #expect(estimate.least == 80_000_000)
    }

    @Test func `steady round trips leave no doubt`() {
        var estimate = RoundTripEstimate()
        for _ in 0..<200 { estimate.add(40_000_000) }
        #expect(estimate.smoothed == 40_000_000)
        #expect((estimate.patience ?? 0) < 41_000_000)
    }
}
