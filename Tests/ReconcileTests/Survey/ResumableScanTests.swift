import Prober
import Testing

@testable import Reconcile

@Suite struct ResumableScanTests {
    private func endpoints(_ groups: [ObservationGroup]) -> Set<Endpoint> {
        Set(
            groups.filter { $0.state != .notTested }.flatMap { group in
                group.ports.map { Endpoint(group.address, group.transport, $0) }
            })
    }

    private func keptBytes(_ scan: ResumableScan) -> [UInt8] {
        var bytes: [UInt8] = []
        scan.forEachChunk { bytes += $0 }
        return bytes
    }

    @Test("what was seen is known, and its rows are kept as they stand", arguments: UInt64(0)..<60)
    func known(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let survey = Survey.random(using: &generator)
        let bytes = survey.fileBytes
        let scan = try ResumableScan(parsing: bytes, source: "part.jsonl")
        let expected = endpoints(survey.groups)
        #expect(scan.known.count == UInt128(expected.count))
        #expect(expected.allSatisfy(scan.known.contains))
        #expect(scan.header.plan == survey.plan)
        #expect(scan.probeCount == 7)
        #expect(scan.elapsed == .milliseconds(12))
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let kept = keptBytes(scan).split(separator: UInt8(ascii: "\n"))
        #expect(kept.allSatisfy(lines.contains))
        var groups: [ObservationGroup] = []
        scan.forEachRow { if let group = $0.group { groups.append(group) } }
        #expect(endpoints(groups) == expected)
        #expect(groups.reduce(0) { $0 + $1.ports.count } == expected.count)
    }

    @Test("a file cut at any byte knows no more than it says", arguments: UInt64(0)..<8)
    func cut(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let survey = Survey.random(using: &generator)
        let bytes = survey.fileBytes
        let whole = endpoints(survey.groups)
        let headerEnd = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
        var before = UInt128(0)
        for length in bytes.indices {
            let cut = Array(bytes[..<length])
            guard length >= headerEnd else {
                #expect(throws: InputError.self) {
                    try ResumableScan(parsing: cut, source: "part.jsonl")
                }
                continue
            }
            let scan = try ResumableScan(parsing: cut, source: "part.jsonl")
            #expect(scan.known.count >= before)
            before = scan.known.count
            // The rows that are kept are a file by themselves: header, rows, and no more.
            let joined = Array(bytes[...headerEnd]) + keptBytes(scan)
            let again = try Survey(parsing: joined, source: "joined.jsonl")
            let known = endpoints(again.groups)
            #expect(known.isSubset(of: whole))
            #expect(UInt128(known.count) == scan.known.count)
            #expect(known.allSatisfy(scan.known.contains))
        }
    }

    @Test func `an endpoint that is in the file twice is refused`() throws {
        let survey = Survey.of([
            ObservationGroup("203.0.113.10", .tcp, PortSet([1...9]), .reset, attempts: 1)
        ])
        let lines = survey.fileBytes.split(separator: UInt8(ascii: "\n"))
        let twice = Array([lines[0], lines[1], lines[1]].joined(separator: [UInt8(ascii: "\n")]))
        let error = try #require(throws: InputError.self) {
            try ResumableScan(parsing: twice, source: "part.jsonl")
        }
        #expect(error.problem == "an endpoint is in it more than once")
    }

    @Test func `a record that is not known here is kept`() throws {
        let survey = Survey.of([
            ObservationGroup("203.0.113.10", .tcp, PortSet([1...9]), .reset, attempts: 1)
        ])
        var lines = survey.fileBytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
        lines[2] = Array(#"{"type":"remark","text":"x"}"#.utf8)
        let bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
        let scan = try ResumableScan(parsing: bytes, source: "part.jsonl")
        #expect(keptBytes(scan).suffix(29) == lines[2] + [UInt8(ascii: "\n")])
    }

    @Test func `terms of a plan are read as they were written, whatever they are`() throws {
        var survey = Survey.of([
            ObservationGroup("203.0.113.10", .tcp, PortSet([1...9]), .reset, attempts: 1)
        ])
        survey.plan.terms = ["a\"\n\u{1b}": "\\,}\u{202e}", "retries": "3"]
        let read = try Survey(parsing: survey.fileBytes, source: "scan.jsonl")
        #expect(read.plan.terms == survey.plan.terms)
    }
}
