import Prober
import Testing

@testable import Reconcile

@Suite struct ServiceNamesTests {
    @Test(
        "names that old systems print have their ports",
        arguments: [
            ("kshell", Transport.tcp, UInt16(544)), ("smux", .tcp, 199), ("sunrpc", .udp, 111),
            ("portmap", .tcp, 111), ("bootpc", .udp, 68), ("xdmcp", .udp, 177), ("www", .tcp, 80),
            ("Echo", .tcp, 7), ("shell", .tcp, 514), ("syslog", .udp, 514), ("login", .tcp, 513),
            ("who", .udp, 513), ("exec", .tcp, 512), ("biff", .udp, 512), ("rfe", .tcp, 5002),
            ("rmonitor_secure", .tcp, 5145), ("pad12sim", .udp, 5236), ("sub-process", .tcp, 6111),
            ("xdsxdm", .udp, 6558), ("afs3-fileserver", .tcp, 7000), ("af3-callback", .udp, 7001),
            ("writesrv", .tcp, 2401), ("dtspc", .tcp, 6112), ("rmc", .udp, 657),
            ("lockd", .tcp, 4045),
            ("clcomd", .tcp, 16191), ("x11-3", .tcp, 6003), ("http-alt", .tcp, 8080),
        ])
    func port(of name: String, over transport: Transport, is port: UInt16) {
        #expect(ServiceNames().meaning(of: name, over: transport) == .port(port, nil))
    }

    @Test func `a name of the other transport counts with a remark`() {
        #expect(
            ServiceNames().meaning(of: "syslog", over: .tcp) == .port(514, .nameOfOtherTransport))
        #expect(
            ServiceNames().meaning(of: "shell", over: .udp) == .port(514, .nameOfOtherTransport))
    }

    @Test func `a name with two numbers stays open`() {
        #expect(ServiceNames().meaning(of: "compressnet", over: .tcp) == .ports(PortSet([2...3])))
    }

    @Test func `a cut name counts when only one service begins so`() {
        #expect(ServiceNames().meaning(of: "kerberos-ad", over: .tcp) == .port(749, .nameCut))
        #expect(ServiceNames().meaning(of: "rmonitor", over: .tcp) == .port(5145, nil))
        #expect(ServiceNames().meaning(of: "netbios-", over: .tcp) == .unknown, "three begin so")
        #expect(ServiceNames().meaning(of: "kshe", over: .tcp) == .unknown, "too short")
    }

    @Test func `the host's own file comes first, the machine's last`() {
        let host = ServiceEntries(parsing: "www 8888/tcp\n")
        let machine = ServiceEntries(parsing: "ftp 2121/tcp\nours 7777/tcp\n")
        let names = ServiceNames(host: host, machine: machine)
        #expect(names.meaning(of: "www", over: .tcp) == .port(8888, nil))
        #expect(names.meaning(of: "ftp", over: .tcp) == .port(21, nil))
        #expect(names.meaning(of: "ours", over: .tcp) == .port(7777, nil))
        #expect(names.meaning(of: "nobody-knows", over: .tcp) == .unknown)
    }

    @Test func `services files are read with their misprints`() {
        let entries = ServiceEntries(
            parsing: """
                # comment
                Echo\t\t7/tcp
                xdsxdm 6558/ucp
                compressnet 2/tcp Compression Process
                http 80/tcp www www-http # web
                ddp 4/ddp
                split
                99/udp

                """)
        #expect(entries.ports(of: "echo", over: .tcp) == [7])
        #expect(entries.ports(of: "xdsxdm", over: .udp) == [6558])
        #expect(entries.ports(of: "www-http", over: .tcp) == [80])
        #expect(entries.ports(of: "compression", over: .tcp) == [])
        #expect(entries.ports(of: "split", over: .udp) == [99])
        #expect(ServiceEntries(parsing: "nothing here\n").isEmpty)
    }

    @Test func `an unknown name is kept, and a cut port says what it may be`() throws {
        let report = try #require(
            HostReports.reading("tcp4 0 0 *.nobody-knows *.* LISTEN\n").joined)
        #expect(report.partialListeners.map(\.port) == [.name("nobody-knows", PortSet())])
        let ports = SocketMerge.ports(beginning: "548")
        #expect(ports.contains(548) && ports.contains(5480) && ports.contains(54899))
        #expect(!ports.contains(549) && ports.count == 111)
        #expect(SocketMerge.ports(beginning: "65535").count == 1)
    }
}
