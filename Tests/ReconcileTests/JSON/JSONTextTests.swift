import Foundation
import Prober
import Testing

@testable import Reconcile

/// Reading and writing JSON, against the decoder and the encoder of Foundation.
@Suite struct JSONTextTests {
    @Test(
        "random values are written as Foundation writes them",
        arguments: 1...30 as ClosedRange<UInt64>)
    func writing(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let encoder = JSONEncoder()
        for _ in 0..<20 {
            let value = JSONValue.random(&random, depth: 4)
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let expected = try encoder.encode(Mirrored(value: value))
            #expect(
                String(decoding: value.text, as: UTF8.self) == String(
                    decoding: expected, as: UTF8.self) + "\n")
            #expect(JSONParser.value(of: value.text) == value)
            #expect(JSONParser.value(of: value.line) == value)
        }
    }

    @Test(
        "random texts are read as Foundation reads them", arguments: 1...30 as ClosedRange<UInt64>)
    func reading(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u00e9\"", "\"\\ud83d\\ude00\"",
            "\"\\ud800\"",
            "1", "-1", "0.5", "1e3", "true", "null", " ", "\n", "01", "1.", "\"\u{1}\"", "\"\\x\"",
            "\"é\"", "-", "e", "\u{ff}",
        ]
        var accepted = 0
        for _ in 0..<400 {
            var bytes = JSONValue.random(&random, depth: 3).text
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let place = Int.random(in: 0...bytes.count, using: &random)
                let end = min(bytes.count, place + Int.random(in: 0...3, using: &random))
                let piece = Array((pieces.randomElement(using: &random) ?? "").utf8)
                bytes.replaceSubrange(place..<end, with: piece)
            }
            let read = JSONParser.value(of: bytes)
            let expected = try? JSONDecoder().decode(Mirrored.self, from: Data(bytes)).value
            let text = String(decoding: bytes, as: UTF8.self)
            // Foundation forgives a comma before the end of a list.
            if read == nil, text.contains(#/,\s*[\]}]/#) { continue }
            // It also reads more digits of a number with an exponent than a Double has.
            if case .unsigned(let one) = read, case .unsigned(let other) = expected,
                Double(one) == Double(other)
            {
                continue
            }
            #expect(read == expected, "\(text)")
            accepted += read == nil ? 0 : 1
        }
        #expect(accepted > 100)
    }

    @Test(
        "what is no JSON is refused",
        arguments: [
            "", " ", "[1,]", "{\"a\":1,}", "01", "-", "1.", ".5", "1e", "+1", "1e999", "nul",
            "truex",
            "\"\\ud800\"", "\"\\u12g4\"", "\"\\u+123\"", "\"a", "\"\t\"", "[1 2]", "{1:2}", "1 2",
            "'a'",
            "NaN", "\u{c}1", "{\"a\"}",
        ])
    func refusal(text: String) {
        #expect(JSONParser.value(of: Array(text.utf8)) == nil)
    }

    @Test(
        "numbers are exact where they are whole",
        arguments: [
            ("0", .unsigned(0)), ("18446744073709551615", .unsigned(.max)),
            ("18446744073709551616", .number(18_446_744_073_709_551_616)), ("-1", .number(-1)),
            ("-0", .unsigned(0)), ("2.0", .unsigned(2)), ("25e-1", .number(2.5)),
        ] as [(String, JSONValue)])
    func numbers(text: String, value: JSONValue) {
        #expect(JSONParser.value(of: Array(text.utf8)) == value)
    }

    @Test func `depth is limited, and no depth is too much for the stack`() {
        let deep = Array(repeating: UInt8(ascii: "["), count: 500)
        #expect(JSONParser.value(of: deep + deep.map { _ in UInt8(ascii: "]") }) != nil)
        #expect(JSONParser.value(of: Array(repeating: UInt8(ascii: "["), count: 1_000_000)) == nil)
    }

    @Test func `text that is no Unicode is refused, or repaired where that is wanted`() {
        let bytes = [UInt8(ascii: "\""), 0xe9] + Array("\\ud800x\"".utf8)
        #expect(JSONParser.value(of: bytes) == nil)
        #expect(JSONParser.value(of: bytes, repairingText: true) == .text("\u{fffd}\u{fffd}x"))
    }

    @Test func `the first of several members with one key counts`() {
        #expect(JSONParser.value(of: Array(#"{"a":1,"a":2}"#.utf8)) == .object(["a": 1]))
    }

    @Test func `a list of a writer's own is written as any other`() {
        var writer = JSONWriter(isIndented: true)
        writer.append([
            "b": .list(count: 2) { [.unsigned(UInt64($0)), "x"][$0] }, "a": .value("y"),
            "c": .list(count: 0) { _ in .null },
        ])
        let same = JSONValue.object(["b": .array([0, "x"]), "a": "y", "c": .array([])])
        #expect(writer.bytes + [UInt8(ascii: "\n")] == same.text)
    }
}

/// A JSON value as Foundation's coders see it.
private struct Mirrored: Codable {
    var value: JSONValue

    init(value: JSONValue) { self.value = value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            value = .null
        } else if let text = try? container.decode(String.self) {
            value = .text(text)
        } else if let members = try? container.decode([String: Mirrored].self) {
            value = .object(JSONMembers(members.map { ($0.key, $0.value.value) }))
        } else if let elements = try? container.decode([Mirrored].self) {
            value = .array(elements.map(\.value))
        } else if let number = try? container.decode(UInt64.self) {
            value = .unsigned(number)
        } else if let boolean = try? container.decode(Bool.self) {
            value = .boolean(boolean)
        } else {
            value = .number(try container.decode(Double.self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .null: try container.encodeNil()
        case .boolean(let value): try container.encode(value)
        case .unsigned(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .array(let value): try container.encode(value.map(Mirrored.init))
        case .object(let value):
            try container.encode(
                Dictionary(uniqueKeysWithValues: value.map { ($0.key, Mirrored(value: $0.value)) }))
        }
    }
}

extension JSONValue {
    fileprivate static func random(_ random: inout SplitMix64, depth: Int) -> JSONValue {
        switch Int.random(in: 0...(depth > 0 ? 7 : 4), using: &random) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &random))
        case 2:
            return .unsigned(
                UInt64.random(in: 0...(.max), using: &random)
                    >> UInt64.random(in: 0...63, using: &random))
        case 3:
            return .number(
                -Double.random(in: 0.1...9, using: &random)
                    * ([1e-9, 0.5, 1, 1e3].randomElement(using: &random) ?? 1))
        case 4: return .text(text(&random))
        case 5, 6:
            return .object(
                JSONMembers(
                    Dictionary(
                        (0..<Int.random(in: 0...4, using: &random)).map { _ in
                            (text(&random), JSONValue.random(&random, depth: depth - 1))
                        }
                    ) { first, _ in first }.map { ($0.key, $0.value) }))
        default:
            return .array(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    JSONValue.random(&random, depth: depth - 1)
                })
        }
    }

    private static func text(_ random: inout SplitMix64) -> String {
        let pieces = [
            "a", "Z", "10", "9", "\"", "\\", "\n", "\u{0}", "\u{1b}", "é", "e\u{301}", "\u{202e}",
            "😀", "/",
            "\u{7f}", "\u{2028}", "long enough for the heap",
        ]
        return (0..<Int.random(in: 0...5, using: &random))
            .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
}
