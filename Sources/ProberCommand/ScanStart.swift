import FoundationEssentials
import Prober

/// When a scan began, on both clocks: files carry the time of day, probes the monotonic one.
struct ScanStart {
    let wall: Date
    let monotonic: MonotonicTime

    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// The beginning as RFC 3339 text in UTC, to the millisecond.
    var text: String { wall.formatted(Self.style) }

    /// The time of day at `time`, as RFC 3339 text in UTC.
    func text(at time: MonotonicTime) -> String {
        wall.addingTimeInterval(time.duration(since: monotonic).seconds).formatted(Self.style)
    }
}
