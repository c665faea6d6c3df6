import FoundationEssentials
import Prober
import Testing

@testable import ProberCommand

@Suite struct CSVWriterTests {
    @Test(
        "a cell is quoted where RFC 4180 says so, and never a formula",
        arguments: [
            ("ssh", "ssh"), ("", ""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""),
            ("a\r\nb", "\"a\r\nb\""), ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"), ("\r=1", "\"'\r=1\""),
            ("=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""),
            ("a\"\u{301},b", "\"a\"\"\u{301},b\""), ("=\u{301}1", "'=\u{301}1"),
            ("2001:db8::1", "2001:db8::1"),
        ])
    func cell(_ text: String, is written: String) {
        #expect(CSVWriter.cell(text) == written)
    }

    private static let start = ScanStart(
        wall: Date(timeIntervalSince1970: 1_767_323_045),
        monotonic: MonotonicTime(nanoseconds: 0))
    private static let target = IPAddress.v4(0xcb00_710a)

    private func observation(
        _ port: UInt16, _ evidence: Evidence, _ transport: Transport = .tcp,
        roundTrip: Duration? = nil
    ) -> Observation {
        Observation(
            Endpoint(Self.target, transport, port), evidence, attempts: 2,
            sentAt: MonotonicTime(nanoseconds: 1_500_000_000), roundTrip: roundTrip)
    }

    private func rows(each: Bool) -> [String] {
        var writer = CSVWriter(
            each: each, start: Self.start,
            services: ServiceTable(parsing: "ssh 22/tcp\n=evil,\" 23/tcp"))
        let error = ICMPError(.ipv4, type: 3, code: 13)
        writer.add(
            [
                observation(22, .handshake, roundTrip: .microseconds(412)),
                observation(23, .handshake), observation(80, .reset), observation(81, .silence),
                observation(82, .icmp(error, reporter: .v4(0xc633_6401))),
                observation(53, .reply(.dns), .udp),
                observation(
                    54, .unanswered(Silence(isExpected: false, controls: .answered)), .udp),
                observation(83, .localFailure(.interrupted)),
            ], elapsed: .zero)
        let text = String(decoding: writer.takeBytes(), as: UTF8.self)
        #expect(text.hasSuffix("\r\n"))
        return text.split(separator: "\r\n").map(String.init)
    }

    private static let header =
        "address,transport,port,state,name,evidence,detail,reporter,attempts,rtt_us,time"

    @Test func `rows are of what is open or may be`() {
        let time = "2026-01-02T03:04:06.500Z"
        #expect(
            rows(each: false) == [
                Self.header, "203.0.113.10,tcp,22,open,ssh,handshake,,,2,412,\(time)",
                "203.0.113.10,tcp,23,open,\"'=evil,\"\"\",handshake,,,2,,\(time)",
                "203.0.113.10,udp,53,open,,reply,dns,,2,,\(time)",
                "203.0.113.10,udp,54,open|filtered,,silence,controls-answered,,2,,\(time)",
            ])
    }

    @Test func `every endpoint has a row when asked`() {
        let rows = rows(each: true)
        #expect(rows.count == 9)
        #expect(rows[5].hasPrefix("203.0.113.10,tcp,82,filtered,,icmp,3/13,198.51.100.1,2,,"))
        #expect(rows[8].hasPrefix("203.0.113.10,tcp,83,not-tested,,local-failure,interrupted,"))
    }
}
