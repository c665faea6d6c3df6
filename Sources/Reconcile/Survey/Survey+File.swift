public import Prober

extension Survey {
    /// The survey in a scan file (JSON Lines), which may be cut at any byte.
    ///
    /// A file without an end record gives an incomplete survey of what is there: a last line that
    /// was cut is left out, and ``Ending/cut(lineCut:)`` says so. Unknown keys and unknown types of
    /// records are passed over.
    ///
    /// - Throws: ``InputError`` about `source`, with the line, when `bytes` are no scan file of a
    ///   known format, contradict themselves, or hold more than one scan.
    public init(parsing bytes: [UInt8], source: String) throws(InputError) {
        self = try Self.all(parsing: bytes, source: source, isSingle: true)[0]
    }

    /// The surveys in a scan file of one scan after the other, as `prober merge` writes them; at
    /// least one.
    ///
    /// - Throws: ``InputError`` as for one.
    public static func all(
        parsing bytes: [UInt8], source: String
    ) throws(InputError) -> [Survey] {
        try all(parsing: bytes, source: source, isSingle: false)
    }

    private static func all(
        parsing bytes: [UInt8], source: String, isSingle: Bool
    ) throws(InputError) -> [Survey] {
        var surveys: [Survey] = []
        var header: ScanRecord.Header?
        var rows = RowGroups()
        var (paths, decoys): ([PathFacts], [DecoyFacts]) = ([], [])
        var (wire, captures): ([WireGroup], [CaptureFacts]) = ([], [])
        var reader = ScanFileReader(source: source, isSingle: isSingle)
        try reader.read(bytes) { part throws(InputError) in
            switch part {
            case .header(let first):
                header = first
                rows = RowGroups()
                (paths, decoys) = ([], [])
                (wire, captures) = ([], [])
            case .result(let endpoint, let evidence, let attempts, let roundTrip, _):
                rows.add(endpoint, evidence, attempts: attempts, roundTrip: roundTrip)
            case .group(let group, _): rows.add(group)
            case .path(let facts, _): paths.append(facts)
            case .decoys(let facts, _): decoys.append(facts)
            case .wire(let group, _): wire.append(group)
            case .capture(let facts, _): captures.append(facts)
            case .other: break
            case .end(let ending, let lineCut):
                guard let header else { return }
                var survey =
                    Survey(
                        id: header.id, started: header.started, vantage: header.vantage,
                        seed: header.seed, plan: header.plan, groups: rows.all(),
                        totals: ending?.totals,
                        ending: ending.map { $0.isComplete ? .complete : .interrupted }
                            ?? .cut(lineCut: lineCut),
                        paths: paths, decoys: decoys)
                survey.traces = header.traces
                survey.traces?.udpSources = ending?.datagrams?.sourcePorts
                survey.traces?.ended = ending?.ended
                survey.wire = wire
                survey.captures = captures
                surveys.append(survey)
            }
        }
        return surveys
    }
}
