import Prober
import Testing

@testable import ProberCommand

@Suite struct ProgressTests {
    @Test func `the line has bar, share, rate, findings and time left`() {
        var tally = ScanTally(requested: 1000)
        for port in UInt16(1)...500 {
            tally.add(
                Observation(
                    Endpoint(.v4(1), .tcp, port), port <= 3 ? .handshake : .reset, attempts: 1,
                    sentAt: MonotonicTime(nanoseconds: 0)))
        }
        let bar = String(repeating: "█", count: 12) + String(repeating: "░", count: 12)
        #expect(Progress.line(tally, of: 1000, 10) == "\(bar) 50 %  10/s  3 open  50 s left")
        #expect(Progress.line(tally, of: 1000, 0.5).hasSuffix("16 min 40 s left"))
        #expect(Progress.line(tally, of: 1000, 0).hasSuffix("over 100 h left"))
    }
}
