import Prober
import Testing

@testable import Reconcile

/// Witness files, written and read.
@Suite struct WitnessFileTests {
    private static let row = Arrival(
        "198.51.100.2", to: "203.0.113.10", .udp, PortSet([1...3]), packets: 2,
        sourcePorts: 40_000...40_000, first: 1_764_000_000_123, last: 1_764_000_000_124,
        answers: [.icmpError])

    @Test("what is written is read back", arguments: UInt64(1)...200)
    func roundTrip(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let witness = Witness.random(using: &generator)
        #expect(try Witness(parsing: witness.fileBytes, source: "file") == witness)
    }

    @Test func `a row is one line with words that last`() {
        let text = String(decoding: Witness.of([Self.row]).fileBytes, as: UTF8.self)
        #expect(
            text == #"""
                {"type":"witness","format":1,"started":"1970-01-01T00:00:00.000Z","host":"web1","boot":"one","addresses":["203.0.113.10","2001:db8:b::10"],"interface":"any","ports":"tcp:1-65535,udp:1-65535","filter":"udp"}
                {"type":"arrival","source":"198.51.100.2","address":"203.0.113.10","transport":"udp","ports":"1-3","count":3,"packets":2,"source_ports":"40000","first":"2025-11-24T16:00:00.123Z","last":"2025-11-24T16:00:00.124Z","answers":["icmp-error"]}
                {"type":"end","complete":true,"ended":"1970-01-01T00:01:00.000Z","packets":6,"dropped":0,"uncounted":0}

                """#)
    }

    @Test func `a file that is cut anywhere is incomplete, or none`() throws {
        let bytes = Witness.of([Self.row, Self.row]).fileBytes
        let header = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
        let last = bytes.dropLast().lastIndex(of: UInt8(ascii: "\n")) ?? 0
        for count in 0..<bytes.count {
            let cut = Array(bytes[..<count])
            guard count >= header else {
                #expect(throws: InputError.self) { try Witness(parsing: cut, source: "file") }
                continue
            }
            let witness = try Witness(parsing: cut, source: "file")
            // Without its line feed the end is whole, too.
            guard count < bytes.count - 1 else {
                #expect(witness.isComplete)
                continue
            }
            #expect(!witness.isComplete && witness.ended == nil)
            #expect(!witness.missesNothing)
            let whole = cut.count { $0 == UInt8(ascii: "\n") } - 1
            #expect(witness.arrivals.count >= max(0, whole), "\(count)")
            #expect(count <= last || witness.arrivals.count == 2)
        }
    }

    @Test("milliseconds stay what they are", arguments: UInt64(1)...20)
    func times(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        for _ in 0..<500 {
            let time = Int64.random(in: -9_000_000_000_000...9_000_000_000_000, using: &generator)
            #expect(TimeText.milliseconds(TimeText.text(time)) == time)
        }
    }

    @Test(
        "a bad file gives its line, what is wrong and what to do",
        arguments: [
            ("", "file:1: this is no witness file: there is no record in it."),
            ("{}\n", "file:1: type is missing."),
            ("[1]\n", "file:1: this is no witness file: the line is no JSON object."),
            (#"{"type":"scan","format":1}"# + "\n", "file:1: type of the first record is \"scan\""),
            (
                #"{"type":"witness","format":2}"# + "\n",
                "file:1: format is 2, and this version reads 1"
            ),
            ("H\nnonsense\n", "file:2: the line is no JSON object."),
            ("H\nH\n", "file:2: type \"witness\" is there twice."),
            ("H\nE\nE\n", "file:3: type \"end\" comes after the end."),
            ("H\n" + row(#""count":3"#, #""count":4"#), "file:2: count is 4, but \"ports\" has 3."),
            ("H\n" + row("1-3", "3-1"), "file:2: ports is \"3-1\"."),
            ("H\n" + row("1-3", "1-99999"), "file:2: ports is \"1-99999\"."),
            ("H\n" + row("udp", "sctp"), "file:2: transport is \"sctp\"."),
            ("H\n" + row("198.51.100.2", "host"), "file:2: source is \"host\"."),
            ("H\n" + row("198.51.100.2", "2001:db8::1"), "file:2: source is of another family"),
            ("H\n" + row("icmp-error", "shout"), "file:2: answers has \"shout\" in it."),
            ("H\n" + row(".124Z", ".122Z"), "file:2: last is before the first."),
            (
                "H\n" + row("2025-11-24T16:00:00.123Z", "yesterday"),
                "file:2: first is \"yesterday\"."
            ),
            ("H\n" + row("40000", "1,5"), "file:2: source_ports is \"1,5\"."),
            ("H\n" + row(#""packets":2"#, #""packets":0"#), "file:2: packets is 0."),
            (
                "H\n" + row("", "")
                    + #"{"type":"end","complete":true,"ended":"2026-01-02T03:04:05Z","#
                    + #""packets":7,"dropped":0,"uncounted":0}"# + "\n",
                "file:3: packets is 7, but the rows have 6."
            ),
        ])
    func error(in text: String, is expected: String) throws {
        let lines = String(decoding: Witness.of([]).fileBytes, as: UTF8.self)
            .split(separator: "\n").map(String.init)
        let whole = text.replacing("H\n", with: lines[0] + "\n")
            .replacing("E\n", with: lines[1] + "\n")
        let error = #expect(throws: InputError.self) {
            try Witness(parsing: Array(whole.utf8), source: "file")
        }
        #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
    }

    /// The line of the row with one text in place of another.
    private static func row(_ old: String, _ new: String) -> String {
        let text = String(decoding: Witness.of([row]).fileBytes, as: UTF8.self)
        let line = String(text.split(separator: "\n")[1] + "\n")
        return old.isEmpty ? line : line.replacing(old, with: new, maxReplacements: 1)
    }

    @Test("no bytes trap", arguments: UInt64(1)...30)
    func fuzz(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        for _ in 0..<50 {
            var bytes = Witness.random(using: &generator).fileBytes
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            let witness = try? Witness(parsing: bytes, source: "file")
            #expect((witness?.arrivals.count ?? 0) <= 5)
        }
    }

    @Test func `later versions may add keys and records`() throws {
        let text = String(decoding: Witness.of([Self.row]).fileBytes, as: UTF8.self)
        let more = text.replacing(#""type":"arrival","#, with: #""type":"arrival","more":[1],"#)
            .replacing("{\"type\":\"end\"", with: "{\"type\":\"news\"}\n{\"type\":\"end\"")
        #expect(try Witness(parsing: Array(more.utf8), source: "file") == Witness.of([Self.row]))
    }
}
