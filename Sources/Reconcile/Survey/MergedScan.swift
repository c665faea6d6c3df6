import Prober

/// Scans of one plan from one vantage, which become one.
struct MergedScan {
    private var sections: [ScanMerge.Section]
    /// What is known of each shard.
    private var shards: [Shard: EndpointSet]

    /// The scan of one section, of which `known` is known.
    init(_ section: ScanMerge.Section, _ known: EndpointSet) {
        sections = [section]
        shards = [section.shard: known]
    }

    /// Adds a section of the same plan.
    mutating func add(_ section: ScanMerge.Section, _ known: EndpointSet) {
        sections.append(section)
        let shard = section.shard
        shards[shard] = shards[shard].map { $0.union(known) } ?? known
    }

    /// Whether a shard has more endpoints than it can have.
    var isOverfull: Bool { shards.contains { $0.value.count > share(of: $0.key) } }

    private var plan: SurveyPlan { sections[0].header.plan }

    private func share(of shard: Shard) -> UInt128 {
        shard.share(of: plan.ports, at: TargetSet(plan.targets).count)
    }

    /// Writes the scan, with its header and its end; `files` are those that the sections are in.
    func write(
        from files: [[UInt8]], _ body: ([UInt8]) throws -> Void
    ) rethrows -> MergeOutcome {
        var bytes: [UInt8] = []
        ScanRecord.scan(header).write(to: &bytes)
        let known = shards.values.reduce(EndpointSet()) { $0.union($1) }
        let isDisjoint = sections.reduce(0) { $0 + $1.knownCount } == known.count
        var rows = MergedRows(disjoint: isDisjoint ? known : nil)
        // What is open is taken first: where parts do not agree, the state that says most counts.
        for state in [PortState.open, .closed, .filtered, .openOrFiltered, .notTested] {
            for section in sections {
                let file = files[section.file]
                for line in file[section.place].split(separator: UInt8(ascii: "\n")) {
                    guard let group = ScanRecord(line: line)?.group, group.state == state else {
                        continue
                    }
                    rows.add(group, line, to: &bytes)
                    guard bytes.count >= 1 << 20 else { continue }
                    try body(bytes)
                    bytes.removeAll(keepingCapacity: true)
                }
            }
        }
        for line in remarks(in: files) { bytes += line + [UInt8(ascii: "\n")] }
        for conflict in rows.conflicts { conflict.write(to: &bytes) }
        let end = ending(rows)
        ScanRecord.end(end).write(to: &bytes)
        try body(bytes)
        return outcome(rows, end)
    }

    /// The lines that are about no endpoint, each once: what was found out of hosts, and records of
    /// types that are not known here.
    private func remarks(in files: [[UInt8]]) -> [ArraySlice<UInt8>] {
        var seen: Set<ArraySlice<UInt8>> = []
        return sections.flatMap { section in
            files[section.file][section.place].split(separator: UInt8(ascii: "\n")).filter { line in
                switch ScanRecord(line: line) {
                case .scan, .result, .group, .end: false
                case .path, .decoys, .wire, .capture, nil: seen.insert(line).inserted
                }
            }
        }
    }

    private var header: ScanRecord.Header {
        var header = sections[0].header
        let ids = Set(sections.map(\.header.id)).sorted()
        if ids.count > 1 {
            // The same parts give the same scan.
            let digest = SHA256(Array(ids.joined(separator: "\n").utf8)).hexadecimal
            header.id = String(digest.prefix(32))
        }
        header.started = sections.map(\.header.started).min() ?? header.started
        header.plan.shard = nil
        // They may be of several machines, and of several times.
        if sections.count > 1 { header.traces = nil }
        header.plan.requested = share(of: .whole)
        return header
    }

    private func ending(_ rows: MergedRows) -> ScanRecord.Ending {
        let requested = share(of: .whole)
        var counts = rows.counts
        let unnamed = requested - min(requested, counts.values.reduce(0, +))
        counts[.notTested, default: 0] += unnamed
        var reasons = rows.reasons
        if unnamed > 0 { reasons[.interrupted, default: 0] += unnamed }
        var ending = ScanRecord.Ending(
            isComplete: reasons[.interrupted] == nil,
            totals: SurveyTotals(requested: requested, counts: counts), notTested: reasons,
            probeCount: 0, elapsed: .zero)
        // Of a scan and what it became after a resume, the latter has counted both.
        for parts in Dictionary(grouping: sections, by: \.header.id).values {
            let last = parts.max { $0.probeCount < $1.probeCount }
            let (sum, isOver) = ending.probeCount.addingReportingOverflow(last?.probeCount ?? 0)
            ending.probeCount = isOver ? .max : sum
            let elapsed = parts.compactMap { $0.ending?.elapsed }.max() ?? .zero
            ending.elapsed = min(ending.elapsed + elapsed, .seconds(1_000_000_000))
            guard let facts = last?.ending?.datagrams else { continue }
            ending.datagrams = ending.datagrams.map { $0.addingCapped(facts) } ?? facts
        }
        return ending
    }

    private func outcome(_ rows: MergedRows, _ end: ScanRecord.Ending) -> MergeOutcome {
        var missing: [Shard] = []
        // With shards of several divisions only the number of endpoints tells.
        let divisions = Set(shards.keys.map(\.count))
        if divisions.count == 1, let count = divisions.first, count > 1 {
            missing = shards.keys.missing(of: count)
        }
        let cut = shards.compactMap { shard, known -> MergeOutcome.Cut? in
            let left = share(of: shard) - min(share(of: shard), known.count)
            return left > 0 ? MergeOutcome.Cut(shard: shard, missing: left) : nil
        }
        return MergeOutcome(
            vantage: sections[0].header.vantage, seed: sections[0].header.seed,
            partCount: sections.count, requested: end.totals.requested,
            missing: end.totals[.notTested], missingShards: missing,
            cutShards: cut.sorted {
                ($0.shard.count, $0.shard.number) < ($1.shard.count, $1.shard.number)
            },
            conflicts: rows.conflicts, isComplete: end.isComplete)
    }
}

extension ScanMerge.Section {
    /// How many packets were sent, as far as the file tells.
    fileprivate var probeCount: UInt64 { ending?.probeCount ?? packets }
}

extension Collection<Shard> {
    /// The shards of `count` that are not here, at most a thousand.
    fileprivate func missing(of count: UInt64) -> [Shard] {
        let numbers = Set(map(\.number))
        return Array(
            (1...count).lazy.filter { !numbers.contains($0) }.prefix(1000)
                .compactMap { Shard($0, of: count) })
    }
}

extension DatagramFacts {
    /// The sum; a file may say any numbers.
    fileprivate func addingCapped(_ other: DatagramFacts) -> DatagramFacts {
        func sum(_ key: KeyPath<DatagramFacts, UInt64>) -> UInt64 {
            let (sum, isOver) = self[keyPath: key].addingReportingOverflow(other[keyPath: key])
            return isOver ? .max : sum
        }
        var facts = DatagramFacts()
        facts.controls = sum(\.controls)
        facts.controlsAnswered = sum(\.controlsAnswered)
        facts.resent = sum(\.resent)
        facts.unexpected = sum(\.unexpected)
        facts.wrongToken = sum(\.wrongToken)
        facts.kernelDrops = sum(\.kernelDrops)
        facts.sourcePorts = sourcePorts.union(other.sourcePorts)
        return facts
    }
}
