import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// What several sources of one host come to, and what is said of sources that give nothing.
@Suite struct HostReportsTests {
    private static let netstat = """
        Active Internet connections (including servers)
        Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
        tcp4       0      0  *.ftp                  *.*                    LISTEN
        tcp4       0      0  *.32768                *.*                    LISTEN
        tcp        0      0  *.kshell               *.*                    LISTEN
        udp4       0      0  *.syslog               *.*

        """
    private static let lsof = """
        COMMAND    PID USER   FD   TYPE     DEVICE SIZE/OFF NODE NAME
        inetd     7000 root    8u  IPv4 0x70064f00      0t0  TCP *:ftp (LISTEN)
        dtlogin   4390 root    5u  IPv4 0x70053e00      0t0  TCP *:32768 (LISTEN)
        X         5430 root    1u  IPv4 0x70053e00      0t0  TCP *:32768 (LISTEN)

        """
    private static let ps = """
             UID   PID  PPID   C    STIME    TTY  TIME CMD
            root  4390     1   0   Mar 12      -  0:00 /usr/dt/bin/dtlogin -daemon
            root  7000  3870   0 10:22:31      -  0:03 /usr/sbin/inetd

        """

    private func reports(_ texts: [(String, String)]) -> HostReports {
        var reports = HostReports(names: ServiceNames())
        for (name, text) in texts { reports.read(name, bytes: Array(text.utf8)) }
        return reports
    }

    private func joined(_ texts: [(String, String)]) throws -> HostReport {
        try #require(reports(texts).joined)
    }

    @Test func `names, ports, processes and commands of AIX are joined`() throws {
        let report = try joined([("n", Self.netstat), ("l", Self.lsof), ("p", Self.ps)])
        #expect(
            report.shown == [
                "tcp 0.0.0.0 21 ipv4 inetd(7000,root)=/usr/sbin/inetd",
                "tcp 0.0.0.0 32768 ipv4 dtlogin(4390,root)=/usr/dt/bin/dtlogin -daemon X(5430,root)",
                "tcp :: 544 dual", "udp 0.0.0.0 514 ipv4",
            ])
        #expect(report.sources.map(\.kind) == ["netstat-bsd", "lsof", "ps"])
        let lines = try #require(report.listeners.first).lines
        #expect(lines.map(\.source) == ["n", "l"])
        #expect(lines.map(\.number) == [3, 2])
    }

    @Test func `rules of a report of our own survive the join, those of one report only`() throws {
        func own(_ rules: String?) -> String {
            let texts = rules.map { [RulesetText(.ipset, origin: $0, text: Array($0.utf8))] } ?? []
            let gap = CoverageGap(.firewall, reason: rules.map { "of \($0)" } ?? "none")
            let report = HostReport(
                hostname: "web1", collected: "2026-01-02T03:04:05Z", coverage: [gap],
                rulesets: texts)
            return String(decoding: report.json(), as: UTF8.self)
        }
        func firewall(_ texts: [(String, String)]) throws -> [String] {
            let report = try joined(texts)
            return report.rulesets.map(\.origin)
                + report.coverage.filter { $0.subject == .firewall }.map(\.reason)
        }
        #expect(try firewall([("n", Self.netstat)]) == ["firewall rules were not read"])
        #expect(try firewall([("n", Self.netstat), ("a", own("a"))]) == ["a", "of a"])
        #expect(
            try firewall([("x", own(nil)), ("a", own("a")), ("b", own("b"))]) == ["a", "of a"])
    }

    @Test("what is too long to be kept is said, and bounded", arguments: [true, false])
    func tooLong(isJSON: Bool) throws {
        var scanner = ReportScanner(origin: "x")
        let row = Array(
            (isJSON ? #"{"port": "1", "protocol": "6"},"# : "tcp 0 0 192.0.2.1:1 ").utf8)
        var part: [UInt8] = []
        while part.count < 1 << 20 { part += row }
        if isJSON { scanner.read(Array(#"{"snapshot": ["#.utf8)) }
        for _ in 0..<18 { scanner.read(part) }
        scanner.read(Array(isJSON ? "{}]}\n".utf8 : "\n".utf8))
        #expect(scanner.finish().problem == .tooLong)
    }

    @Test func `the order of the sources changes nothing but their order`() throws {
        let there = try joined([("n", Self.netstat), ("l", Self.lsof), ("p", Self.ps)])
        let back = try joined([("p", Self.ps), ("l", Self.lsof), ("n", Self.netstat)])
        #expect(there.shown == back.shown)
    }

    @Test func `what one source lists and another lacks is kept as evidence`() throws {
        let report = try joined([("n", Self.netstat), ("l", Self.lsof)])
        let absent = report.contradictions.filter { $0.subject == .presence }
        #expect(absent.isEmpty, "lsof lists no IPv6 and no UDP, so it need not have those")
        let other = Self.lsof + "inetd 7000 root 9u IPv4 0x70064f08 0t0 TCP *:exec (LISTEN)\n"
        let found = try joined([("n", Self.netstat), ("l", other)]).contradictions
        #expect(
            found == [
                Contradiction(
                    .presence, Endpoint(.v4(0), .tcp, 512),
                    claims: [
                        .init(source: "l", text: "listed"), .init(source: "n", text: "not listed"),
                    ])
            ])
    }

    @Test func `different holders and families are kept as evidence`() throws {
        let ss = """
            Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
            tcp   LISTEN 0      128                *:80             *:*    users:(("nginx",pid=70,fd=6))
            tcp   LISTEN 0      128          0.0.0.0:22       0.0.0.0:*    users:(("sshd",pid=53,fd=3))
            udp   UNCONN 0      0               [::]:68          [::]:*

            """
        let newer = """
            Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
            tcp   LISTEN 0      128             [::]:80          [::]:*    users:(("apache2",pid=99,fd=6))
            tcp   LISTEN 0      128          0.0.0.0:22       0.0.0.0:*    users:(("sshd",pid=53,fd=3))
            udp   UNCONN 0      0               [::]:68          [::]:*

            """
        let report = try joined([("old", ss), ("new", newer)])
        let web = Endpoint(.v6(high: 0, low: 0), .tcp, 80)
        #expect(report.contradictions.map(\.subject) == [.owners, .family])
        #expect(report.contradictions.allSatisfy { $0.endpoint == web })
        #expect(
            report.contradictions[0].claims == [
                .init(source: "old", text: "nginx(70)"), .init(source: "new", text: "apache2(99)"),
            ])
        #expect(report.listeners.first { $0.port == 80 }?.family == .ipv6OrDual)
    }

    @Test func `a less precise source adds owners to a more precise one`() throws {
        let ss = """
            $ ss -tulpn
            Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess
            tcp   LISTEN 0      128                *:80             *:*
            udp   UNCONN 0      0   0.0.0.0%virbr0:67         0.0.0.0:*

            """
        let netstat = """
            $ netstat -tulpn
            Active Internet connections (only servers)
            Proto Recv-Q Send-Q Local Address           Foreign Address         State       PID/Program name
            tcp6       0      0 :::80                   :::*                    LISTEN      70/nginx
            udp        0      0 0.0.0.0:67              0.0.0.0:*                           90/dnsmasq

            """
        let report = try joined([("s", ss), ("n", netstat)])
        #expect(
            report.shown == [
                "tcp :: 80 dual nginx(70)", "udp 0.0.0.0@virbr0 67 ipv4 dnsmasq(90)",
            ])
        #expect(report.contradictions.isEmpty)
        #expect(!report.coverage.contains { $0.subject == .binding })
    }

    @Test func `a report of our own stays as it is alone, and joins others`() throws {
        let own = HostReport(
            hostname: "web1", collected: "2026-01-02T03:04:05Z",
            addresses: [HostAddress(.v4(0xc000_020a), prefixLength: 24, interface: "eth0")],
            listeners: [Listener(.tcp, .ipv4, .v4(0), 21)])
        let text = String(decoding: own.json(), as: UTF8.self)
        #expect(try joined([("own", text)]) == own)
        let both = try joined([("own", text), ("l", Self.lsof)])
        #expect(both.hostname == "web1")
        #expect(both.addresses == own.addresses)
        #expect(both.listeners.first?.owners.map(\.pid) == [7000])
    }

    @Test(
        "two signs make a client, one does not",
        arguments: [
            ("udp 0 0 0.0.0.0:40000 0.0.0.0:* 510/avahi-daemon\n", false),
            (
                "udp 0 0 0.0.0.0:40000 0.0.0.0:* 510/avahi-daemon\n"
                    + "udp 0 0 0.0.0.0:5353 0.0.0.0:* 510/avahi-daemon\n", true
            ),
            (
                "udp 0 0 127.0.0.1:40000 0.0.0.0:* 510/avahi-daemon\n"
                    + "udp 0 0 0.0.0.0:5353 0.0.0.0:* 510/avahi-daemon\n", false
            ),
            (
                "udp 0 0 0.0.0.0:4000 0.0.0.0:* 510/avahi-daemon\n"
                    + "udp 0 0 0.0.0.0:5353 0.0.0.0:* 510/avahi-daemon\n", false
            ),
        ])
    func clients(in rows: String, are expected: Bool) throws {
        let report = try joined([("n", rows)])
        #expect(report.listeners.contains { $0.remarks.contains(.likelyClient) } == expected)
        #expect(report.listeners.count == rows.split(separator: "\n").count)
    }

    @Test(
        "what gives nothing is said in one line",
        arguments: [
            ("", "the file is empty"), (" \n\r\n\t\n", "the file is empty"),
            ("Dear Bob,\nhere is the report.\n", "no report of listeners is recognised"),
            (
                "Kernel IP routing table\nDestination Gateway Genmask Flags MSS Window irtt Iface\n",
                "this is a routing table"
            ),
            (#"{"lsof_version":"4.99.7","processes":[]}"#, "neither addresses nor ports"),
            (#"{"type":"host","format":2,"listeners":[]}"#, "format is 2"),
            ("<?xml version=\"1.0\"?><a/>", "no report of listeners is recognised"),
            ("{\"a\": [1, 2", "no report of listeners is recognised"),
        ])
    func problems(of text: String, say expected: String) throws {
        let reports = reports([("a", text), ("n", Self.netstat)])
        #expect(reports.problems.count == 1)
        #expect(reports.problems.first?.problem.contains(expected) ?? false, "\(reports.problems)")
        #expect(reports.joined?.listeners.count == 4, "the other is used")
        #expect(self.reports([("a", text)]).joined == nil)
    }

    @Test(
        "a report that breaks off is used and said so",
        arguments: [
            "tcp        0      0 0.0.0.0:22              0.0.0.0:*               LISTEN\ntcp        0  ",
            #"[{"LocalAddress":"::","LocalPort":22,"State":2},{"LocalAddr"#,
            """
            <nmaprun><host><address addr="192.0.2.1" addrtype="ipv4"/><ports><port protocol="tcp" \
            portid="22"><state state="open"/></port>
            """,
        ])
    func truncation(of text: String) throws {
        let reports = reports([("a", text)])
        #expect(reports.problems.map(\.problem) == ["the report breaks off here"])
        #expect(reports.joined?.listeners.map(\.port) == [22])
    }

    @Test func `a named format is the only one that is looked for`() throws {
        let rows = "tcp4 0 0 *.22 *.* LISTEN\n"
        #expect(HostReports.reading(rows, as: .bsdNetstat).joined?.listeners.count == 1)
        let other = HostReports.reading(rows, as: .socketStatistics)
        #expect(other.joined == nil)
        #expect(other.problems.count == 1)
    }
}
