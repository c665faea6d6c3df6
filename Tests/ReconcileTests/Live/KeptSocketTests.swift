import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

@Suite struct SocketUnitsTests {
    private func kept(
        _ transport: Transport, _ address: String?, _ port: UInt16, _ unit: String,
        _ service: String
    ) -> KeptSocket {
        KeptSocket(
            transport: transport, address: address.flatMap { IPAddress($0) }, port: port,
            activation: Activation(by: .systemd, unit: unit, service: service))
    }

    @Test func `a unit asks for sockets over TCP and UDP, by port or by address`() {
        let text = """
            [Unit]
            Description=[Socket] ListenStream=1
            ListenStream=1
            [Socket]
            # ListenStream=2
            ListenStream=/run/rpcbind.sock
            ListenStream=0.0.0.0:111
            ListenDatagram = [::]:111
            ListenStream=\\
              2222
            ListenStream=[fe80::1]:22%eth0
            ListenStream=vsock::5
            ListenStream=@abstract
            ListenSequentialPacket=9
            ListenStream=%t/x
            ListenStream=0
            """
        #expect(
            SocketUnits.sockets(of: "rpcbind.socket", text) == [
                kept(.tcp, "0.0.0.0", 111, "rpcbind.socket", "rpcbind.service"),
                kept(.udp, "::", 111, "rpcbind.socket", "rpcbind.service"),
                kept(.tcp, nil, 2222, "rpcbind.socket", "rpcbind.service"),
                kept(.tcp, "fe80::1", 22, "rpcbind.socket", "rpcbind.service"),
            ])
    }

    @Test(arguments: [
        ("ssh.socket", "Accept=yes", "ssh@.service"),
        ("ssh.socket", "Accept=no", "ssh.service"),
        ("ssh.socket", "Service=other.service", "other.service"),
        ("ssh.socket", "Service=x.service\nService=", "ssh.service"),
        ("a@1.socket", "Accept=true", "a@.service"),
        ("a@1.socket", "", "a@1.service"),
    ])
    func `the service has the unit's name, an instance for each connection, or its own`(
        unit: String, setting: String, service: String
    ) {
        let kept = SocketUnits.sockets(of: unit, "[Socket]\nListenStream=22\n\(setting)\n")
        #expect(kept.map(\.activation.service) == [service])
    }

    @Test func `an empty setting takes back what came before`() {
        let text = "[Socket]\nListenStream=22\nListenDatagram=23\nListenStream=\nListenStream=24\n"
        #expect(SocketUnits.sockets(of: "a.socket", text).map(\.port) == [24])
    }

    @Test func `the first folder wins, drop-ins add, links to nothing mask, wants make instances`()
        throws
    {
        let root = try FakeProc()
        let usr = "usr/lib/systemd/system"
        try root.write("[Socket]\nListenStream=22\n", to: "\(usr)/ssh.socket")
        try root.write("[Socket]\nListenStream=2022\n", to: "etc/systemd/system/ssh.socket")
        try root.write(
            "[Socket]\nListenStream=\nListenStream=2222\n",
            to: "run/systemd/system/ssh.socket.d/10-port.conf")
        try root.write("[Socket]\nListenStream=111\n", to: "\(usr)/rpcbind.socket")
        try root.link("etc/systemd/system/rpcbind.socket", to: "/dev/null")
        try root.write("[Socket]\nListenDatagram=4%i\n", to: "\(usr)/game@.socket")
        try root.link(
            "etc/systemd/system/sockets.target.wants/game@2.socket", to: "/\(usr)/game@.socket")
        #expect(
            SocketUnits.read(below: root.path) == [
                kept(.udp, nil, 42, "game@2.socket", "game@2.service"),
                kept(.tcp, nil, 2222, "ssh.socket", "ssh.service"),
            ])
        #expect(SocketUnits.read(below: root.path + "/none").isEmpty)
    }
}

@Suite struct SuperServersTests {
    private let services = ServiceTable(parsing: "ftp 21/tcp\ntftp 69/udp\nssh 22/tcp\n")

    private func kept(
        _ keeper: Activation.Keeper, _ transport: Transport, _ address: String?, _ port: UInt16,
        _ service: String
    ) -> KeptSocket {
        KeptSocket(
            transport: transport, address: address.flatMap { IPAddress($0) }, port: port,
            activation: Activation(by: keeper, service: service))
    }

    @Test func `a line of inetd names port and program`() {
        let text = """
            # ftp stream tcp nowait root /a a
            ftp stream tcp nowait root /usr/sbin/tcpd in.ftpd -l
            127.0.0.1:tftp dgram udp wait nobody /usr/sbin/in.tftpd in.tftpd
            [::1]:7 stream tcp6 nowait root internal
            *:8 stream tcp nowait root internal
            nobodyknows stream tcp nowait root /a a
            host.example:9 stream tcp nowait root /a a
            mountd/1 dgram rpc/udp wait root /a a
            short stream tcp
            0 stream tcp nowait root internal
            """
        #expect(
            SuperServers.inetd(text, services) == [
                kept(.inetd, .tcp, nil, 21, "in.ftpd"),
                kept(.inetd, .udp, "127.0.0.1", 69, "/usr/sbin/in.tftpd"),
                kept(.inetd, .tcp, "::1", 7, "internal"),
                kept(.inetd, .tcp, nil, 8, "internal"),
            ])
    }

    @Test func `an entry of xinetd names port and program, unless it is disabled`() {
        let text = """
            defaults
            {
                instances = 60
            }
            service ftp
            {
                socket_type = stream   # comment
                server      = /usr/sbin/in.ftpd
                bind        = 192.0.2.1
                log_on_failure += USERID
            }
            service echo {
                type        = INTERNAL UNLISTED
                protocol    = udp
                port        = 7
            }
            service ssh
            {
                disable = yes
                server = /usr/sbin/sshd
            }
            service tftp
            {
                socket_type = dgram
                server = /usr/sbin/in.tftpd
            }
            service nobodyknows
            {
                server = /a
            }
            service ftp
            {
            """
        #expect(
            SuperServers.xinetd(text, services) == [
                kept(.xinetd, .tcp, "192.0.2.1", 21, "/usr/sbin/in.ftpd"),
                kept(.xinetd, .udp, nil, 7, "internal"),
                kept(.xinetd, .udp, nil, 69, "/usr/sbin/in.tftpd"),
            ])
    }

    @Test func `files of both in their folders are read`() throws {
        let etc = try FakeProc()
        try etc.write("ftp stream tcp nowait root /a a\n", to: "inetd.conf")
        try etc.write(
            "service tftp\n{\nsocket_type = dgram\nserver = /b\n}\n", to: "xinetd.d/tftp")
        #expect(
            SuperServers.read(in: etc.path, services: services).map(\.activation) == [
                Activation(by: .inetd, service: "/a"), Activation(by: .xinetd, service: "/b"),
            ])
    }

    @Test("no bytes trap", arguments: 0..<50)
    func hostile(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        let pieces = [
            "service", "{", "}", "=", "ftp", "tcp", " ", "\n", "[", "]", ":", "%", "\\", "[Socket]",
            "ListenStream=", "65536", "-1", "\u{0}", "é", "@", "#", "tcpd", "stream", "root",
        ]
        for _ in 0..<40 {
            let text = (0..<60).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
            let kept =
                SuperServers.inetd(text, services) + SuperServers.xinetd(text, services)
                + SocketUnits.sockets(of: "a@b.socket", text)
            #expect(kept.allSatisfy { $0.port != 0 })
        }
    }
}
