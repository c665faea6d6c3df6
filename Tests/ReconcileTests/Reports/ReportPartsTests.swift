import Prober
import Testing

@testable import Reconcile

/// The parts that the readers are made of.
@Suite struct ReportPartsTests {
    @Test(
        "an endpoint is split at its last separator",
        arguments: [
            (":::22", EndpointText.Separator.colon, "::", "22", nil as String?),
            ("::1:5432", .colon, "::1", "5432", nil), ("*:*", .colon, "*", "*", nil),
            ("[::]:ssh", .colon, "::", "ssh", nil),
            ("0.0.0.0%virbr0:67", .colon, "0.0.0.0", "67", "virbr0"),
            ("[fe80::1%12]:1900", .colon, "fe80::1", "1900", "12"),
            ("[fe80::1]%eth0:123", .colon, "fe80::1", "123", "eth0"),
            ("fe80::1%lo0:123", .colon, "fe80::1", "123", "lo0"),
            ("fe80::1%lo0.123", .dot, "fe80::1", "123", "lo0"),
            ("localhost.domain.ntp", .dot, "localhost.domain", "ntp", nil),
            ("name.domain..ntp", .dot, "name.domain.", "ntp", nil), ("*.*", .dot, "*", "*", nil),
            ("::ffff:192.0.2.1:80", .colon, "::ffff:192.0.2.1", "80", nil),
            ("*:111[portmapper]", .colon, "*", "111", nil),
            ("*:sunrpc[portmapper]", .colon, "*", "sunrpc", nil),
        ])
    func split(
        _ text: String, by separator: EndpointText.Separator, gives host: String, _ port: String,
        _ zone: String?
    ) throws {
        let end = try #require(EndpointText(text, partedBy: separator))
        #expect(end.host == host)
        #expect(end.port == port)
        #expect(end.zone == zone)
        #expect(EndpointText.separator(in: text.replacing("[portmapper]", with: "")) == separator)
    }

    @Test(
        "what is no endpoint is none",
        arguments: ["", ":", "80", ":80", "a:", "[::]", "a]:b]", "1/2"])
    func none(_ text: String) {
        #expect(EndpointText(text, partedBy: .colon) == nil)
    }

    private static func row(
        _ transport: Transport, _ local: String, _ peer: String?, _ state: String?
    ) throws -> SocketRow {
        SocketRow(
            transport: transport, local: try #require(EndpointText(local, partedBy: .colon)),
            peer: peer.flatMap { EndpointText($0, partedBy: .colon) }, state: state)
    }

    @Test(
        "a row counts or is passed over for a reason",
        arguments: [
            (
                Transport.tcp, "*:22", "*:*" as String?, "LISTEN" as String?,
                SocketRow.Outcome.receives([])
            ),
            (.tcp, "*:22", "SRV01:0", "LISTENING", .receives([])),
            (.tcp, "*:22", "*:*", "OUÇA", .receives([.stateInferred])),
            (.tcp, "*:22", "*:*", nil, .receives([.stateInferred])),
            (.tcp, "*:22", "1.2.3.4:5", "VERBUNDEN", .skipped(.connected)),
            (.tcp, "*:22", "1.2.3.4:5", "LISTEN", .receives([.contradictoryRow])),
            (.tcp, "*:22", "*:*", "CLOSE", .skipped(.notListening)),
            (.tcp, "*:22", "*:*", "Bound", .skipped(.notListening)),
            (.tcp, "*:22", "*:*", "SYN-RECV", .skipped(.connected)),
            (.tcp, "*:22", "*:*", "FIN_WAIT_2", .skipped(.connected)),
            (.tcp, "*:*", "*:*", "LISTEN", .skipped(.unbound)),
            (.tcp, "*:0", "*:*", "LISTEN", .skipped(.unbound)),
            (.udp, "*:53", "*:*", nil, .receives([])), (.udp, "*:53", "*:*", "Idle", .receives([])),
            (.udp, "*:53", "*:*", "LISTEN", .receives([.contradictoryRow])),
            (.udp, "*:53", "*:*", "ESTABLISHED", .receives([.contradictoryRow])),
            (.udp, "*:53", ":::12345", "UNCONN", .receives([.contradictoryRow])),
            (.udp, "*:53", "1.2.3.4:5", "ESTABLISHED", .skipped(.connected)),
            (.udp, "*:53", "1.2.3.4:5", nil, .skipped(.connected)),
            (.udp, "*:*", "*:*", nil, .skipped(.unbound)),
        ])
    func outcome(
        of transport: Transport, _ local: String, _ peer: String?, _ state: String?,
        is expected: SocketRow.Outcome
    ) throws {
        #expect(try Self.row(transport, local, peer, state).outcome == expected)
    }

    @Test(
        "a command is known behind any prompt",
        arguments: [
            ("# netstat -af inet", "netstat", "af", false),
            ("root@web1:~# netstat -tulpn", "netstat", "tulpn", false),
            ("[root@web1 ~]# ss -Hltn | grep 22", "ss", "Hltn", true),
            ("$ sudo /usr/bin/lsof -nP -i", "lsof", "nPi", false),
            ("C:\\Users\\x>netstat -ano", "netstat", "ano", false),
            (
                "PS C:\\> Get-NetTCPConnection | Select-Object LocalPort", "Get-NetTCPConnection",
                "", true
            ),
            ("openbsd# netstat -ln", "netstat", "ln", false),
            ("sockstat -46l", "sockstat", "46l", false),
            ("netstat.exe -an | findstr LISTEN", "netstat", "an", true),
        ])
    func command(_ text: String, is tool: String, with flags: String, filtered: Bool) throws {
        let command = try #require(ReportCommand(in: ReportLine(text, number: 1)))
        #expect(command.tool == tool)
        #expect(command.flags == Set(flags))
        #expect(command.isFiltered == filtered)
    }

    @Test(
        "prose and rows are no commands",
        arguments: [
            "The netstat tool lists sockets", "tcp 0 0 *.22 *.* LISTEN", "see ps for more",
            "tcp LISTEN 0 128 *:80 *:* users:((\"ss\",pid=1,fd=3))", "",
        ])
    func prose(_ text: String) {
        #expect(ReportCommand(in: ReportLine(text, number: 1)) == nil)
    }

    @Test(
        "the name of an owner cannot move its number",
        arguments: [
            (#"users:(("sshd",pid=53,fd=3))"#, [53 as Int32], ["sshd"], false),
            (#"users:(("we"ird,pid=1,fd",pid=62,fd=5))"#, [62], [#"we"ird,pid=1,fd"#], false),
            (#"users:(("a",pid=1,fd=2),("b",pid=2,fd=2))"#, [1, 2], ["a", "b"], false),
            (#"users:(("sshd",1231,3))"#, [1231], ["sshd"], true),
            (#"users:(("x",pid=7,proc_ctx=a:b:c:s0-s0:c0.c1,c5,fd=3)) uid:0"#, [7], ["x"], false),
            (#"users:((nothing))"#, [], [], false), ("users:((", [], [], false),
        ])
    func owners(in text: String, are pids: [Int32], _ names: [String], old: Bool) {
        let read = SocketStatisticsDetails(text)
        #expect(read.details.owners.map(\.pid) == pids)
        #expect(read.details.owners.map(\.name) == names)
        #expect(read.hasOldTuples == old)
    }

    @Test(
        "the name of a control group forges nothing",
        arguments: [
            (#"x"),("nginx",pid=1,fd=3))"#, nil as String?),
            (#"x users:(("nginx",pid=1,fd=3))"#, nil),
            ("x cgroup:/system.slice/nginx.service", nil),
            ("x ino:1 sk:1 cgroup:/system.slice/nginx.service", nil),
            ("x <-> cgroup:/system.slice/nginx.service", nil),
            ("x v6only:1 /y", nil), ("app.service uid:0", nil),
            ("app.service", "user@1000.service/app.service"),
        ])
    func controlGroup(_ name: String, hasUnit unit: String?) {
        let owners = #"users:(("evil",pid=666,fd=3))"#
        let path = "cgroup:/user.slice/user-1000.slice/user@1000.service/\(name)"
        for head in [owners + " uid:1000 ino:123 sk:1 ", "uid:1000 ino:123 sk:1 ", ""] {
            for tail in [
                "", " <->", " v6only:0 <->", " <-> skmem:(r0,rb9,d0)",
                " v6only:0 skmem:(r0,rb9,d0)",
            ] {
                let details = SocketStatisticsDetails(head + path + tail).details
                #expect(details.unit == unit, "\(head)|\(tail)")
                #expect(details.container == nil)
                #expect(details.owners.map(\.pid) == (head.hasPrefix("users") ? [666] : []))
                #expect(details.userID == (head.isEmpty ? nil : 1000))
                #expect(details.inode == (head.isEmpty ? nil : 123))
            }
        }
    }

    @Test func `what follows a control group is read`() {
        let read = SocketStatisticsDetails(
            "uid:33 ino:7 sk:1 cgroup:/system.slice/web.service v6only:1 <-> skmem:(r5,rb9,d3)")
        #expect(read.details.unit == "web.service")
        #expect(read.isIPv6Only == true)
        #expect(read.memory?.dropCount == 3)
        let owner = SocketStatisticsDetails(
            #"users:(("x cgroup:/a",pid=7,fd=3)) cgroup:/b.service"#)
        #expect(owner.details.owners.map(\.name) == ["x cgroup:/a"])
        #expect(owner.details.unit == "b.service")
    }

    @Test func `JSON is cut into elements wherever it is cut into parts`() {
        var elements = JSONElements()
        var found: [String] = []
        var ends = 0
        for byte in #"[{"a":"]}\""},{"b":[{}]}, 3]"#.utf8 {
            var (index, line) = (0, 1)
            switch elements.read([byte], from: &index, line: &line) {
            case .value(let value, let isLast):
                found.append(String(decoding: value, as: UTF8.self))
                #expect(!isLast)
            case .end: ends += 1
            case .nothing, .tooLong: break
            }
        }
        #expect(found == [#"{"a":"]}\""}"#, #"{"b":[{}]}"#])
        #expect(ends == 1 && elements.isComplete)
    }

    @Test func `tags have names and attributes, and nothing hides in comments`() {
        var tags = XMLTags()
        let text = """
            <?xml a="<b>"?><!-- <c x="1"/> --><![CDATA[<d/>]]><e f='a > b' g="&lt;&amp;"><h/></e>
            """
        var found: [XMLTags.Tag] = []
        for byte in text.utf8 {
            // A byte at a time: a tag may lie across two parts of a file.
            var (index, line) = (0, 1)
            if let tag = tags.read([byte], from: &index, line: &line) { found.append(tag) }
        }
        #expect(found.map(\.name) == ["e", "h", "e"])
        #expect(found.first?["f"] == "a > b" && found.first?["g"] == "<&")
        #expect(found.first?["h"] == nil && found.last?["f"] == nil)
        #expect(found.map(\.isEmpty) == [false, true, false])
        #expect(found.map(\.isEnd) == [false, false, true])
    }

    @Test(
        "text of any encoding becomes UTF-8",
        arguments: [
            ([0xff, 0xfe, 0x41, 0, 0x3d, 0xd8, 0x00, 0xde] as [UInt8], "A😀"),
            ([0xfe, 0xff, 0, 0x41, 0x20, 0xac], "A€"), ([0x41, 0, 0x42, 0], "AB"),
            ([0xef, 0xbb, 0xbf, 0x41], "A"), ([0x41], "A"), ([], ""),
        ])
    func encodings(_ bytes: [UInt8], are text: String) {
        for size in 1...max(1, bytes.count) {
            var decoder = ReportBytes()
            var rest = bytes[...]
            var decoded: [UInt8] = []
            while !rest.isEmpty {
                decoded += decoder.decode(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            decoded += decoder.finish()
            #expect(String(decoding: decoded, as: UTF8.self) == text, "in parts of \(size)")
        }
    }

    @Test func `binary files are not searched for rows`() {
        let bytes = (0..<4096).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        #expect(HostReports.reading(bytes).problems.first?.problem.contains("recognised") ?? false)
    }
}

extension SocketStatisticsDetails {
    fileprivate init(_ text: String) { self.init(Array(text.utf8)[...]) }
}
