import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// Whatever the bytes, a report is read to its end, soon, and never gives more than it has rows.
///
/// `scripts/fuzz reports` runs this with more seeds than a test should.
@Suite struct ReportFuzzTests {
    /// The seeds to run: a few, or as many as `PROBER_FUZZ_SEEDS` says, as in `100-200`.
    static let seeds: Range<UInt64> = {
        let text = ProcessInfo.processInfo.environment["PROBER_FUZZ_SEEDS"] ?? ""
        let ends = text.split(separator: "-").compactMap { UInt64($0) }
        guard ends.count == 2, ends[0] < ends[1] else { return 0..<12 }
        return ends[0]..<ends[1]
    }()

    private static let corpus: [(name: String, bytes: [UInt8])] = ReportFixture.all.compactMap {
        fixture in
        (try? fixture.bytes()).map { (fixture.name, $0) }
    }

    @Test("mutated reports are read to their end", arguments: seeds)
    func mutations(seed: UInt64) throws {
        #expect(Self.corpus.count > 70)
        var random = SplitMix64(state: seed)
        for _ in 0..<80 {
            guard let (name, original) = Self.corpus.randomElement(using: &random) else { return }
            var bytes = original
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                Self.mutate(&bytes, &random)
            }
            try check(bytes, "\(name), seed \(seed)")
        }
    }

    @Test("random bytes are read to their end", arguments: seeds)
    func noise(seed: UInt64) throws {
        var random = SplitMix64(state: seed ^ 0x5eed)
        for _ in 0..<40 {
            let count = Int.random(in: 0...600, using: &random)
            let greatest: UInt8 = Bool.random(using: &random) ? 0xff : 0x7f
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...greatest, using: &random) }
            try check(bytes, "noise, seed \(seed)")
        }
    }

    /// Reads `bytes` in parts of odd size and checks what must hold for any.
    private func check(_ bytes: [UInt8], _ name: String) throws {
        let start = ContinuousClock.now
        let reports = HostReports.reading(bytes)
        let elapsed = ContinuousClock.now - start
        #expect(elapsed < .seconds(5), "\(name) took \(elapsed)")
        guard let report = reports.joined else {
            #expect(reports.problems.count == 1, "\(name) gives neither a report nor a reason")
            return
        }
        let rows = report.sources.compactMap(\.rows)
        let carrying = rows.reduce(0) { $0 + $1.count - $1.skipped.values.reduce(0, +) }
        // Docker's ranges are many ports in one row.
        let isRange = report.sources.contains { $0.kind.hasPrefix("docker") }
        let count = report.listeners.count + report.partialListeners.count
        #expect(isRange || count <= carrying, "\(name) has \(count) of \(carrying) rows")
        let read = try HostReport(json: report.json(), source: name)
        #expect(read.listeners.count == report.listeners.count)
    }

    private static let pieces: [[UInt8]] =
        [
            "\n", "\r\n", " ", "\t", "\0", "OUÇA", "ABHÖREN", "VERBUNDEN", "LISTEN", "*:*", "*.*",
            "[", "]", "{", "}", "\"", "->", "::", "%", "(", ")", ",pid=", "tcp", "udp6", "tcp46",
            "TCP", "99999999999999999999", "0", "-1", "65536", "\u{1b}[31m", "\u{feff}", "<", "</",
            "users:((", "Proto ", "COMMAND PID ", "p1\n", "==> ", "1-65535", "<?xml", "\u{a0}",
        ].map { Array($0.utf8) } + [[0xff], [0xff, 0xfe], [0xc2], [0x0c]]

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...60, using: &random))
        switch Int.random(in: 0..<9, using: &random) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.removeSubrange(place...)
        case 2: bytes.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: place)
        case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
        case 4:
            for index in place..<end { bytes[index] = .random(in: 0...255, using: &random) }
        case 5:
            // Two lines become one.
            if let feed = bytes[place...].firstIndex(of: 0x0a) { bytes.remove(at: feed) }
        case 6:
            // A word is replaced, often the one in the state column.
            guard let start = bytes[place...].firstIndex(of: 0x20) else { return }
            let rest = bytes[(start + 1)...]
            let stop = rest.firstIndex { $0 <= 0x20 } ?? bytes.endIndex
            bytes.replaceSubrange(
                (start + 1)..<stop, with: pieces.randomElement(using: &random) ?? [])
        case 7:
            let other = corpus.randomElement(using: &random)?.bytes ?? []
            bytes.insert(contentsOf: other.prefix(400), at: place)
        default: bytes += bytes
        }
        if bytes.count > 40_000 { bytes.removeSubrange(20_000...) }
    }
}
