import FoundationEssentials
import Glibc
import Prober
import SystemPackage
import Testing

@testable import Reconcile

/// Real sockets of this process on loopback, found again in the report of this host.
///
/// Serialized, because a program that one test starts would hold what another one shares.
@Suite(.serialized) struct LiveHostTests {
    private static let hasIPv6 = (try? TestSocket(.tcp, .v6(high: 0, low: 1))) != nil
    private let loopback = IPAddress.v4(0x7f00_0001)
    private let anyIPv6 = IPAddress.v6(high: 0, low: 0)

    private func collect() throws -> HostReport {
        try LiveHost().collect(now: Date(timeIntervalSince1970: 1_700_000_000))
    }

    private func listener(_ socket: borrowing TestSocket) throws -> Listener? {
        let inode = socket.inode
        let found = try collect().listeners.filter { $0.inode == inode }
        #expect(found.count <= 1)
        return found.first
    }

    @Test func `a TCP listener is found with its port, owner, user and backlog`() throws {
        let socket = try TestSocket(.tcp, loopback, backlog: 7)
        let found = try #require(try listener(socket))
        #expect(found.transport == .tcp)
        #expect(found.family == .ipv4)
        #expect(found.address == loopback)
        #expect(found.port == socket.port)
        #expect(found.device == nil)
        #expect(found.owners.map(\.pid) == [getpid()])
        #expect(found.owners.first?.command?.isEmpty == false)
        #expect(found.userID == getuid())
        #expect(found.queue == AcceptQueue(waiting: 0, limit: 7))
    }

    @Test func `connections that wait for accept are counted`() throws {
        let socket = try TestSocket(.tcp, loopback, backlog: 7)
        let first = try TestSocket.connected(to: loopback, port: socket.port)
        let second = try TestSocket.connected(to: loopback, port: socket.port)
        #expect(try listener(socket)?.queue == AcceptQueue(waiting: 2, limit: 7))
        #expect(try listener(first) == nil)
        #expect(try listener(second) == nil)
    }

    @Test func `a full accept queue is seen, with what it kept out`() throws {
        let socket = try TestSocket(.tcp, loopback, backlog: 0)
        let waiting = try TestSocket.connected(to: loopback, port: socket.port)
        let kept = try #require(try listener(socket))
        #expect(kept.queue == AcceptQueue(waiting: 1, limit: 0))
        #expect(kept.dropCount == 0)
        let before = LiveHost().counters()[.listenOverflows] ?? 0
        let late = try TestSocket(.tcp, loopback, backlog: nil)
        _ = fcntl(late.descriptor, F_SETFL, O_NONBLOCK)
        #expect(throws: (any Error).self) { try late.connect(to: loopback, port: socket.port) }
        #expect(try listener(socket)?.dropCount ?? 0 > 0)
        #expect(LiveHost().counters()[.listenOverflows] ?? 0 > before)
        _ = (waiting.port, late.port)
    }

    @Test func `datagrams that wait, and those that had no room, are seen`() throws {
        let socket = try TestSocket(.udp, loopback)
        let fresh = try #require(try listener(socket))
        #expect(fresh.buffer?.used == 0)
        #expect(fresh.dropCount == 0)
        let limit = try #require(fresh.buffer?.limit)
        let before = LiveHost().counters()[.udpBufferFull] ?? 0
        let sender = try TestSocket(.udp, loopback)
        try sender.connect(to: loopback, port: socket.port)
        let datagram = [UInt8](repeating: 0, count: 8192)
        let count = Int(limit) / datagram.count + 50
        for _ in 0..<count { _ = unsafe send(sender.descriptor, datagram, datagram.count, 0) }
        let full = try #require(try listener(socket))
        #expect(full.buffer?.used ?? 0 > limit / 2)
        #expect(full.dropCount ?? 0 >= 50)
        #expect(LiveHost().counters()[.udpBufferFull] ?? 0 >= before + (full.dropCount ?? 0))
        // The text that every kernel has tells the same, but for the limit.
        let table = SocketTable(transport: .udp, family: .ipv4)
        let inProc = try ProcNetTable.read(table, in: "/proc").sockets
            .first { $0.inode == socket.inode }
        #expect(inProc?.dropCount.map(UInt64.init) == full.dropCount)
        #expect(inProc?.bufferUsed == full.buffer?.used)
    }

    @Test(
        .enabled(if: hasIPv6),
        arguments: [
            (true, Listener.Family.ipv6), (false, .dual),
        ])
    func `V6ONLY decides whether an IPv6 wildcard takes IPv4`(
        isIPv6Only: Bool, family: Listener.Family
    ) throws {
        for transport in Transport.allCases {
            let socket = try TestSocket(transport, anyIPv6, isIPv6Only: isIPv6Only)
            let found = try #require(try listener(socket))
            #expect(found.family == family)
            #expect(found.address == anyIPv6)
            #expect(found.port == socket.port)
        }
    }

    @Test(.enabled(if: hasIPv6)) func `a mapped address is kept, and reached by IPv4`() throws {
        let mapped = IPAddress.v6(high: 0, low: 0xffff_7f00_0001)
        let found = try #require(try listener(try TestSocket(.tcp, mapped)))
        #expect(found.address == mapped)
        #expect(found.family == .ipv4)
    }

    @Test func `two sockets that share a port are two listeners`() throws {
        let first = try TestSocket(.tcp, loopback, sharesPort: true)
        let port = first.port
        let second = try TestSocket(.tcp, loopback, port: port, sharesPort: true)
        let found = try collect().listeners.filter { $0.port == port && $0.transport == .tcp }
        let inodes = [first.inode, second.inode].sorted()
        #expect(found.map(\.inode) == inodes)
    }

    @Test func `a UDP socket listens until it is connected`() throws {
        let peer = try TestSocket(.udp, loopback)
        let socket = try TestSocket(.udp, loopback)
        let found = try #require(try listener(socket))
        #expect(found.transport == .udp)
        #expect(found.queue == nil)
        try socket.connect(to: loopback, port: peer.port)
        #expect(try listener(socket) == nil)
    }

    @Test func `the device that a socket is bound to is named`() throws {
        let socket = try TestSocket(.udp, .v4(0), device: "lo")
        #expect(try listener(socket)?.device == "lo")
    }

    @Test func `every process that holds a socket owns it`() throws {
        let socket = try TestSocket(.tcp, loopback)
        try socket.share()
        let program = try TestProgram("/bin/sleep", "600")
        let found = try #require(try listener(socket))
        let pids = [getpid(), program.pid].sorted()
        #expect(found.owners.map(\.pid) == pids)
        #expect(found.owners.contains { $0.name == "sleep" && $0.command == "/bin/sleep 600" })
    }

    @Test func `the report says when it was made and what it did not see`() throws {
        let report = try collect()
        #expect(report.collected == "2023-11-14T22:13:20Z")
        #expect(!report.hostname.isEmpty)
        let hasRules = report.rulesets.contains { $0.kind == .nftJSON }
        #expect(hasRules || report.coverage.contains { $0.subject == .firewall })
        #expect(report.addresses == report.addresses.sorted { $0.address < $1.address })
        #expect(try HostReport(json: report.json(), source: "-") == report)
    }

    @Test func `namespaces that are not to be entered are a gap`() throws {
        let proc = try FakeProc()
        for (pid, namespace) in [(1, 100), (2, 200), (3, 300)] {
            try proc.addProcess(pid, name: "p", command: "", namespace: namespace, sockets: [])
        }
        let host = LiveHost(proc: proc.path, namespaceNames: "\(proc.path)/none") { _ in
            .success(SocketDiagnosis(sockets: [], isInterrupted: false))
        }
        func reasons(_ includesNamespaces: Bool) throws -> [String] {
            let report = try host.collect(
                now: Date(timeIntervalSince1970: 0), includesNamespaces: includesNamespaces)
            return report.coverage.filter { $0.subject == .namespaces }.map(\.reason)
        }
        #expect(try reasons(false) == ["2 other network namespaces of this host were not read"])
        // A process says that it is there, so that one which does not open is one too.
        #expect(
            try reasons(true) == [
                "2 other network namespaces of this host were not entered: "
                    + "No such file or directory"
            ])
    }

    @Test func `a firewall that is left alone is not in the report`() throws {
        let report = try LiveHost(readsFirewall: false)
            .collect(now: Date(timeIntervalSince1970: 0))
        #expect(report.rulesets == [])
        #expect(
            report.coverage.filter { $0.subject == .firewall }.map(\.reason) == [
                "firewall rules were not read"
            ])
    }

    @Test func `the settings of the kernel are in the report, and only those it has`() throws {
        let sysctls = try collect().sysctls
        #expect(sysctls[.icmpRateLimit].flatMap { UInt32($0) } != nil)
        #expect(sysctls[.ephemeralPorts]?.split(separator: " ").count == 2)
        let proc = try FakeProc()
        try proc.write("6168\n", to: "sys/net/ipv4/icmp_ratemask")
        try proc.write("32768\t60999\n", to: "sys/net/ipv4/ip_local_port_range")
        try proc.write("\n", to: "sys/net/ipv6/icmp/ratemask")
        let host = LiveHost(proc: proc.path) { table in
            Result { () throws(NetlinkError) in try SocketDiagnosis.read(table) }
        }
        let report = try host.collect(now: Date(timeIntervalSince1970: 0))
        #expect(
            report.sysctls
                == [.icmpRateMask: "6168", .ephemeralPorts: "32768 60999", .icmpv6RateMask: ""])
        #expect(report.sources.contains { $0.origin == "/proc/sys/net" })
    }

    @Test func `without sock_diag the same sockets are found, with V6ONLY unknown`() throws {
        let ipv4 = try TestSocket(.tcp, loopback)
        let ipv6 = Self.hasIPv6 ? try TestSocket(.udp, anyIPv6) : try TestSocket(.udp, loopback)
        let host = LiveHost(proc: "/proc") { _ in .failure(.failed(.notPermitted)) }
        let report = try host.collect(now: Date(timeIntervalSince1970: 0))
        let (first, second) = (ipv4.inode, ipv6.inode)
        let found = report.listeners.filter { $0.inode == first || $0.inode == second }
        #expect(found.map(\.port) == [ipv4.port, ipv6.port])
        #expect(found.map(\.family) == [.ipv4, Self.hasIPv6 ? .ipv6OrDual : .ipv4])
        #expect(found.allSatisfy { $0.owners.map(\.pid) == [getpid()] && $0.queue == nil })
        #expect(report.coverage.contains { $0.subject == .binding })
    }

    @Test func `without proc the sockets stay, and owners are a gap`() throws {
        let socket = try TestSocket(.tcp, loopback)
        let inode = socket.inode
        let host = LiveHost(proc: "/nonexistent") { table in
            Result { () throws(NetlinkError) in try SocketDiagnosis.read(table) }
        }
        let report = try host.collect(now: Date(timeIntervalSince1970: 0))
        let found = try #require(report.listeners.first { $0.inode == inode })
        #expect(found.owners.isEmpty)
        #expect(Set(report.coverage.map(\.subject)).isSuperset(of: [.owners, .namespaces]))
    }

    @Test(.enabled(if: outputOfCommand("ss -V") != nil))
    func `ss lists the same sockets of this process`() throws {
        let tcp = try TestSocket(.tcp, loopback)
        let udp = try TestSocket(.udp, loopback, device: "lo")
        let wild = try TestSocket(.tcp, Self.hasIPv6 ? anyIPv6 : loopback)
        let text = try #require(outputOfCommand("ss -tulnHpe"))
        // ino: of every line that names this process.
        let expected = text.split(separator: "\n").filter { $0.contains("pid=\(getpid()),") }
            .compactMap { line in
                line.split(separator: " ").first { $0.hasPrefix("ino:") }
                    .flatMap { UInt64($0.dropFirst(4)) }
            }
        let mine = try collect().listeners.filter { $0.owners.contains { $0.pid == getpid() } }
        let opened: Set<UInt64> = [tcp.inode, udp.inode, wild.inode]
        #expect(Set(expected) == opened)
        #expect(Set(mine.compactMap(\.inode)) == opened)
    }
}
