import Prober
import Testing

@testable import ProberCommand

@Suite struct PatienceTests {
    @Test func `rests double up to five seconds, and the last ends at the deadline`() {
        let start = MonotonicTime(nanoseconds: 1_000_000_000)
        var patience = Patience(until: start.advanced(by: .seconds(20)))
        var now = start
        var rests: [Duration] = []
        while let rest = patience.rest(at: now) {
            rests.append(rest)
            now = now.advanced(by: rest)
        }
        #expect(
            rests == [
                .milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2), .seconds(4),
                .seconds(5), .seconds(5), .milliseconds(2250),
            ])
        #expect(now == start.advanced(by: .seconds(20)))
    }

    @Test func `an attempt that took too long is the last`() {
        var patience = Patience(until: MonotonicTime(nanoseconds: 5))
        #expect(patience.rest(at: MonotonicTime(nanoseconds: 5)) == nil)
        #expect(patience.rest(at: MonotonicTime(nanoseconds: 6)) == nil)
    }

    @Test(
        "a time has a unit",
        arguments: [
            ("60s", .seconds(60)), ("1500ms", .milliseconds(1500)), ("5m", .seconds(300)),
            ("24h", .seconds(86_400)), ("25h", nil), ("0s", nil), ("60", nil), ("", nil),
            ("s", nil),
            ("-1s", nil), ("1.5s", nil), ("99999999999s", nil), ("1 s", nil), ("ms", nil),
        ] as [(String, Duration?)])
    func duration(_ text: String, is expected: Duration?) {
        #expect(Patience.duration(text) == expected)
    }
}
