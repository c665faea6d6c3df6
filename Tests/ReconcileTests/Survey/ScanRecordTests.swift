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
