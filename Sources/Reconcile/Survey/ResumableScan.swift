public import Prober

/// A scan file that a scan goes on from: what is known in the end, and the rows that say it.
///
/// An endpoint whose probe failed on the scanning side, or was never sent, is not known: nothing was
/// seen of it, and it is asked again.
public struct ResumableScan: Sendable {
    /// Who asked what from where.
    public private(set) var header: ScanRecord.Header
    /// The endpoints that need not be asked again.
    public private(set) var known = EndpointSet()
    /// How many of them have each state.
    public private(set) var counts: [PortState: UInt128] = [:]
    /// How many packets were sent, as far as the file tells.
    public private(set) var probeCount: UInt64 = 0
    /// How long it took; zero when the file does not tell, because the scan was killed.
    public private(set) var elapsed = Duration.zero
    /// What happened in the UDP part beside the outcomes, when the file tells.
    public private(set) var datagrams: DatagramFacts?
    private let bytes: [UInt8]
    /// Where the lines stand that are kept.
    private var kept: [Range<Int>] = []

    /// The scan in the file `bytes`, which may be cut at any byte behind its first line.
    ///
    /// - Throws: ``InputError`` about `source` when it is no file of one scan, or contradicts itself.
    public init(parsing bytes: [UInt8], source: String) throws(InputError) {
        self.bytes = bytes
        var header: ScanRecord.Header?
        var ending: ScanRecord.Ending?
        var gathering = EndpointSet.Gathering()
        var rows = Rows()
        var reader = ScanFileReader(source: source, isSingle: true)
        try reader.read(bytes) { part throws(InputError) in
            switch part {
            case .header(let first): header = first
            case .result(let endpoint, let evidence, let attempts, _, let place):
                let state = PortState(
                    explaining: evidence, over: endpoint.transport, at: endpoint.address)
                if rows.take(state, 1, attempts: attempts, at: place) { gathering.add(endpoint) }
            case .group(let group, let place):
                let count = UInt128(group.ports.count)
                guard rows.take(group.state, count, attempts: group.attempts, at: place) else {
                    return
                }
                gathering.add(group.ports, group.address, group.transport)
            // What was found out about a way was so for a part of its endpoints.
            case .path: break
            case .decoys(_, let place), .wire(_, let place), .capture(_, let place),
                .other(let place):
                rows.keep(place)
            case .end(let end, _): ending = end
            }
        }
        guard let header else {
            throw InputError(
                source, problem: "there is no scan in it", remedy: "Scan anew, without --resume.")
        }
        self.header = header
        known = gathering.set()
        guard known.count == rows.counts.values.reduce(0, +),
            known.count <= header.plan.requested
        else {
            throw InputError(
                source, problem: "an endpoint is in it more than once",
                remedy: "The file was changed after it was written; scan anew, without --resume.")
        }
        counts = rows.counts
        kept = rows.kept
        probeCount = ending?.probeCount ?? rows.packets
        elapsed = ending?.elapsed ?? .zero
        datagrams = ending?.datagrams
    }

    /// Gives the lines that are kept to `body` as they stand in the file, some at a time.
    public func forEachChunk(_ body: (ArraySlice<UInt8>) throws -> Void) rethrows {
        for range in kept {
            var start = range.lowerBound
            while start < range.upperBound {
                let end = min(start + 65_536, range.upperBound)
                try body(bytes[start..<end])
                start = end
            }
            if bytes[range.upperBound - 1] != UInt8(ascii: "\n") {
                try body([UInt8(ascii: "\n")])
            }
        }
    }

    /// The addresses with an open TCP port.
    public var openAddresses: Set<IPAddress> {
        var addresses: Set<IPAddress> = []
        forEachRow { record in
            guard let group = record.group, group.transport == .tcp, group.state == .open else {
                return
            }
            addresses.insert(group.address)
        }
        return addresses
    }

    /// Gives every row that is kept to `body`.
    public func forEachRow(_ body: (ScanRecord) throws -> Void) rethrows {
        for range in kept {
            for line in bytes[range].split(separator: UInt8(ascii: "\n")) {
                guard let record = ScanRecord(line: line) else { continue }
                switch record {
                case .result, .group: try body(record)
                case .scan, .path, .decoys, .wire, .capture, .end: break
                }
            }
        }
    }

    /// What is known of the rows of a file while it is read.
    private struct Rows {
        var kept: [Range<Int>] = []
        var counts: [PortState: UInt128] = [:]
        var packets: UInt64 = 0

        /// Counts a row of `count` endpoints; true when they are known, and then it is kept.
        mutating func take(
            _ state: PortState, _ count: UInt128, attempts: UInt16, at place: Range<Int>
        ) -> Bool {
            let (packets, isOver) = self.packets.addingReportingOverflow(
                UInt64(count) * UInt64(attempts))
            self.packets = isOver ? .max : packets
            guard state != .notTested else { return false }
            counts[state, default: 0] += count
            keep(place)
            return true
        }

        mutating func keep(_ place: Range<Int>) {
            if let last = kept.last, last.upperBound == place.lowerBound {
                kept[kept.count - 1] = last.lowerBound..<place.upperBound
            } else {
                kept.append(place)
            }
        }
    }
}
