import FoundationEssentials
import Prober

/// Reads scan files line by line and checks that their parts agree.
struct ScanFileReader {
    /// What a file consists of; `place` is where a line stands, its line feed included.
    enum Part {
        /// A scan begins.
        case header(ScanRecord.Header)
        case result(
            Endpoint, Evidence, attempts: UInt16, roundTrip: Duration?, place: Range<Int>)
        case group(ObservationGroup, place: Range<Int>)
        /// What was found out about a host.
        case path(PathFacts, place: Range<Int>)
        case decoys(DecoyFacts, place: Range<Int>)
        /// What was seen on the wire.
        case wire(WireGroup, place: Range<Int>)
        /// How a capture went.
        case capture(CaptureFacts, place: Range<Int>)
        /// A record of a type that is not known here.
        case other(place: Range<Int>)
        /// The scan is over; nil when its end record is missing, perhaps with a last line that was cut.
        case end(ScanRecord.Ending?, lineCut: Int?)
    }

    let source: String
    /// Whether the file must hold one scan and no more.
    let isSingle: Bool
    private let decoder = JSONDecoder()
    private var line = 0
    private var lineCut: Int?
    private var header: ScanRecord.Header?
    private var targets = TargetSet()
    /// What the rows so far come to.
    private var counts = SurveyTotals(requested: 0)
    private var hasEnded = false

    init(source: String, isSingle: Bool) {
        self.source = source
        self.isSingle = isSingle
    }

    /// Reads all of `bytes`, and gives each part to `receive`.
    ///
    /// Every scan has a header and an end among the parts; there is at least one.
    mutating func read(
        _ bytes: [UInt8], _ receive: (Part) throws(InputError) -> Void
    ) throws(InputError) {
        var rows = ScanRowParser(bytes)
        var start = bytes.startIndex
        while start < bytes.endIndex {
            if let row = rows.row(at: start),
                rows.position == bytes.endIndex || bytes[rows.position] == UInt8(ascii: "\n")
            {
                let end = min(rows.position + 1, bytes.endIndex)
                try take(row, start..<end, receive)
                start = end
                continue
            }
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            let next = end.map { $0 + 1 } ?? bytes.endIndex
            try read(
                bytes[start..<(end ?? bytes.endIndex)], isWhole: end != nil, start..<next, receive)
            start = next
        }
        guard header != nil else {
            throw notAScanFile(
                lineCut == nil
                    ? "there is no record in it" : "it ends before its first record is whole")
        }
        if !hasEnded { try receive(.end(nil, lineCut: lineCut)) }
    }

    /// Takes the next line, which is a row of the usual form.
    private mutating func take(
        _ row: ScanRowParser.Row, _ place: Range<Int>, _ receive: (Part) throws(InputError) -> Void
    ) throws(InputError) {
        line += 1
        try requireNoEnding()
        switch row {
        case .result(let endpoint, let evidence, let attempts, let roundTrip, _):
            let row = Part.result(
                endpoint, evidence, attempts: attempts, roundTrip: roundTrip, place: place)
            try receive(checked(row))
        case .group(let group): try receive(checked(.group(group, place: place)))
        }
    }

    /// Takes the next line; `isWhole` says that a line feed ended it.
    private mutating func read(
        _ bytes: ArraySlice<UInt8>, isWhole: Bool, _ place: Range<Int>,
        _ receive: (Part) throws(InputError) -> Void
    ) throws(InputError) {
        line += 1
        if bytes.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { return }
        let record: ScanRecord?
        do {
            record = try decoder.decode(ScanLine.self, from: Data(bytes)).record
        } catch {
            guard isWhole || isJSON(bytes) else {
                lineCut = line
                return
            }
            throw problem(with: error, in: bytes)
        }
        guard let record else {
            try requireHeader()
            return try receive(.other(place: place))
        }
        try take(record, place, receive)
    }

    private func requireNoEnding() throws(InputError) {
        guard hasEnded else { return }
        throw error(
            "a record follows the end record",
            "The file was changed after it was written; scan again.")
    }

    private mutating func take(
        _ record: ScanRecord, _ place: Range<Int>, _ receive: (Part) throws(InputError) -> Void
    ) throws(InputError) {
        if case .scan(let first) = record { return try begin(first, receive) }
        try requireNoEnding()
        switch record {
        case .scan: break
        case .result(let endpoint, let evidence, let attempts, let roundTrip, _):
            let row = Part.result(
                endpoint, evidence, attempts: attempts, roundTrip: roundTrip, place: place)
            try receive(checked(row))
        case .group(let group): try receive(checked(.group(group, place: place)))
        case .path(let facts):
            try requireHeader()
            guard (facts.confidence.map { (0...1).contains($0) } ?? true), facts.answered >= 0,
                facts.silent >= 0
            else { throw error("a number on the line is out of its range", Self.repair) }
            try receive(.path(facts, place: place))
        case .decoys(let facts):
            try requireHeader()
            guard targets.contains(facts.address), (0...facts.ports.count).contains(facts.open)
            else { throw error("the decoys are not of the scan, or too many", Self.repair) }
            try receive(.decoys(facts, place: place))
        case .wire(let group):
            try check(group.address, group.transport, group.ports)
            try receive(.wire(group, place: place))
        case .capture(let facts):
            try requireHeader()
            try receive(.capture(facts, place: place))
        case .end(let end):
            try check(end, of: try requireHeader())
            hasEnded = true
            try receive(.end(end, lineCut: nil))
        }
    }

    /// Begins a scan, which ends the one before.
    private mutating func begin(
        _ first: ScanRecord.Header, _ receive: (Part) throws(InputError) -> Void
    ) throws(InputError) {
        if header != nil {
            guard !isSingle else {
                throw error(
                    "a second scan begins here",
                    "Several scans in one file are for prober reconcile --scan and prober merge.")
            }
            if !hasEnded { try receive(.end(nil, lineCut: nil)) }
        }
        header = first
        targets = TargetSet(first.plan.targets)
        counts = SurveyTotals(requested: 0)
        hasEnded = false
        try receive(.header(first))
    }

    /// Counts a row, which must be about endpoints of the plan.
    private mutating func checked(_ row: Part) throws(InputError) -> Part {
        switch row {
        case .result(let endpoint, let evidence, _, _, _):
            try check(endpoint)
            let state = PortState(
                explaining: evidence, over: endpoint.transport, at: endpoint.address)
            counts[state] += 1
        case .group(let group, _):
            try check(group.address, group.transport, group.ports)
            counts[group.state] += UInt128(group.ports.count)
        case .header, .path, .decoys, .wire, .capture, .other, .end: break
        }
        return row
    }

    /// A row about one endpoint must be about one of the plan.
    private func check(_ endpoint: Endpoint) throws(InputError) {
        let planned = try requireHeader().plan.ports[endpoint.transport]
        guard targets.contains(endpoint.address), planned.contains(endpoint.port) else {
            throw error("\(endpoint) is not in the plan of the scan", Self.repair)
        }
    }

    /// A row about several endpoints must be about some of the plan.
    private func check(
        _ address: IPAddress, _ transport: Transport, _ ports: PortSet
    ) throws(InputError) {
        let plan = try requireHeader().plan
        let isTarget = targets.contains(address)
        let planned = plan.ports[transport]
        if isTarget, ports.ranges.allSatisfy(planned.contains) { return }
        let strange = isTarget ? ports.subtracting(planned) : ports
        let first = strange.ranges.first?.lowerBound ?? 0
        throw error(
            "\(Endpoint(address, transport, first)) is not in the plan of the scan", Self.repair)
    }

    /// The rows must be what the totals say; only what was not tested need not have rows.
    private func check(
        _ end: ScanRecord.Ending, of first: ScanRecord.Header
    ) throws(InputError) {
        guard end.totals.requested == first.plan.requested else {
            throw error(
                "the totals are of \(end.totals.requested.counting("endpoint")), but the plan has "
                    + "\(first.plan.requested)", Self.repair)
        }
        for state in PortState.allCases where counts[state] != end.totals[state] {
            if state == .notTested, counts[state] < end.totals[state] { continue }
            throw error(
                "the totals count \(end.totals[state].counting("\(state.rawValue) endpoint")), but the "
                    + "file has \(counts[state])",
                "The file lost or gained lines after it was written; scan again.")
        }
        if end.isComplete, counts[.notTested] != end.totals[.notTested] {
            throw error(
                "the scan is said to be complete, but not every endpoint has a row",
                "The file lost lines after it was written; scan again.")
        }
    }

    @discardableResult
    private func requireHeader() throws(InputError) -> ScanRecord.Header {
        guard let header else {
            throw notAScanFile("the first record is not of type \"scan\"")
        }
        return header
    }

    private func error(_ problem: String, _ remedy: String) -> InputError {
        InputError(source, line: line, problem: problem, remedy: remedy)
    }

    private func notAScanFile(_ problem: String) -> InputError {
        InputError(
            source, line: max(line, 1), problem: "this is no scan file: \(problem)",
            remedy: "Give a file that `prober scan --format jsonl -o FILE` wrote.")
    }

    /// Whether `bytes` are well-formed JSON, whatever it says.
    private func isJSON(_ bytes: ArraySlice<UInt8>) -> Bool {
        (try? decoder.decode(AnyJSON.self, from: Data(bytes))) != nil
    }

    private func problem(with failure: any Error, in bytes: ArraySlice<UInt8>) -> InputError {
        switch failure {
        case ScanLineProblem.format(let format):
            error(
                "the scan file has format \(format), and this version reads \(ScanRecord.format)",
                "Read it with the version that wrote it, or a newer one.")
        case ScanLineProblem.missing(let key): error("\"\(key)\" is missing", Self.repair)
        case ScanLineProblem.value(let found, let wanted):
            error("\"\(found)\" is not \(wanted)", Self.repair)
        case ScanLineProblem.contradiction(let sentence): error(sentence, Self.repair)
        case DecodingError.keyNotFound(let key, _):
            header == nil
                ? notAScanFile("a record without \"\(key.stringValue)\"")
                : error("\"\(key.stringValue)\" is missing", Self.repair)
        case DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty,
            DecodingError.valueNotFound(_, let context) where !context.codingPath.isEmpty:
            error(
                "\"\(context.codingPath.map(\.stringValue).joined(separator: "."))\" has a value "
                    + "of the wrong kind", Self.repair)
        case DecodingError.dataCorrupted where isJSON(bytes):
            error("a number on the line is too large, negative or not whole", Self.repair)
        case _:
            header == nil
                ? notAScanFile("the line is not a JSON object")
                : error("the line is not a JSON object", Self.repair)
        }
    }

    private static let repair =
        "The file was changed after it was written, or is of a newer version; scan again."
}

extension PortSet {
    /// Whether every port of `range` is in the set.
    fileprivate func contains(_ range: ClosedRange<UInt16>) -> Bool {
        let index = ranges.partitioningIndex { $0.upperBound >= range.lowerBound }
        return index < ranges.count && ranges[index].lowerBound <= range.lowerBound
            && range.upperBound <= ranges[index].upperBound
    }
}

/// Any JSON value; decoding it checks the form and looks at nothing.
private struct AnyJSON: Decodable {
    init(from decoder: any Decoder) {}
}
