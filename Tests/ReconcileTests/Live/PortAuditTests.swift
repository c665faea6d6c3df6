import FoundationEssentials
import Prober
import SystemPackage
import Testing

@testable import Reconcile

@Suite struct PortAuditTests {
    private let tcp = SocketTable(transport: .tcp, family: .ipv4)

    /// An audit of a host whose sockets hold `held` and whose lists have `listed`, one list after
    /// the other and the last for ever.
    private func verify(
        held: PortSet, listed: [PortSet], reserved: PortSet = PortSet(), listsBound: Bool = true,
        untested: PortSet = PortSet(), tried: (PortSet) -> Void = { _ in }
    ) -> PortVerification {
        var lists = listed
        return withoutActuallyEscaping(tried) { tried in
            PortAudit(
                listHolders: {
                    let list = lists.count > 1 ? lists.removeFirst() : lists.first
                    return list.map { [tcp: $0] }
                },
                sweep: { table, ports in
                    var sweep = PortAudit.Sweep()
                    guard table == tcp else {
                        sweep.isSupported = false
                        return sweep
                    }
                    tried(ports)
                    sweep.held = ports.intersection(held).subtracting(untested)
                    sweep.untested = ports.intersection(untested)
                    return sweep
                },
                reserved: reserved, listsBoundSockets: listsBound
            ).run()
        }
    }

    @Test func `what every list has is not tried, and nothing hides`() {
        var tried: [PortSet] = []
        let verification = verify(
            held: PortSet(ports: [22, 80]), listed: [PortSet(ports: [22, 80])]
        ) { tried.append($0) }
        #expect(tried == [PortSet([1...21, 23...79, 81...65535])])
        #expect(verification.conclusion == .nothingHidden)
        #expect(verification.sweeps == [.init(.tcp, .ipv4, tested: .all)])
    }

    @Test func `a port that is held and never listed hides`() {
        let verification = verify(
            held: PortSet(ports: [22, 31337]), listed: [PortSet(ports: [22])])
        #expect(
            verification.unlisted == [
                UnlistedPort(.tcp, .ipv4, 31337, .hidden, lacks: [.socketDiagnosis, .proc])
            ])
        #expect(verification.conclusion == .hidden)
    }

    @Test func `a socket that came after the list hides nothing`() {
        let verification = verify(
            held: PortSet(ports: [50_000]), listed: [PortSet(), PortSet(ports: [50_000])])
        #expect(verification.conclusion == .nothingHidden)
    }

    @Test func `a reserved port is told, and is not hidden`() {
        let verification = verify(
            held: PortSet(ports: [30_000]), listed: [PortSet()],
            reserved: PortSet([30_000...30_010]))
        #expect(verification.unlisted.map(\.kind) == [.reserved])
        #expect(verification.conclusion == .nothingHidden)
    }

    @Test func `a kernel that lists no bound sockets leaves the question open`() {
        let verification = verify(
            held: PortSet(ports: [7000]), listed: [PortSet()], listsBound: false)
        #expect(verification.unlisted.map(\.kind) == [.boundOrHidden])
        #expect(verification.conclusion == .undecided)
    }

    @Test func `what could not be tried is named, and leaves the question open`() {
        let verification = verify(
            held: PortSet(), listed: [PortSet(ports: [22])], untested: PortSet([1...1023]))
        #expect(verification.sweeps.map(\.untested) == [PortSet([1...21, 23...1023])])
        #expect(verification.sweeps.map(\.tested) == [PortSet([22...22, 1024...65535])])
        #expect(verification.conclusion == .undecided)
    }

    @Test func `without any list nothing is tried`() {
        let verification = verify(held: PortSet(), listed: [])
        #expect(verification == PortVerification())
        #expect(verification.conclusion == .undecided)
    }

    @Test func `a socket holds its port where a bind of the wildcard meets it`() throws {
        func families(_ address: String, isIPv6Only: Bool?) throws -> Set<IPAddress.Family> {
            let socket = KernelSocket(
                .tcp, try #require(IPAddress(address)), 80, userID: 0, inode: 1,
                isIPv6Only: isIPv6Only)
            return Set(PortAudit.holders([socket]).keys.map(\.family))
        }
        #expect(try families("127.0.0.1", isIPv6Only: nil) == [.ipv4])
        #expect(try families("::", isIPv6Only: true) == [.ipv6])
        #expect(try families("::", isIPv6Only: false) == [.ipv4, .ipv6])
        #expect(try families("::ffff:192.0.2.1", isIPv6Only: false) == [.ipv4])
    }
}

/// The same with real sockets of this process on loopback.
@Suite(.serialized) struct BindTestTests {
    private let loopback = IPAddress.v4(0x7f00_0001)

    @Test func `a port is held while a socket has it`() throws {
        for transport in Transport.allCases {
            let socket = try TestSocket(transport, loopback)
            var test = BindTest(transport, .ipv4)
            var answer = test.answer(for: socket.port)
            #expect(answer == .held)
            // A kept socket must not carry the last failure with it.
            answer = test.answer(for: socket.port)
            #expect(answer == .held)
            let port = socket.port
            _ = consume socket
            answer = test.answer(for: port)
            #expect(answer == .free)
        }
    }

    @Test func `a dual wildcard holds its port in both families, a V6ONLY one in its own`() throws {
        let any = IPAddress.v6(high: 0, low: 0)
        guard let dual = try? TestSocket(.tcp, any),
            let only = try? TestSocket(.udp, any, isIPv6Only: true)
        else { return }
        var answers: [BindTest.Answer] = []
        for (transport, port) in [(Transport.tcp, dual.port), (.udp, only.port)] {
            for family in IPAddress.Family.allCases {
                var test = BindTest(transport, family)
                answers.append(test.answer(for: port))
            }
        }
        #expect(answers == [.held, .held, .free, .held])
    }

    @Test func `a listener that no list has is found by its bind`() throws {
        let socket = try TestSocket(.tcp, loopback)
        let hidden = socket.port
        let tcp = SocketTable(transport: .tcp, family: .ipv4)
        let verification = PortAudit(
            listHolders: { [tcp: PortSet([1...UInt16.max]).subtracting(PortSet(ports: [hidden]))] },
            sweep: { table, ports in
                guard table == tcp else {
                    var none = PortAudit.Sweep()
                    none.isSupported = false
                    return none
                }
                return LiveHost.sweep(
                    table, ports, until: .now().advanced(byNanoseconds: 5_000_000_000))
            }, reserved: PortSet(), listsBoundSockets: true
        ).run()
        #expect(verification.unlisted.map(\.port) == [hidden])
    }

    @Test func `when time is up the rest is untested`() {
        let tcp = SocketTable(transport: .tcp, family: .ipv4)
        let sweep = LiveHost.sweep(tcp, PortSet([1...1000]), until: MonotonicTime(nanoseconds: 0))
        #expect(sweep.untested == PortSet([1...1000]))
        #expect(sweep.held.isEmpty)
    }

    @Test func `a socket of this process that only one source shows is named`() throws {
        let socket = try TestSocket(.tcp, loopback)
        let (inode, port) = (socket.inode, socket.port)
        let host = LiveHost(proc: "/proc") { table in
            Result { () throws(NetlinkError) in
                var diagnosis = try SocketDiagnosis.read(table)
                diagnosis.sockets.removeAll { $0.inode == inode }
                return diagnosis
            }
        }
        let report = try host.collect(now: Date(timeIntervalSince1970: 0), verifiesPorts: true)
        let verification = try #require(report.verification)
        #expect(verification.conclusion == .hidden)
        #expect(
            verification.unlisted.filter { $0.port == port } == [
                UnlistedPort(.tcp, .ipv4, port, .hidden, lacks: [.socketDiagnosis])
            ])
        #expect(verification.sweeps.contains { $0.transport == .udp && $0.family == .ipv4 })
    }
}
