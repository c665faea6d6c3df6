import Prober
import Reconcile

/// What a scan finds, as a table at its end.
struct ScanTableWriter: ScanWriter {
    private let header: ScanRecord.Header
    private let style: TextStyle
    private let confidence: Double?
    private let showsHopLimits: Bool
    private var found = FoundGroups()
    private var bytes: [UInt8] = []

    /// The table of a scan with `header` that should be sure to `confidence` of what it missed.
    init(
        _ header: ScanRecord.Header, style: TextStyle, confidence: Double?,
        showsHopLimits: Bool = false
    ) {
        self.showsHopLimits = showsHopLimits
        self.confidence = confidence
        self.header = header
        self.style = style
    }

    mutating func add(_ known: ResumableScan, write: ([UInt8]) throws -> Void) {
        known.forEachRow { if let group = $0.group { found.add(known: group) } }
    }

    mutating func add(_ batch: [Observation], elapsed: Duration) { found.add(batch) }

    mutating func end(
        _ tally: ScanTally, elapsed: Duration, write: ([UInt8]) throws -> Void
    ) {
        let table = ScanTable(
            groups: found.takeGroups(), tally: tally, elapsed: elapsed,
            services: InputFile.services(), style: style, confidence: confidence,
            showsHopLimits: showsHopLimits)
        bytes += (ScanTable.title(header, style) + table.text).utf8
    }

    mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }
}
