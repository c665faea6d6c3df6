import Prober
import Testing

@testable import Reconcile

@Suite struct SurveyFileTests {
    @Test(arguments: UInt64(0)..<200)
    func `reading what was written gives the same survey`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let survey = Survey.random(using: &generator)
        #expect(try Survey(parsing: survey.fileBytes, source: "scan.jsonl") == survey.gathered)
    }

    @Test(arguments: UInt64(0)..<8)
    func `a file cut at any byte never gives a result that was not in it`(seed: UInt64) throws {
        var generator = SplitMix64(state: seed)
        let survey = Survey.random(using: &generator)
        let bytes = survey.fileBytes
        let whole = try Survey(parsing: bytes, source: "scan.jsonl")
        let headerEnd = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
        for length in bytes.indices {
            let cut = Array(bytes[..<length])
            guard length >= headerEnd else {
                #expect(throws: InputError.self) {
                    try Survey(parsing: cut, source: "scan.jsonl")
                }
                continue
            }
            let survey = try Survey(parsing: cut, source: "scan.jsonl")
            #expect(survey.groups.count <= whole.groups.count)
            for (group, other) in zip(survey.groups, whole.groups) {
                #expect(group.ports.subtracting(other.ports).isEmpty)
                #expect(group.address == other.address && group.transport == other.transport)
                #expect(group.evidence == other.evidence && group.attempts == other.attempts)
            }
            #expect(survey.isComplete == (length == bytes.count - 1 && whole.isComplete))
            #expect(survey.totals.sum == whole.plan.requested)
        }
    }

    @Test func `the cut line is said`() throws {
        let survey = Survey.of([
            ObservationGroup("203.0.113.10", .tcp, PortSet([1...9]), .reset, attempts: 1)
        ])
        let bytes = survey.fileBytes
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
        let cut = try Survey(
            parsing: Array(bytes.prefix(lines[0].count + 20)), source: "scan.jsonl")
        #expect(cut.ending == .cut(lineCut: 2))
        #expect(cut.groups.isEmpty)
        #expect(cut.totals[.notTested] == 9)
        let unended = try Survey(
            parsing: Array(bytes.dropLast(lines[2].count + 1)), source: "scan.jsonl")
        #expect(unended.ending == .cut(lineCut: nil))
        #expect(unended.groups == survey.groups)
    }

    @Test func `rows that are alike are one group, and a repeated row still counts`() throws {
        func row(_ port: UInt16, _ attempts: UInt16 = 1) -> String {
            """
            {"type":"result","address":"203.0.113.10","transport":"tcp","port":\(port),"state":"closed",\
            "evidence":{"kind":"reset"},"attempts":\(attempts),"rtt_us":\(port)00}

            """
        }
        let rows = [row(1), row(2), row(2), row(2, 3)].joined()
        let survey = try Survey(
            parsing: Array((Self.header + "\n" + rows).utf8), source: "scan.jsonl")
        #expect(
            survey.groups.map { "\($0.ports) \($0.attempts)" } == ["1-2 1", "2 3", "2 1"])
        #expect(survey.groups.map(\.roundTrip) == [nil, .microseconds(200), nil])
    }

    private static let header = #"""
        {"type":"scan","format":1,"id":"a","started":"2026-01-02T03:04:05Z","vantage":{"name":"v","addresses":[]},"seed":1,"plan":{"targets":["203.0.113.10"],"ports":"tcp:1-2","method":"connect","requested":2}}
        """#
    private static let group = #"""
        {"type":"group","address":"203.0.113.10","transport":"tcp","ports":"1-2","count":2,"state":"closed","evidence":{"kind":"reset"},"attempts":1}
        """#
    private static let result = #"""
        {"type":"result","address":"203.0.113.10","transport":"tcp","port":2,"state":"open","evidence":{"kind":"handshake"},"attempts":1}
        """#
    private static let end = #"""
        {"type":"end","complete":true,"totals":{"requested":2,"open":0,"closed":2,"filtered":0,"open|filtered":0,"not-tested":0},"not_tested":{},"probes":2,"elapsed_s":0.1}
        """#

    private func survey(_ lines: String...) throws -> Survey {
        try Survey(
            parsing: Array(lines.map { $0 + "\n" }.joined().utf8), source: "scan.jsonl")
    }

    @Test func `unknown keys and record types are passed over`() throws {
        let group = Self.group.replacing(#""count""#, with: #""new":[{"a":1}],"count""#)
        let known = try survey(Self.header, Self.group, Self.end)
        #expect(
            try survey(
                Self.header, #"{"type":"weather","port":"sunny"}"#, group, "", Self.end,
                #"{"type":"signature"}"#) == known)
    }

    @Test(
        "what is no scan file is refused with its line",
        arguments: [
            ([], 1, "this is no scan file: there is no record in it"),
            (["hello"], 1, "this is no scan file: the line is not a JSON object"),
            (["[1]"], 1, "this is no scan file: the line is not a JSON object"),
            ([#"{"a":1}"#], 1, "this is no scan file: a record without \"type\""),
            ([group], 1, "this is no scan file: the first record is not of type \"scan\""),
            (
                [#"{"type":"host"}"#], 1,
                "this is no scan file: the first record is not of type \"scan\""
            ),
            (
                [header.replacing("\"format\":1", with: "\"format\":2")], 1,
                "the scan file has format 2, and this version reads 1"
            ),
            ([header, "{}"], 2, "\"type\" is missing"),
            ([header, "{", group], 2, "the line is not a JSON object"),
            (
                [header, group.replacing("203.0.113.10", with: "203.0.113.010")], 2,
                "\"203.0.113.010\" is not an IP address"
            ),
            (
                [header, group.replacing("\"count\":2", with: "\"count\":3")], 2,
                "\"count\" is not the number of ports in \"1-2\""
            ),
            (
                [header, group.replacing("closed", with: "open")], 2,
                "the state is \"open\", but the evidence proves \"closed\""
            ),
            (
                [header, group.replacing("\"attempts\":1", with: "\"attempts\":70000")], 2,
                "a number on the line is too large, negative or not whole"
            ),
            (
                [header, group.replacing("reset", with: "telepathy")], 2,
                "\"telepathy\" is not a kind of evidence that this version knows"
            ),
            (
                [header, group, end.replacing("\"open\":0", with: "\"open\":1")], 3,
                "the totals add up to 3, but the scan is of 2 endpoints"
            ),
            (
                [header, end], 2,
                "the totals count 2 closed endpoints, but the file has 0"
            ),
            (
                [
                    header, group,
                    end.replacing(":2,\"open\"", with: ":1,\"open\"")
                        .replacing("\"closed\":2", with: "\"closed\":1"),
                ], 3, "the totals are of 1 endpoint, but the plan has 2"
            ),
            (
                [
                    header, group,
                    end.replacing(
                        "\"closed\":2,\"filtered\":0", with: "\"closed\":1,\"filtered\":1"),
                ], 3, "the totals count 1 closed endpoint, but the file has 2"
            ),
            ([header, group, end, group], 4, "a record follows the end record"),
            ([header, header], 2, "a second scan begins here"),
            (
                [header.replacing("\"requested\":2", with: "\"requested\":3")], 1,
                "\"3\" is not a number of endpoints that the plan can have"
            ),
            (
                [header.replacing("203.0.113.10", with: "::/0")], 1,
                "\"2\" is not a number of endpoints that the plan can have"
            ),
            (
                [header.replacing("\"requested\":2", with: "\"requested\":1")], 1,
                "\"1\" is not the number of endpoints that the plan has, 2"
            ),
            (
                [header.replacing(",\"requested\":2", with: ",\"shard\":\"1/3\",\"requested\":2")],
                1, "\"2\" is not the number of endpoints that the plan has, 1"
            ),
            (
                [header.replacing("\"requested\":2", with: "\"shard\":\"+1/2\",\"requested\":1")],
                1, "\"+1/2\" is not a shard, as in 2/4"
            ),
            (
                [header.replacing("\"requested\":2", with: "\"shard\":\"3/2\",\"requested\":1")],
                1, "\"3/2\" is not a shard, as in 2/4"
            ),
            (
                [
                    header.replacing(
                        "\"203.0.113.10\"", with: "\"203.0.113.10\",\"203.0.113.8/30\"")
                ], 1, "the targets of the plan overlap"
            ),
            (
                [
                    header.replacing("\"203.0.113.10\"", with: "\"::/0\",\"::/0\"")
                        .replacing("tcp:1-2", with: "").replacing(":2}", with: ":0}")
                ], 1, "the targets of the plan overlap"
            ),
            (
                [header.replacing("203.0.113.10", with: "203.0.113.10/+32")], 1,
                "\"203.0.113.10/+32\" is not an address, a block or first-last"
            ),
            (
                [header.replacing("tcp:1-2", with: "tcp:1-+2")], 1,
                "\"tcp:1-+2\" is not ports, as in tcp:22,80,udp:53"
            ),
            (
                [header.replacing("tcp:1-2", with: "1-2")], 1,
                "\"1-2\" is not ports, as in tcp:22,80,udp:53"
            ),
            (
                [header, group.replacing("\"1-2\"", with: "\"+1-2\"")], 2,
                "\"+1-2\" is not ports, as in 22,80,8000-8100"
            ),
            (
                [
                    header,
                    group.replacing("\"1-2\"", with: "\"1-3\"").replacing(":2,", with: ":3,"),
                ],
                2, "203.0.113.10:3/tcp is not in the plan of the scan"
            ),
            (
                [header, group.replacing("203.0.113.10", with: "203.0.113.11")], 2,
                "203.0.113.11:1/tcp is not in the plan of the scan"
            ),
            (
                [header, group.replacing("\"tcp\"", with: "\"udp\"")], 2,
                "203.0.113.10:1/udp is not in the plan of the scan"
            ),
            (
                [header, result.replacing("\"port\":2", with: "\"port\":3")], 2,
                "203.0.113.10:3/tcp is not in the plan of the scan"
            ),
            (
                [header, group.replacing("\"attempts\":1", with: "\"attempts\":0")], 2,
                "\"attempts\" is 0, but something was seen"
            ),
            (
                [header, result.replacing("\"attempts\":1", with: "\"attempts\":0")], 2,
                "\"attempts\" is 0, but something was seen"
            ),
        ])
    func refusal(of lines: [String], at line: Int, saying problem: String) throws {
        let error = try #require(throws: InputError.self) {
            try Survey(
                parsing: Array(lines.map { $0 + "\n" }.joined().utf8), source: "scan.jsonl")
        }
        #expect(error.source == "scan.jsonl")
        #expect(error.line == line)
        #expect(error.problem == problem)
        #expect(!error.remedy.isEmpty)
    }

    @Test func `a probe that failed here need not have sent a packet`() throws {
        let failed = Self.group.replacing("\"attempts\":1", with: "\"attempts\":0")
            .replacing("closed", with: "not-tested")
            .replacing("\"reset\"", with: "\"local-failure\",\"reason\":\"interrupted\"")
        #expect(try survey(Self.header, failed).groups.map(\.attempts) == [0])
    }

    @Test(arguments: UInt64(0)..<300)
    func `no bytes trap the reader`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        var bytes = Survey.random(using: &generator).fileBytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: bytes.indices, using: &generator)
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
        }
        let survey: Survey?
        do throws(InputError) {
            survey = try Survey(parsing: bytes, source: "scan.jsonl")
        } catch {
            #expect(error.line != nil)
            return
        }
        #expect(survey.map { $0.totals.sum <= 1 << 64 } == true)
    }
}
