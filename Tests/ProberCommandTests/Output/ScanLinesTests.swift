import FoundationEssentials
import Prober
import Reconcile
import Testing

@testable import ProberCommand

@Suite struct ScanLinesTests {
    private static let target = IPAddress.v4(0xcb00_710a)

    private func lines() -> ScanLines {
        let plan = SurveyPlan(
            targets: [AddressRange(Self.target)], ports: PortSpec(tcp: .all))
        let header = ScanRecord.Header(
            id: "a", started: "2026-01-02T03:04:05Z",
            vantage: Vantage(name: "x", addresses: []), seed: 1, plan: plan)
        let start = ScanStart(wall: Date(), monotonic: MonotonicTime(nanoseconds: 0))
        return ScanLines(header, each: false, start: start)
    }

    private func closed(_ ports: ClosedRange<UInt16>) -> [Observation] {
        ports.map {
            Observation(
                Endpoint(Self.target, .tcp, $0), .reset, attempts: 1,
                sentAt: MonotonicTime(nanoseconds: 0))
        }
    }

    private func groups(_ bytes: [UInt8]) -> [ObservationGroup] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            guard case .group(let group)? = ScanRecord(row: $0) else { return nil }
            return group
        }
    }

    @Test func `what has gathered is written when a second is over, also when nothing comes`() {
        var lines = lines()
        lines.add(closed(1...10), elapsed: .milliseconds(500))
        #expect(groups(lines.takeBytes()).isEmpty)
        lines.add([], elapsed: .milliseconds(1000))
        #expect(groups(lines.takeBytes()).map(\.ports) == [PortSet([1...10])])
        lines.add(closed(11...12), elapsed: .milliseconds(1900))
        #expect(groups(lines.takeBytes()).isEmpty)
        lines.add(closed(13...13), elapsed: .milliseconds(2000))
        #expect(groups(lines.takeBytes()).map(\.ports) == [PortSet([11...13])])
    }

    @Test func `many are written at once, whatever the time`() {
        var lines = lines()
        lines.add(closed(1...65_535), elapsed: .zero)
        #expect(groups(lines.takeBytes()).isEmpty)
        lines.add(closed(1...1), elapsed: .zero)
        #expect(groups(lines.takeBytes()).map(\.ports.count) == [65_535])
    }
}
