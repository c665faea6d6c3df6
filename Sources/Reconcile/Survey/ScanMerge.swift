public import Prober

/// Scan files on their way into one: shards of a scan, a scan and what it became after a resume, scans
/// from several vantages.
///
/// Scans of the same plan, seed and vantage become one scan; others stand one after the other.
public struct ScanMerge {
    /// A scan of one of the files.
    struct Section {
        var header: ScanRecord.Header
        var ending: ScanRecord.Ending?
        /// Which file, and where in it.
        var file: Int
        var place: Range<Int>
        /// How many packets its rows tell of.
        var packets: UInt64 = 0
        /// How many endpoints its rows know the state of, each as often as it is there.
        var knownCount: UInt128 = 0

        /// The part of the plan that it has.
        var shard: Shard { header.plan.shard.flatMap { Shard($0) } ?? .whole }
    }

    /// What scans of one scan have in common.
    private struct Key: Hashable {
        var vantage: Vantage
        var seed: UInt64
        var targets: TargetSet
        var ports: PortSpec
        var method: String
        var terms: [String: String]?

        init(_ header: ScanRecord.Header) {
            vantage = header.vantage
            seed = header.seed
            targets = TargetSet(header.plan.targets)
            ports = header.plan.ports
            method = header.plan.method
            terms = header.plan.terms
        }
    }

    private var files: [[UInt8]] = []
    private var scans: [(key: Key, scan: MergedScan)] = []

    /// A merge of no file.
    public init() {}

    /// Adds the scans in the file `bytes`, which may be cut at any byte behind its first line.
    ///
    /// - Throws: ``InputError`` about `source` when it is no scan file, or contradicts itself.
    public mutating func add(_ bytes: [UInt8], source: String) throws(InputError) {
        guard !Survey.isXML(bytes) else {
            throw InputError(
                source, problem: "XML does not hold all of a scan",
                remedy: "Merge files that prober scan --format jsonl wrote.")
        }
        let file = files.count
        files.append(bytes)
        var current: (section: Section, gathering: EndpointSet.Gathering)?
        var end = 0
        var found: [(section: Section, gathering: EndpointSet.Gathering)] = []
        var reader = ScanFileReader(source: source, isSingle: false)
        try reader.read(bytes) { part throws(InputError) in
            switch part {
            case .header(let header):
                current = (
                    Section(header: header, file: file, place: end..<end),
                    EndpointSet.Gathering()
                )
            case .result(let endpoint, let evidence, let attempts, _, let place):
                end = place.upperBound
                current?.section.note(1, attempts, until: end)
                let state = PortState(
                    explaining: evidence, over: endpoint.transport, at: endpoint.address)
                guard state != .notTested else { return }
                current?.section.knownCount += 1
                current?.gathering.add(endpoint)
            case .group(let group, let place):
                end = place.upperBound
                current?.section.note(UInt64(group.ports.count), group.attempts, until: end)
                guard group.state != .notTested else { return }
                current?.section.knownCount += UInt128(group.ports.count)
                current?.gathering.add(group.ports, group.address, group.transport)
            case .path(_, let place), .decoys(_, let place), .wire(_, let place),
                .capture(_, let place), .other(let place):
                end = place.upperBound
                current?.section.note(0, 0, until: end)
            case .end(let ending, _):
                guard var ended = current.take() else { return }
                ended.section.ending = ending
                found.append(ended)
            }
        }
        for (section, gathering) in found {
            let key = Key(section.header)
            let place = scans.firstIndex { $0.key == key }
            guard let place else {
                scans.append((key, MergedScan(section, gathering.set())))
                continue
            }
            scans[place].scan.add(section, gathering.set())
        }
        for (_, scan) in scans where scan.isOverfull {
            throw InputError(
                source, problem: "it has endpoints that are not of its shard",
                remedy: "The file was changed after it was written; scan again.")
        }
    }

    /// Writes the scans one after the other, and tells what became of each.
    public func write(_ body: ([UInt8]) throws -> Void) rethrows -> [MergeOutcome] {
        try scans.map { try $0.scan.write(from: files, body) }
    }
}

extension ScanMerge.Section {
    /// Counts a row that ends at `end`.
    fileprivate mutating func note(_ count: UInt64, _ attempts: UInt16, until end: Int) {
        place = place.lowerBound..<end
        let (sum, isOver) = packets.addingReportingOverflow(count * UInt64(attempts))
        packets = isOver ? .max : sum
    }
}
