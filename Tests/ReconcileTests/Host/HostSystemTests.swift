import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

@Suite struct HostSystemTests {
    @Test(
        "a report tells the system that it is of",
        arguments: [
            ("ss", HostSystem.linux), ("netstat-linux", .linux), ("proc-net", .linux),
            ("netstat-solaris", .solaris), ("netstat-windows", .windows),
            ("powershell", .windows), ("fstat", .openBSD), ("systemctl", .linuxSystemd),
        ])
    func system(ofFolder folder: String, is expected: HostSystem) throws {
        let fixtures = ReportFixture.all.filter { $0.name.hasPrefix("\(folder)/") }
        #expect(fixtures.count >= 3)
        for fixture in fixtures {
            let report = try #require(HostReports.reading(try fixture.bytes()).joined)
            // A unit tells what starts the services.
            let isAlike = report.system.map { expected.joined(with: $0) == $0 } ?? false
            #expect(isAlike, "\(fixture.name): \(String(describing: report.system))")
        }
    }

    private static let tableTexts: [(String, HostSystem?)] = [
        (
            """
            Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
            tcp        0      0  *.21                   *.*                    LISTEN
            tcp4       0      0  *.22                   *.*                    LISTEN

            """,
            HostSystem.aix
        ),
        (
            """
            Active Internet connections (IPv6, including servers)
            Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
            tcp        0      0  *.21                   *.*                    LISTEN

            """,
            .hpux
        ),
        // FreeBSD and old macOS write the same.
        (
            """
            Proto Recv-Q Send-Q Local Address          Foreign Address        (state)
            tcp4       0      0 *.22                   *.*                    LISTEN

            """,
            nil
        ),
    ]

    @Test("a table of BSD's form tells it where its heading or its words do", arguments: tableTexts)
    func system(of text: String, is expected: HostSystem?) throws {
        #expect(HostReports.reading(Array(text.utf8)).joined?.system == expected)
    }

    @Test func `what two sources say is joined, and a contradiction tells nothing`() {
        #expect(HostSystem.linux.joined(with: .linuxSystemd) == .linuxSystemd)
        #expect(HostSystem.linuxSystemd.joined(with: .linux) == .linuxSystemd)
        #expect(HostSystem.linux.joined(with: .linux) == .linux)
        #expect(HostSystem.linuxSystemd.joined(with: .linuxOpenRC) == nil)
        #expect(HostSystem.linux.joined(with: .aix) == nil)
        #expect(HostSystem.aix.joined(with: .linux) == nil)
        var report = HostReport(hostname: "", collected: "")
        report.concludeSystem([.linux, .windows])
        #expect(report.system == nil)
        report.concludeSystem([.linux, .linux], first: "systemd")
        #expect(report.system == .linuxSystemd)
    }

    @Test func `units tell that systemd starts the services`() {
        var report = HostReport(
            hostname: "", collected: "",
            listeners: [Listener(.tcp, .ipv4, "0.0.0.0", 22, unit: "ssh.service")])
        report.concludeSystem([.linux])
        #expect(report.system == .linuxSystemd)
    }

    private static let names: [(String, HostSystem?)] = [
        ("Linux", HostSystem.linux), ("AIX", .aix), ("SunOS", .solaris),
        ("Darwin", .macOS), ("HP-UX", .hpux), ("DragonFly", .freeBSD), ("OpenBSD", .openBSD),
        ("NetBSD", .netBSD), ("CYGWIN_NT-10.0", .windows), ("Plan 9", nil), ("", nil),
        ("linux", nil),
    ]

    @Test("the name of a system", arguments: names)
    func system(called name: String, is expected: HostSystem?) {
        #expect(HostSystem(uname: name) == expected)
    }

    @Test func `a machine is asked what starts its services`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "prober-system-\(UInt64.random(in: .min ... .max))")
        defer { try? FileManager.default.removeItem(at: folder) }
        func make(_ name: String) throws {
            try FileManager.default.createDirectory(
                at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        try make("etc")
        let host = LiveHost(
            proc: "/proc", etc: folder.appending(path: "etc").path, root: folder.path,
            diagnose: { _ in .failure(.malformed) })
        #expect(host.system() == .linux)
        try Data("id:2:initdefault:\n".utf8).write(to: folder.appending(path: "etc/inittab"))
        #expect(host.system() == .linuxSysV)
        try make("run/openrc")
        #expect(host.system() == .linuxOpenRC)
        try make("run/systemd/system")
        #expect(host.system() == .linuxSystemd)
    }
}
