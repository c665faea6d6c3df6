import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// The quick way to read a row gives what the slow one gives, or nothing.
@Suite struct ScanRowParserTests {
    private func decoded(_ line: [UInt8]) -> ScanRecord? {
        (try? JSONDecoder().decode(ScanLine.self, from: Data(line)))?.record
    }

    /// The lines of a random survey, with and without round trips and times.
    private func lines(_ generator: inout SplitMix64) -> [[UInt8]] {
        let survey = Survey.random(using: &generator)
        var bytes = survey.fileBytes
        for group in survey.groups {
            let time = Bool.random(using: &generator) ? "2026-01-02T03:04:05.000042Z" : nil
            for port in group.ports.prefix(2) {
                ScanRecord.result(
                    Endpoint(group.address, group.transport, port), group.evidence,
                    attempts: 0xffff,
                    roundTrip: group.roundTrip, time: time
                ).write(to: &bytes)
            }
        }
        return bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
    }

    @Test(arguments: UInt64(0)..<100)
    func `every row that is written is read, and as the decoder reads it`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        for line in lines(&generator) {
            let text = String(decoding: line, as: UTF8.self)
            let row = ScanRowParser.record(in: line[...])
            let isRow = text.hasPrefix(#"{"type":"result""#) || text.hasPrefix(#"{"type":"group""#)
            #expect((row != nil) == isRow, "\(text)")
            if isRow { #expect(row == decoded(line), "\(text)") }
        }
    }

    @Test(arguments: UInt64(0)..<100)
    func `what is read of a changed row is what the decoder reads`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let pieces: [[UInt8]] = [
            "0", "1", "9", "-", "+", ".", ",", "\"", "\\", " ", "{", "}", "e1", "65536", "é",
            "\u{0}", "reply", "silence", ",\"service\":\"dns\"", ",\"controls\":\"answered\"",
            ",\"reason\":\"limit-spent\"",
            "|", ":", "a", ",\"time\":\"\"", ",\"rtt_us\":4294967296", "\r",
        ].map { Array($0.utf8) }
        var survivors = 0
        for line in lines(&generator) {
            for _ in 0..<8 {
                var changed = line
                for _ in 0..<Int.random(in: 1...2, using: &generator) where !changed.isEmpty {
                    let place = Int.random(in: changed.indices, using: &generator)
                    let end = min(
                        changed.count, place + Int.random(in: 0...2, using: &generator))
                    let piece = pieces.randomElement(using: &generator) ?? []
                    changed.replaceSubrange(
                        place..<end, with: Bool.random(using: &generator) ? piece : [])
                }
                guard let row = ScanRowParser.record(in: changed[...]) else { continue }
                survivors += 1
                #expect(row == decoded(changed), "\(String(decoding: changed, as: UTF8.self))")
            }
        }
        #expect(survivors > 0)
    }

    private static let row =
        #"{"type":"result","address":"203.0.113.10","transport":"tcp","port":22,"state":"closed","#
        + #""evidence":{"kind":"reset"},"attempts":1}"#

    @Test(
        "what is unusual is left to the decoder",
        arguments: [
            (#""port":22"#, #""port":022"#), (#""port":22"#, #""port":-0"#),
            (#""port":22"#, #""port":2.2e1"#), (#""port":22"#, #""port": 22"#),
            (#""port":22"#, #""port":65536"#), (#""port":22"#, #""port":"22""#),
            (#""attempts":1"#, #""attempts":0"#), (#""attempts":1"#, #""attempts":70000"#),
            (#""attempts":1"#, #""attempts":1,"new":1"#), (#"1}"#, #"1} "#), (#"1}"#, #"1"#),
            ("203.0.113.10", "203.0.113.010"), ("203.0.113.10", "203.0.113"),
            ("203.0.113.10", "203.0.113.256"), ("closed", "open"), ("closed", #"cl\u006fsed"#),
            ("reset", "telepathy"), ("tcp", "sctp"), ("result", "results"),
            (#""attempts":1"#, #""attempts":1,"rtt_us":4294967296"#),
            (#""attempts":1"#, #""attempts":1,"time":"é""#),
        ])
    func unusual(old: String, new: String) {
        #expect(ScanRowParser.record(in: Array(Self.row.utf8)[...]) != nil)
        let changed = Self.row.replacing(old, with: new, maxReplacements: 1)
        #expect(changed != Self.row)
        #expect(ScanRowParser.record(in: Array(changed.utf8)[...]) == nil)
    }
}
