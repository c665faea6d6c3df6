import FoundationEssentials
import Prober
import SystemPackage
import Testing

@testable import Reconcile

@Suite struct ScanRecordTests {
    static let target: IPAddress = "203.0.113.10"

    private func line(_ record: ScanRecord) -> String {
        var bytes: [UInt8] = []
        record.write(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `a header is one line that holds the plan`() {
        let plan = SurveyPlan(
            targets: [AddressRange(Self.target)], ports: PortSpec(tcp: PortSet([1...100])))
        let record = ScanRecord.scan(
            ScanRecord.Header(
                id: "a1", started: "2026-01-02T03:04:05Z",
                vantage: Vantage(name: "x\u{1b}\n\"\\", addresses: ["198.51.100.2"]),
                seed: .max, plan: plan))
        #expect(
            line(record) == #"""
                {"type":"scan","format":1,"id":"a1","started":"2026-01-02T03:04:05Z","vantage":{"name":"x\u001b\u000a\"\\","addresses":["198.51.100.2"]},"seed":18446744073709551615,"plan":{"targets":["203.0.113.10"],"ports":"tcp:1-100","method":"connect","requested":100}}

                """#)
    }

    @Test func `an open endpoint has its round trip and time`() {
        let record = ScanRecord.result(
            Endpoint(Self.target, .tcp, 22), .handshake, attempts: 1,
            roundTrip: .microseconds(412), time: "2026-01-02T03:04:05Z")
        #expect(
            line(record) == #"""
                {"type":"result","address":"203.0.113.10","transport":"tcp","port":22,"state":"open","evidence":{"kind":"handshake"},"attempts":1,"rtt_us":412,"time":"2026-01-02T03:04:05Z"}

                """#)
    }

    @Test(
        "evidence has a stable form",
        arguments: [
            (Evidence.reset, "closed", #"{"kind":"reset"}"#),
            (.silence, "filtered", #"{"kind":"silence"}"#),
            (
                .icmp(ICMPError(.ipv4, type: 3, code: 13), reporter: "198.51.100.1"), "filtered",
                #"{"kind":"icmp","icmp_type":3,"icmp_code":13,"reporter":"198.51.100.1"}"#
            ),
            (
                .localFailure(.system(.connect, .networkUnreachable)), "not-tested",
                #"{"kind":"local-failure","reason":"no-route","call":"connect","errno":"ENETUNREACH"}"#
            ),
            (
                .localFailure(.rejectedHere(ICMPError(.ipv4, type: 3, code: 1))), "not-tested",
                #"{"kind":"local-failure","reason":"rejected-here","icmp_type":3,"icmp_code":1}"#
            ),
            (
                .localFailure(.interrupted), "not-tested",
                #"{"kind":"local-failure","reason":"interrupted"}"#
            ),
        ])
    func form(of evidence: Evidence, state: String, text: String) {
        let group = ObservationGroup(
            Self.target, .tcp, PortSet([1...2, 9...9]), evidence, attempts: 3)
        #expect(
            line(.group(group)) == """
                {"type":"group","address":"203.0.113.10","transport":"tcp","ports":"1-2,9",\
                "count":3,"state":"\(state)","evidence":\(text),"attempts":3}

                """)
    }

    @Test(
        "evidence over UDP has a stable form",
        arguments: [
            (Evidence.reply(.natPMP), "open", #"{"kind":"reply","service":"nat-pmp"}"#),
            (.reply(nil), "open", #"{"kind":"reply"}"#),
            (
                .unanswered(Silence(isExpected: false, controls: .notAsked)), "open|filtered",
                #"{"kind":"silence","controls":"not-asked"}"#
            ),
            (
                .unanswered(Silence(isExpected: false, controls: .answered)), "open|filtered",
                #"{"kind":"silence","reason":"controls-answered","controls":"answered"}"#
            ),
            (
                .unanswered(Silence(isExpected: false, controls: .silent)), "open|filtered",
                #"{"kind":"silence","reason":"controls-silent","controls":"silent"}"#
            ),
            (
                .unanswered(Silence(isExpected: false, controls: .limitSpent)), "open|filtered",
                #"{"kind":"silence","reason":"limit-spent","controls":"limit-spent"}"#
            ),
            (
                .unanswered(Silence(isExpected: true, controls: .answered)), "open|filtered",
                #"{"kind":"silence","reason":"silence-expected","controls":"answered"}"#
            ),
            (
                .icmp(ICMPError(.ipv4, type: 3, code: 3), reporter: target), "closed",
                #"{"kind":"icmp","icmp_type":3,"icmp_code":3,"reporter":"203.0.113.10"}"#
            ),
            (
                .localFailure(.system(.send, .permissionDenied)), "not-tested",
                #"{"kind":"local-failure","reason":"not-permitted","call":"sendmmsg","errno":"EACCES"}"#
            ),
        ])
    func datagramForm(of evidence: Evidence, state: String, text: String) throws {
        let group = ObservationGroup(Self.target, .udp, PortSet([53...54]), evidence, attempts: 2)
        let line = line(.group(group))
        #expect(
            line == """
                {"type":"group","address":"203.0.113.10","transport":"udp","ports":"53-54",\
                "count":2,"state":"\(state)","evidence":\(text),"attempts":2}

                """)
        #expect(try Self.decoded(line) == .group(group))
    }

    private static func decoded(_ line: String) throws -> ScanRecord? {
        try JSONDecoder().decode(ScanLine.self, from: Data(line.utf8)).record
    }

    private static func row(_ state: String, _ evidence: String, attempts: Int = 1) -> String {
        #"{"type":"result","address":"203.0.113.10","transport":"udp","port":53,"state":""#
            + state + #"","evidence":"# + evidence + #","attempts":\#(attempts)}"#
    }

    @Test(
        "a row that contradicts itself is refused",
        arguments: [
            ("closed", #"{"kind":"reply","service":"dns"}"#, 1),
            ("filtered", #"{"kind":"silence","reason":"limit-spent","controls":"limit-spent"}"#, 1),
            ("open|filtered", #"{"kind":"silence","reason":"limit-spent","controls":"silent"}"#, 1),
            ("open|filtered", #"{"kind":"silence","controls":"answered"}"#, 1),
            (
                "open|filtered",
                #"{"kind":"silence","reason":"controls-silent","controls":"not-asked"}"#, 1
            ),
            ("open|filtered", #"{"kind":"silence","reason":"moon","controls":"answered"}"#, 1),
            ("open|filtered", #"{"kind":"silence","controls":"deaf"}"#, 1),
            ("open|filtered", #"{"kind":"silence","controls":"not-asked"}"#, 0),
            ("open", #"{"kind":"reply"}"#, 0),
            (
                "closed",
                #"{"kind":"icmp","icmp_type":3,"icmp_code":3,"reporter":"203.0.113.11"}"#, 1
            ),
        ])
    func contradiction(state: String, evidence: String, attempts: Int) {
        let row = Self.row(state, evidence, attempts: attempts)
        #expect(throws: ScanLineProblem.self) { try Self.decoded(row) }
        #expect(ScanRowParser.record(in: Array(row.utf8)[...]) == nil)
    }

    /// A file of a later version may name services that this one does not know.
    @Test func `a reply of an unknown service is a reply`() throws {
        let row = Self.row("open", #"{"kind":"reply","service":"telepathy"}"#)
        #expect(ScanRowParser.record(in: Array(row.utf8)[...]) == nil)
        guard case .result(_, let evidence, _, _, _)? = try Self.decoded(row) else {
            Issue.record("no result")
            return
        }
        #expect(evidence == .reply(nil))
    }

    @Test func `an end record carries what happened beside the outcomes over UDP`() throws {
        var facts = DatagramFacts()
        facts.controls = 9
        facts.controlsAnswered = 8
        facts.resent = 7
        facts.unexpected = 6
        facts.wrongToken = 5
        facts.kernelDrops = .max
        let ending = ScanRecord.Ending(
            isComplete: true, totals: SurveyTotals(requested: 1, counts: [.openOrFiltered: 1]),
            probeCount: 2, datagrams: facts, elapsed: .seconds(1))
        let text = line(.end(ending))
        #expect(
            text.contains(
                #","datagrams":{"controls":9,"controls_answered":8,"resent":7,"unexpected":6,"wrong_token":5,"kernel_drops":18446744073709551615},"#
            ))
        guard case .end(let read)? = try Self.decoded(text) else {
            Issue.record("no end record")
            return
        }
        #expect(read.datagrams == facts)
        #expect(throws: (any Error).self) {
            try Self.decoded(text.replacing(#""resent":7,"#, with: ""))
        }
    }

    @Test func `a scan file tells what its probes can be known by`() throws {
        var survey = Survey.of([
            ObservationGroup(Self.target, .udp, PortSet([1...2]), .silence, attempts: 1)
        ])
        survey.traces = ProbeTraces(
            boot: "a \"b\"", tcpSources: PortSet([32_768...60_999]),
            udpSources: PortSet(ports: [68, 40_000]), ended: "2026-01-02T03:04:06.789Z")
        var facts = DatagramFacts()
        facts.sourcePorts = PortSet(ports: [68, 40_000])
        var header = ScanRecord.Header(
            id: survey.id, started: survey.started, vantage: survey.vantage, seed: survey.seed,
            plan: survey.plan)
        header.traces = ProbeTraces(boot: "a \"b\"", tcpSources: PortSet([32_768...60_999]))
        var ending = ScanRecord.Ending(
            isComplete: true, totals: survey.totals, probeCount: 2, datagrams: facts,
            elapsed: .seconds(1))
        ending.ended = "2026-01-02T03:04:06.789Z"
        var bytes: [UInt8] = []
        for record in [.scan(header), .group(survey.groups[0]), .end(ending)] as [ScanRecord] {
            record.write(to: &bytes)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(#""traces":{"boot":"a \"b\"","tcp_sources":"32768-60999"}"#))
        #expect(text.contains(#""kernel_drops":0,"source_ports":"68,40000"}"#))
        #expect(text.contains(#""ended":"2026-01-02T03:04:06.789Z""#))
        #expect(try Survey(parsing: bytes, source: "file") == survey)
        let cut = Array(bytes.dropLast(bytes.reversed().dropFirst().prefix { $0 != 10 }.count + 1))
        #expect(try Survey(parsing: cut, source: "file").traces?.ended == nil)
    }

    @Test(
        "the header of a shard of both transports is read back",
        arguments: [UInt64(1), 2, 3, 7], [UInt16(1), 2, 3])
    func shard(count: UInt64, ports: UInt16) throws {
        for number in 1...count {
            let spec = PortSpec(tcp: PortSet([1...ports]), udp: PortSet([1...3]))
            let space = try #require(ProbeSpace(TargetSet([AddressRange(Self.target)]), spec))
            var plan = ScanPlan(space, seed: 1)
            plan.shard = try #require(Shard(number, of: count))
            let survey = SurveyPlan(
                targets: plan.space.targets.ranges, ports: spec,
                shard: plan.shard == .whole ? nil : plan.shard.description,
                requested: plan.requested)
            let record = ScanRecord.scan(
                ScanRecord.Header(
                    id: "a", started: "2026-01-02T03:04:05Z",
                    vantage: Vantage(name: "x", addresses: []), seed: 1, plan: survey))
            #expect(try Self.decoded(line(record)) == record)
        }
    }

    @Test(
        "a failed call has a stable reason",
        arguments: [
            (Errno.tooManyOpenFiles, LocalFailureReason.noDescriptors),
            (.tooManyOpenFilesInSystem, .noDescriptors), (.networkUnreachable, .noRoute),
            (.noRouteToHost, .noRoute), (.notPermitted, .notPermitted),
            (.permissionDenied, .notPermitted), (.addressNotAvailable, .noAddress),
            (.noBufferSpace, .noBuffers), (.noMemory, .noBuffers), (.ioError, .failed),
        ])
    func reason(for error: Errno, is expected: LocalFailureReason) {
        #expect(LocalFailureReason(.system(.connect, error)) == expected)
    }

    @Test func `an end record names every state and why endpoints were not tested`() {
        let record = ScanRecord.end(
            ScanRecord.Ending(
                isComplete: false,
                totals: SurveyTotals(
                    requested: 1 << 64, counts: [.open: 1, .notTested: (1 << 64) - 1]),
                notTested: [.interrupted: (1 << 64) - 13, .noRoute: 12], probeCount: 14,
                elapsed: .microseconds(900_042)))
        #expect(
            line(record) == #"""
                {"type":"end","complete":false,"totals":{"requested":18446744073709551616,"open":1,"closed":0,"filtered":0,"open|filtered":0,"not-tested":18446744073709551615},"not_tested":{"no-route":12,"interrupted":18446744073709551603},"probes":14,"elapsed_s":0.900042}

                """#)
    }
}
