import Prober
import Testing

@testable import Reconcile

@Suite struct WireRecordTests {
    private static let target: IPAddress = "203.0.113.10"

    private static func line(_ record: ScanRecord) -> String {
        var bytes: [UInt8] = []
        record.write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A group with everything that a line can say.
    private static var fullGroup: WireGroup {
        var facts = WireFacts(
            probes: 2,
            answer: WireAnswer(
                .accept(
                    TCPAccept(
                        window: 64_240, maximumSegmentSize: 1460, windowScale: 7,
                        allowsSelectiveAcknowledgement: true, hasTimestamps: true)),
                hopLimit: 63))
        facts.contradiction = WireAnswer(.reset, hopLimit: 64)
        facts.duplicates = 1
        facts.repeatedAccepts = 3
        facts.stranger = "203.0.113.77"
        return WireGroup(
            target, .tcp, PortSet([22...23]), facts,
            roundTrip: .microseconds(18) ... .microseconds(43))
    }

    private static var groups: [WireGroup] {
        let error = ICMPError(.ipv4, type: 3, code: 13)
        return [
            fullGroup, WireGroup(target, .tcp, PortSet([1...9]), WireFacts(probes: 4)),
            WireGroup(
                target, .udp, PortSet([53...53]),
                WireFacts(probes: 1, answer: WireAnswer(.datagram, hopLimit: 255))),
            WireGroup(
                target, .tcp, PortSet([25...25]),
                WireFacts(
                    probes: 1,
                    answer: WireAnswer(.icmp(error, reporter: "198.51.100.1"), hopLimit: 64))),
        ]
    }

    private static var facts: CaptureFacts {
        var facts = CaptureFacts(
            interface: "wan",
            counts: CaptureCounts(received: 36, dropped: 2, droppedByInterface: 1))
        facts.matched = 30
        facts.unkept = 4
        facts.strangers = ["203.0.113.77"]
        return facts
    }

    @Test func `what was seen on the wire has a stable form`() {
        #expect(
            Self.line(.wire(Self.fullGroup)) == #"""
                {"type":"wire","address":"203.0.113.10","transport":"tcp","ports":"22-23","count":2,"probes":2,"answer":{"kind":"syn-ack","hop_limit":63,"window":64240,"mss":1460,"window_scale":7,"sack":true,"timestamps":true},"rtt_min_us":18,"rtt_max_us":43,"contradiction":{"kind":"reset","hop_limit":64},"duplicates":1,"repeated_accepts":3,"stranger":"203.0.113.77"}

                """#)
        #expect(
            Self.line(.capture(Self.facts)) == #"""
                {"type":"capture","interface":"wan","received":36,"dropped":2,"dropped_by_interface":1,"matched":30,"unkept":4,"strangers":["203.0.113.77"]}

                """#)
    }

    @Test func `what is written is read back, and resuming and merging keep it`() throws {
        let plan = SurveyPlan(
            targets: [AddressRange(Self.target)],
            ports: PortSpec(tcp: PortSet([1...25]), udp: PortSet([53...53])))
        let header = ScanRecord.Header(
            id: "a1", started: "2026-01-02T03:04:05Z",
            vantage: Vantage(name: "x", addresses: ["198.51.100.2"]), seed: 1, plan: plan)
        let rows = [
            ObservationGroup(Self.target, .tcp, PortSet([1...25]), .silence, attempts: 4),
            ObservationGroup(Self.target, .udp, PortSet([53...53]), .silence, attempts: 1),
        ]
        var bytes: [UInt8] = []
        var records = [ScanRecord.scan(header)] + rows.map { .group($0) }
        records += Self.groups.map { .wire($0) } + [.capture(Self.facts)]
        for record in records { record.write(to: &bytes) }

        let survey = try Survey(parsing: bytes, source: "a.jsonl")
        #expect(survey.wire == Self.groups)
        #expect(survey.captures == [Self.facts])

        let resumed = try ResumableScan(parsing: bytes, source: "a.jsonl")
        var kept: [UInt8] = []
        resumed.forEachChunk { kept += $0 }
        #expect(String(decoding: kept, as: UTF8.self).contains(Self.line(.wire(Self.fullGroup))))

        var merge = ScanMerge()
        try merge.add(bytes, source: "a.jsonl")
        try merge.add(bytes, source: "b.jsonl")
        var merged: [UInt8] = []
        _ = merge.write { merged += $0 }
        let whole = try Survey(parsing: merged, source: "whole.jsonl")
        #expect(whole.wire == Self.groups)
        #expect(whole.captures == [Self.facts])
    }

    @Test(
        "a line that contradicts itself, or is not of the plan, is refused",
        arguments: [
            #""ports":"22","count":2,"probes":1"#, #""ports":"99","count":1,"probes":1"#,
            #""ports":"22","count":1,"probes":1,"rtt_min_us":2,"rtt_max_us":1"#,
            #""ports":"22","count":1,"probes":1,"answer":{"kind":"reset"}"#,
            #""ports":"22","count":1,"probes":1,"answer":{"kind":"reset","hop_limit":256}"#,
        ])
    func contradictions(members: String) throws {
        let plan = SurveyPlan(
            targets: [AddressRange(Self.target)], ports: PortSpec(tcp: PortSet([1...25])))
        let header = Self.line(
            .scan(
                ScanRecord.Header(
                    id: "a1", started: "2026-01-02T03:04:05Z",
                    vantage: Vantage(name: "x", addresses: []), seed: 1, plan: plan)))
        let text =
            header
            + #"{"type":"wire","address":"203.0.113.10","transport":"tcp",\#(members)}"# + "\n"
        #expect(throws: InputError.self) {
            try Survey(parsing: Array(text.utf8), source: "a.jsonl")
        }
    }

    @Test func `an answer of a kind that a later version knows is passed over`() throws {
        let text = #"""
            {"type":"scan","format":1,"id":"a1","started":"2026-01-02T03:04:05Z","vantage":{"name":"x","addresses":[]},"seed":1,"plan":{"targets":["203.0.113.10"],"ports":"tcp:22","method":"connect","requested":1}}
            {"type":"wire","address":"203.0.113.10","transport":"tcp","ports":"22","count":1,"probes":1,"answer":{"kind":"later","hop_limit":1}}

            """#
        let survey = try Survey(parsing: Array(text.utf8), source: "a.jsonl")
        #expect(survey.wire.map(\.facts) == [WireFacts(probes: 1)])
    }
}
