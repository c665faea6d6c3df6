import Testing

@testable import Prober

@Suite struct AttemptTimesTests {
    private static let millisecond: UInt64 = 1_000_000

    @Test(
        "an attempt waits for what the way asks, rounded up to a class",
        arguments: [
            // Patience in ms (nil: nothing known), silences before, the wait in ms.
            (1, 0, 100), (49, 1, 100), (51, 1, 150), (101, 0, 150), (140, 1, 350),
            (9000, 1, 10_000), (nil, 0, 250), (nil, 1, 500), (nil, 2, 1000), (nil, 9, 1000),
        ] as [(UInt64?, UInt16, UInt64)])
    func waits(patience: UInt64?, silences: UInt16, wait: UInt64) {
        let times = AttemptTimes(fixed: nil)
        let chosen = times.timeClass(
            patience: patience.map { $0 * Self.millisecond }, silences: silences)
        #expect(times[chosen] == wait * Self.millisecond)
    }

    @Test func `a fixed wait is the wait of every attempt`() {
        let times = AttemptTimes(fixed: 77)
        for silences in 0..<5 as Range<UInt16> {
            #expect(times[times.timeClass(patience: 5, silences: silences)] == 77)
        }
    }

    @Test func `the classes ascend`() {
        let times = AttemptTimes(fixed: nil)
        let waits = (0..<UInt8(AttemptTimes.classCount)).map { times[$0] }
        #expect(waits == waits.sorted())
    }
}
