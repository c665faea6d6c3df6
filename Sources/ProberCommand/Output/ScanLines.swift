import FoundationEssentials
import Prober
import Reconcile

/// What a scan finds, as the JSON Lines of a scan file, written while it runs.
///
/// Open endpoints get a line each as soon as they are known; the others are grouped, and written
/// when enough have gathered or the scan ends. Groups add up, so that changes nothing of the sum.
struct ScanLines {
    /// Whether every endpoint gets a line of its own.
    let isEach: Bool
    /// When the scan began.
    let start: ScanStart
    private var grouper = ObservationGrouper()
    private var bytes: [UInt8] = []

    /// How many grouped observations may wait in memory.
    private static let groupLimit = 1_000_000

    /// Lines of a scan with `header`; the first line is ready at once.
    init(_ header: ScanRecord.Header, each isEach: Bool, start: ScanStart) {
        self.isEach = isEach
        self.start = start
        ScanRecord.scan(header).write(to: &bytes)
    }

    /// Adds the lines of `batch`.
    mutating func add(_ batch: [Observation]) {
        for observation in batch {
            if isEach || observation.state == .open {
                result(observation).write(to: &bytes)
            } else {
                grouper.add(observation)
            }
        }
        if grouper.count >= Self.groupLimit { writeGroups() }
    }

    /// Adds the last lines.
    mutating func end(_ tally: ScanTally, elapsed: Duration) {
        writeGroups()
        ScanRecord.end(ScanRecord.Ending(tally, elapsed: elapsed)).write(to: &bytes)
    }

    /// Takes the lines that were not written yet.
    mutating func takeBytes() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func writeGroups() {
        for group in grouper.takeGroups() { ScanRecord.group(group).write(to: &bytes) }
    }

    private func result(_ observation: Observation) -> ScanRecord {
        .result(
            observation.endpoint, observation.evidence, attempts: observation.attempts,
            roundTrip: observation.roundTrip, time: start.text(at: observation.sentAt))
    }
}

extension ScanRecord.Ending {
    /// The ending that `tally` describes.
    init(_ tally: ScanTally, elapsed: Duration) {
        var notTested: [LocalFailureReason: UInt128] = [:]
        for (failure, count) in tally.localFailures {
            notTested[LocalFailureReason(failure), default: 0] += count
        }
        self.init(
            isComplete: tally.isComplete,
            totals: SurveyTotals(requested: tally.requested, counts: tally.counts),
            notTested: notTested, probeCount: tally.packets,
            datagrams: tally.datagrams, elapsed: elapsed)
    }
}
