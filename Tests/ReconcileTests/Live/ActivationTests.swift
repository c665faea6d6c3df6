import FoundationEssentials
import Prober
import Testing

@testable import Reconcile

/// Who keeps a socket, on a host made of files.
@Suite struct ActivationTests {
    private func report(
        _ sockets: [KernelSocket], _ prepare: (borrowing FakeProc) throws -> Void
    ) throws -> [Listener] {
        let root = try FakeProc()
        try prepare(root)
        let host = LiveHost(
            proc: root.path, etc: "\(root.path)/etc", namespaceNames: "\(root.path)/none",
            root: root.path
        ) { table in
            .success(
                SocketDiagnosis(
                    sockets: sockets.filter {
                        $0.transport == table.transport && $0.address.family == table.family
                    }, isInterrupted: false))
        }
        return try host.collect(now: Date(timeIntervalSince1970: 0)).listeners
    }

    private func socket(_ port: UInt16, inode: UInt64, _ transport: Transport = .tcp)
        -> KernelSocket
    {
        KernelSocket(
            transport, .v6(high: 0, low: 0), port, userID: 0, inode: inode, isIPv6Only: false)
    }

    private static let unit = "[Socket]\nListenStream=22\n"

    @Test func `a socket of systemd has its socket unit and the service that it starts`() throws {
        let found = try report([socket(22, inode: 7), socket(23, inode: 8)]) { root in
            try root.addProcess(
                1, name: "systemd", command: "/sbin/init\0", group: "/init.scope", sockets: [7, 8])
            try root.write(Self.unit, to: "etc/systemd/system/ssh.socket")
        }
        #expect(found.map(\.unit) == ["ssh.socket", "init.scope"])
        #expect(
            found.map(\.activation) == [
                Activation(by: .systemd, unit: "ssh.socket", service: "ssh.service"), nil,
            ])
        #expect(found.map(\.remarks) == [[.socketUnit], []])
    }

    @Test func `of a socket that the service holds too, the service stays the unit`() throws {
        let found = try report([socket(22, inode: 7)]) { root in
            try root.addProcess(
                1, name: "systemd", command: "/sbin/init\0", group: "/init.scope", sockets: [7])
            try root.addProcess(
                9, name: "sshd", command: "sshd\0", group: "/system.slice/ssh.service",
                sockets: [7])
            try root.write(Self.unit, to: "usr/lib/systemd/system/ssh.socket")
        }
        #expect(found.map(\.unit) == ["ssh.service"])
        #expect(found.first?.activation?.unit == "ssh.socket")
        #expect(found.first?.owners.map(\.pid) == [1, 9])
    }

    @Test func `what systemd does not hold is kept by no unit`() throws {
        let found = try report([socket(22, inode: 7)]) { root in
            try root.addProcess(1, name: "systemd", command: "", sockets: [])
            try root.addProcess(9, name: "sshd", command: "sshd\0", sockets: [7])
            try root.write(Self.unit, to: "etc/systemd/system/ssh.socket")
        }
        #expect(found.map(\.activation) == [nil])
    }

    @Test(arguments: [
        ("inetd", "inetd.conf", "ftp stream tcp nowait root /usr/sbin/ftpd ftpd\n"),
        ("xinetd", "xinetd.d/ftp", "service ftp\n{\nserver = /usr/sbin/ftpd\n}\n"),
    ])
    func `a socket of a super-server has its program`(
        name: String, file: String, text: String
    ) throws {
        let found = try report([socket(21, inode: 7)]) { root in
            try root.addProcess(1, name: "init", command: "", sockets: [])
            try root.addProcess(30, name: name, command: "\(name)\0", sockets: [7])
            try root.write("ftp 21/tcp\n", to: "etc/services")
            try root.write(text, to: "etc/\(file)")
        }
        let keeper = try #require(Activation.Keeper(rawValue: name))
        #expect(found.map(\.activation) == [Activation(by: keeper, service: "/usr/sbin/ftpd")])
    }

    @Test func `sockets that share a port by SO_REUSEPORT say so, and others do not`() throws {
        let found = try report([
            socket(80, inode: 1), socket(80, inode: 2), socket(81, inode: 3),
            socket(80, inode: 4, .udp),
        ]) { root in try root.addProcess(1, name: "init", command: "", sockets: []) }
        #expect(
            found.map(\.remarks) == [[.sharedPort], [.sharedPort], [], []])
    }

    @Test func `the kernel's NFS server is named where no process holds a socket`() throws {
        let found = try report([socket(2049, inode: 1), socket(2050, inode: 2)]) { root in
            try root.addProcess(1, name: "init", command: "", sockets: [])
            try root.write("tcp 2049\nudp 2050\nbroken\n", to: "fs/nfsd/portlist")
        }
        #expect(found.map(\.kernelHolder) == [KernelHolder(.nfs), nil])
    }

    @Test func `the host's NFS server holds no socket of another namespace`() throws {
        let root = try FakeProc()
        try root.write("tcp 2049\n", to: "fs/nfsd/portlist")
        let host = LiveHost(proc: root.path) { _ in
            .success(SocketDiagnosis(sockets: [], isInterrupted: false))
        }
        for isOwn in [true, false] {
            let found = host.listeners(
                [socket(2049, inode: 1)], SocketOwners(), HostAddresses([], []), isOwn: isOwn)
            #expect(found.map(\.kernelHolder) == [isOwn ? KernelHolder(.nfs) : nil])
        }
    }

    @Test func `a tunnel of the kernel is named by its port`() {
        let vxlan = NetworkInterface(
            index: 3, name: "vxlan7", isUp: true, kind: "vxlan", tunnelPort: 4789)
        let wireGuard = NetworkInterface(
            index: 4, name: "wg0", isUp: true, kind: "wireguard", tunnelPort: 51820)
        let addresses = HostAddresses([vxlan, wireGuard], [])
        let any = IPAddress.v4(0)
        #expect(
            addresses.kernelHolder(of: Listener(.udp, .ipv4, any, 4789))
                == KernelHolder(.vxlan, interface: "vxlan7"))
        #expect(
            addresses.kernelHolder(of: Listener(.udp, .ipv6, .v6(high: 0, low: 0), 51820))
                == KernelHolder(.wireguard, interface: "wg0"))
        #expect(addresses.kernelHolder(of: Listener(.tcp, .ipv4, any, 4789)) == nil)
        #expect(addresses.kernelHolder(of: Listener(.udp, .ipv4, any, 4790)) == nil)
    }
}
