import FoundationEssentials
public import Prober

extension Survey {
    /// The survey in a scan file (JSON Lines), which may be cut at any byte.
    ///
    /// A file without an end record gives an incomplete survey of what is there: a last line that
    /// was cut is left out, and ``Ending/cut(lineCut:)`` says so. Unknown keys and unknown types of
    /// records are passed over.
    ///
    /// - Throws: ``InputError`` about `source`, with the line, when `bytes` are no scan file of a
    ///   known format, or contradict themselves.
    public init(parsing bytes: [UInt8], source: String) throws(InputError) {
        var reader = ScanFileReader(source: source)
        var rows = ScanRowParser(bytes)
        var start = bytes.startIndex
        while start < bytes.endIndex {
            if let row = rows.row(at: start),
                rows.position == bytes.endIndex || bytes[rows.position] == UInt8(ascii: "\n")
            {
                try reader.take(row)
                start = rows.position + 1
                continue
            }
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            try reader.read(bytes[start..<(end ?? bytes.endIndex)], isWhole: end != nil)
            start = end.map { $0 + 1 } ?? bytes.endIndex
        }
        self = try reader.finish()
    }
}

/// Reads a scan file line by line and checks that its parts agree.
private struct ScanFileReader {
    let source: String
    private let decoder = JSONDecoder()
    private var line = 0
    private var lineCut: Int?
    private var header: ScanRecord.Header?
    private var targets = TargetSet()
    private var rows = RowGroups()
    /// What the rows come to, once the end record has been read.
    private var groups: [ObservationGroup] = []
    private var ending: ScanRecord.Ending?
    private var paths: [PathFacts] = []

    init(source: String) { self.source = source }

    /// Takes the next line, which is a row of the usual form.
    mutating func take(_ row: ScanRowParser.Row) throws(InputError) {
        line += 1
        try requireNoEnding()
        switch row {
        case .result(let endpoint, let evidence, let attempts, let roundTrip, _):
            try add(endpoint, evidence, attempts: attempts, roundTrip: roundTrip)
        case .group(let group): try add(group)
        }
    }

    /// Takes the next line; `isWhole` says that a line feed ended it.
    mutating func read(_ bytes: ArraySlice<UInt8>, isWhole: Bool) throws(InputError) {
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
            if header == nil { throw notAScanFile("the first record is not of type \"scan\"") }
            return
        }
        try take(record)
    }

    /// The survey, once every line has been read.
    consuming func finish() throws(InputError) -> Survey {
        guard let header else {
            throw notAScanFile(
                lineCut == nil
                    ? "there is no record in it" : "it ends before its first record is whole")
        }
        guard let ending else {
            return Survey(
                id: header.id, started: header.started, vantage: header.vantage,
                seed: header.seed, plan: header.plan, groups: rows.all(),
                ending: .cut(lineCut: lineCut), paths: paths)
        }
        return Survey(
            id: header.id, started: header.started, vantage: header.vantage, seed: header.seed,
            plan: header.plan, groups: groups, totals: ending.totals,
            ending: ending.isComplete ? .complete : .interrupted, paths: paths)
    }

    private func requireNoEnding() throws(InputError) {
        guard ending != nil else { return }
        throw error(
            "a record follows the end record",
            "Give every scan file by itself; files that were joined cannot be told apart.")
    }

    private mutating func take(_ record: ScanRecord) throws(InputError) {
        try requireNoEnding()
        switch record {
        case .scan(let first):
            guard header == nil else {
                throw error("a second scan begins here", "Give every scan file by itself.")
            }
            header = first
            targets = TargetSet(first.plan.targets)
        case .result(let endpoint, let evidence, let attempts, let roundTrip, _):
            try add(endpoint, evidence, attempts: attempts, roundTrip: roundTrip)
        case .group(let group): try add(group)
        case .path(let facts): paths.append(facts)
        case .end(let end):
            let first = try requireHeader()
            groups = rows.all()
            try check(end, of: first)
            ending = end
        }
    }

    /// Adds a row about one endpoint, which must be one of the plan.
    private mutating func add(
        _ endpoint: Endpoint, _ evidence: Evidence, attempts: UInt16, roundTrip: Duration?
    ) throws(InputError) {
        let planned = try requireHeader().plan.ports[endpoint.transport]
        guard targets.contains(endpoint.address), planned.contains(endpoint.port) else {
            throw error("\(endpoint) is not in the plan of the scan", Self.repair)
        }
        rows.add(endpoint, evidence, attempts: attempts, roundTrip: roundTrip)
    }

    /// Adds a row about alike endpoints, which must be some of the plan.
    private mutating func add(_ group: ObservationGroup) throws(InputError) {
        let plan = try requireHeader().plan
        let isTarget = targets.contains(group.address)
        let planned = plan.ports[group.transport]
        if isTarget, group.ports.ranges.allSatisfy(planned.contains) {
            rows.add(group)
            return
        }
        let strange = isTarget ? group.ports.subtracting(planned) : group.ports
        let first = strange.ranges.first?.lowerBound ?? 0
        throw error(
            "\(Endpoint(group.address, group.transport, first)) is not in the plan of the scan",
            Self.repair)
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
        let rows = SurveyTotals(requested: 0, groups: groups)
        for state in PortState.allCases where rows[state] != end.totals[state] {
            if state == .notTested, rows[state] < end.totals[state] { continue }
            throw error(
                "the totals count \(end.totals[state].counting("\(state.rawValue) endpoint")), but the "
                    + "file has \(rows[state])",
                "The file lost or gained lines after it was written; scan again.")
        }
        if end.isComplete, rows[.notTested] != end.totals[.notTested] {
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
