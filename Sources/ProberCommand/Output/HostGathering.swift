import FoundationEssentials
import Prober
import Reconcile
import SystemPackage

/// Brings together what was seen of each host, in memory that does not grow with the scan.
///
/// The order of probes mixes hosts, so that none is done before the scan is. What has gathered goes
/// to a file without a name now and then, sorted by address; at the end these runs are merged.
struct HostGathering: ~Copyable {
    private var grouper = ObservationGrouper()
    private var file: NamelessFile?
    private var runs: [Range<Int64>] = []
    /// How many observations may wait in memory.
    private let limit: Int

    /// A gathering that holds nothing.
    init(limit: Int = 1_000_000) { self.limit = limit }

    /// Adds what was observed.
    mutating func add(_ batch: [Observation]) throws(OutputError) {
        for observation in batch { grouper.add(observation) }
        if grouper.count >= limit { try writeRun(grouper.takeGroups()) }
    }

    /// Adds `groups` that were known before, in any order.
    mutating func add(known groups: [ObservationGroup]) throws(OutputError) {
        guard !groups.isEmpty else { return }
        try writeRun(groups.sorted { $0.address < $1.address })
    }

    /// Gives everything to `body`, an address at a time, ascending; nothing is left.
    mutating func forEachHost(
        _ body: (IPAddress, [ObservationGroup]) throws -> Void
    ) throws {
        guard file != nil else {
            var rest = grouper.takeGroups()[...]
            while let address = rest.first?.address {
                let host = rest.prefix { $0.address == address }
                try body(address, Array(host))
                rest = rest[host.endIndex...]
            }
            return
        }
        try writeRun(grouper.takeGroups())
        var readers = runs.map(RunReader.init)
        for index in readers.indices { try advance(&readers[index]) }
        while let address = readers.compactMap({ $0.next?.address }).min() {
            var host: [ObservationGroup] = []
            for index in readers.indices {
                while let group = readers[index].next, group.address == address {
                    host.append(group)
                    try advance(&readers[index])
                }
            }
            try body(address, host)
        }
        file = nil
        runs = []
    }

    private mutating func writeRun(_ groups: [ObservationGroup]) throws(OutputError) {
        let folder = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/var/tmp"
        do throws(Errno) {
            var store = if let file = file.take() { file } else { try NamelessFile(in: folder) }
            let start = store.size
            var bytes: [UInt8] = []
            for group in groups {
                ScanRecord.group(group).write(to: &bytes)
                guard bytes.count >= 1 << 20 else { continue }
                try store.append(bytes)
                bytes.removeAll(keepingCapacity: true)
            }
            try store.append(bytes)
            runs.append(start..<store.size)
            file = consume store
        } catch {
            throw .failed("a file in \(folder), for what waits to be written,", error)
        }
    }

    private func advance(_ reader: inout RunReader) throws(OutputError) {
        do throws(Errno) {
            try reader.advance { offset, count throws(Errno) in
                try file?.bytes(at: offset, atMost: count) ?? []
            }
        } catch {
            throw .failed("what waited to be written", error)
        }
    }
}

/// Where the reading of a run is.
private struct RunReader {
    /// The next group; nil at the end.
    private(set) var next: ObservationGroup?
    /// What of the run is still in the file.
    private var rest: Range<Int64>
    private var buffer: [UInt8] = []
    private var position = 0

    private static let chunk = 16_384

    init(_ run: Range<Int64>) { rest = run }

    /// Goes on to the next group; `read` gives bytes of the file.
    mutating func advance(
        _ read: (_ offset: Int64, _ count: Int) throws(Errno) -> [UInt8]
    ) throws(Errno) {
        next = nil
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                guard case .group(let group)? = ScanRecord(row: buffer[position..<end]) else {
                    throw .ioError
                }
                next = group
                position = end + 1
                return
            }
            guard !rest.isEmpty else { return }
            let count = Int(clamping: min(rest.upperBound - rest.lowerBound, Int64(Self.chunk)))
            let bytes = try read(rest.lowerBound, count)
            guard !bytes.isEmpty else { throw .ioError }
            buffer.removeFirst(position)
            position = 0
            buffer += bytes
            rest = (rest.lowerBound + Int64(bytes.count))..<rest.upperBound
        }
    }
}
