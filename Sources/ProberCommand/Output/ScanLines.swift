import FoundationEssentials
import Prober
import Reconcile

/// What a scan finds, as the JSON Lines of a scan file, written while it runs.
///
/// Open endpoints get a line each as soon as they are known; the others are grouped, and written
/// each second, when enough have gathered, and at the end. So a scan that is killed loses a second.
/// Groups add up, so that changes nothing of the sum.
struct ScanLines: ScanWriter {
    /// Whether every endpoint gets a line of its own.
    let isEach: Bool
    /// When the scan began.
    let start: ScanStart
    private var grouper = ObservationGrouper()
    private var bytes: [UInt8] = []

    /// When groups were last written.
    private var lastWritten = Duration.zero

    /// How many grouped observations may wait in memory.
    private static let groupLimit = 65_536
    /// How long they may wait.
    private static let patience = Duration.seconds(1)

    /// Lines of a scan with `header`; the first line is ready at once.
    init(_ header: ScanRecord.Header, each isEach: Bool, start: ScanStart) {
        self.isEach = isEach
        self.start = start
        ScanRecord.scan(header).write(to: &bytes)
    }

    /// Adds the rows of a resumed file as they stand there.
    mutating func add(_ known: ResumableScan, write: ([UInt8]) throws -> Void) throws {
        try write(takeBytes())
        try known.forEachChunk { try write(Array($0)) }
    }

    mutating func add(_ batch: [Observation], elapsed: Duration) {
        for observation in batch {
            if isEach || observation.state == .open {
                result(observation).write(to: &bytes)
            } else {
                grouper.add(observation)
            }
        }
        guard grouper.count >= Self.groupLimit || elapsed - lastWritten >= Self.patience else {
            return
        }
        writeGroups()
        lastWritten = elapsed
    }

    mutating func end(
        _ tally: ScanTally, elapsed: Duration, write: ([UInt8]) throws -> Void
    ) {
        writeGroups()
        for facts in tally.decoys { ScanRecord.decoys(facts).write(to: &bytes) }
        for facts in tally.paths { ScanRecord.path(facts).write(to: &bytes) }
        for group in tally.wire { ScanRecord.wire(group).write(to: &bytes) }
        if let facts = tally.capture { ScanRecord.capture(facts).write(to: &bytes) }
        var ending = ScanRecord.Ending(tally, elapsed: elapsed)
        ending.ended = start.text(at: .now())
        ScanRecord.end(ending).write(to: &bytes)
    }

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
