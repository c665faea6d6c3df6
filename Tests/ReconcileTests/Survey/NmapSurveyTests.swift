import Prober
import Testing

@testable import Reconcile

/// nmap's XML as a survey.
@Suite struct NmapSurveyTests {
    private func xml(_ hosts: String, method: String = "syn", services: String = "22,80-83")
        -> String
    {
        """
        <?xml version="1.0"?>
        <nmaprun scanner="nmap" start="1767323045">
        <scaninfo type="\(method)" protocol="tcp" services="\(services)"/>
        \(hosts)
        <runstats><finished time="1" exit="success"/></runstats>
        </nmaprun>
        """
    }

    private static let host = """
        <host><status state="up"/><address addr="192.0.2.10" addrtype="ipv4"/><ports>
        <extraports state="filtered" count="1"><extrareasons reason="no-response" count="1"/></extraports>
        <port protocol="tcp" portid="22"><state state="open" reason="syn-ack"/></port>
        <port protocol="tcp" portid="80"><state state="closed" reason="reset"/></port>
        <port protocol="tcp" portid="81"><state state="filtered" reason="admin-prohibited" reason_ip="192.0.2.1"/></port>
        <port protocol="tcp" portid="82"><state state="filtered" reason="port-unreach"/></port>
        </ports></host>
        """

    private func survey(_ text: String) throws -> Survey {
        try Survey(nmap: Array(text.utf8), source: "scan.xml")
    }

    @Test func `each state has its evidence, and every endpoint is accounted for`() throws {
        let survey = try survey(xml(Self.host))
        let target = IPAddress.v4(0xc000_020a)
        let evidence = Dictionary(
            uniqueKeysWithValues: survey.groups.flatMap { group in
                group.ports.map { ($0, group.evidence) }
            })
        #expect(
            evidence == [
                22: .handshake, 80: .reset,
                81: .icmp(ICMPError(.ipv4, type: 3, code: 13), reporter: .v4(0xc000_0201)),
                82: .icmp(ICMPError(.ipv4, type: 3, code: 3), reporter: target), 83: .silence,
            ])
        #expect(survey.started == "2026-01-02T03:04:05Z")
        #expect(survey.totals.requested == 5)
        #expect(survey.totals.sum == 5)
        #expect(survey.isComplete)
    }

    @Test func `ports that nmap only counted, in several states, are not known`() throws {
        let two = Self.host.replacing(
            "</extraports>",
            with: "</extraports><extraports state=\"closed\" count=\"1\">"
                + "<extrareasons reason=\"resets\" count=\"1\"/></extraports>")
        let survey = try survey(xml(two, services: "22,80-84"))
        #expect(survey.totals[.notTested] == 2)
        #expect(!survey.isComplete)
    }

    @Test func `newer versions tell which ports are alike`() throws {
        let told = Self.host.replacing("count=\"1\"/>", with: "count=\"1\" ports=\"83\"/>")
            .replacing(
                "</extraports>",
                with: "</extraports><extraports state=\"closed\" count=\"1\">"
                    + "<extrareasons reason=\"resets\" count=\"1\" ports=\"84\"/></extraports>")
        let survey = try survey(xml(told, services: "22,80-84"))
        #expect(survey.totals[.closed] == 2)
        #expect(survey.totals[.notTested] == 0)
    }

    @Test func `UDP ports have their states too`() throws {
        let survey = try survey(
            """
            <nmaprun start="1"><scaninfo type="udp" protocol="udp" services="1-5"/>
            <host><status state="up"/><address addr="192.0.2.10" addrtype="ipv4"/><ports>
            <extraports state="closed" count="1">
            <extrareasons reason="port-unreach" count="1" proto="udp" ports="5"/></extraports>
            <port protocol="udp" portid="1"><state state="open" reason="udp-response"/></port>
            <port protocol="udp" portid="2"><state state="open|filtered" reason="no-response"/></port>
            <port protocol="udp" portid="3"><state state="closed" reason="port-unreach"/></port>
            <port protocol="udp" portid="4"><state state="filtered" reason="port-unreach" reason_ip="192.0.2.1"/></port>
            </ports></host>
            <runstats><finished exit="success"/></runstats></nmaprun>
            """)
        let states = Dictionary(
            uniqueKeysWithValues: survey.groups.flatMap { group in
                group.ports.map { ($0, group.state) }
            })
        #expect(states == [1: .open, 2: .openOrFiltered, 3: .closed, 4: .filtered, 5: .closed])
        #expect(survey.isComplete)
    }

    @Test func `a scan that says it failed is not complete`() throws {
        let whole = xml(Self.host)
        #expect(try survey(whole).isComplete)
        #expect(try !survey(whole.replacing("\"success\"", with: "\"error\"")).isComplete)
    }

    @Test func `more targets than a scan can have are refused`() throws {
        let error = try #require(throws: InputError.self) {
            try survey(xml("<target specification=\"::/0\"/>"))
        }
        #expect(error.problem.contains("more endpoints than a scan can have"))
    }

    @Test func `a scan that was cut is not complete`() throws {
        let whole = xml(Self.host)
        let cut = String(whole.prefix(whole.count - 30))
        #expect(try !survey(cut).isComplete)
    }

    @Test(
        "what is no scan of open ports is refused",
        arguments: [
            ("<a/>", "this XML is not nmap's"),
            (
                "<nmaprun><scaninfo type=\"ack\" protocol=\"tcp\" services=\"1\"/></nmaprun>",
                "ack scan"
            ),
            ("<nmaprun></nmaprun>", "no TCP or UDP port"),
        ])
    func refusals(of text: String, saying problem: String) throws {
        let error = try #require(throws: InputError.self) { try survey(text) }
        #expect(error.problem.contains(problem))
        #expect(error.source == "scan.xml")
    }

    @Test func `XML is told from a scan file`() {
        #expect(Survey.isXML(Array("\n <?xml".utf8)))
        #expect(Survey.isXML([0xef, 0xbb, 0xbf, 0x3c]))
        #expect(!Survey.isXML(Array("{\"type\":\"scan\"}".utf8)))
        #expect(!Survey.isXML([]))
    }
}
