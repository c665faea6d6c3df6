import Prober
import Testing

@testable import Reconcile

@Suite struct ActionTests {
    private func finding(
        _ listeners: [Listener], _ evidence: Evidence = .handshake, port: UInt16 = 6379,
        at address: IPAddress = ReconcileTests.web, under policy: Policy = Policy()
    ) throws -> Finding {
        let reconciliation = reconcile(
            .of([ReconcileTests.group(port...port, evidence, at: address)]),
            with: ReconcileTests.report(listeners), under: policy)
        return try #require(reconciliation.findings.first)
    }

    @Test func `an exposure is stopped first and declared last`() throws {
        let ports = PortSet(ports: [6379])
        let service = Action.Service.unit("redis-server.service")
        #expect(
            try finding([ReconcileTests.redis]).actions == [
                .stop(service), .rebind(service), .restrict(.tcp, ports), .declare(.tcp, ports),
            ])
    }

    @Test func `a listener without a visible owner is identified first`() throws {
        let finding = try finding([Listener(.tcp, .ipv4, "0.0.0.0", 6379)])
        let ports = PortSet(ports: [6379])
        #expect(
            finding.actions == [
                .identify(.tcp, ports), .stop(.unknown(.tcp, ports)),
                .rebind(.unknown(.tcp, ports)),
                .restrict(.tcp, ports), .declare(.tcp, ports),
            ])
    }

    private static let serviceTable: [(Listener, Action.Service)] = [
        (ReconcileTests.redis, Action.Service.unit("redis-server.service")),
        (
            Listener(
                .tcp, .ipv4, "0.0.0.0", 80, owners: [ReconcileTests.owner],
                unit: "session-3.scope"), .process(ReconcileTests.owner)
        ),
        (
            Listener(.tcp, .ipv4, "0.0.0.0", 80, unit: "docker.service", container: "0123456"),
            .container("0123456")
        ),
        (Listener(.tcp, .ipv4, "0.0.0.0", 80), .unknown(.tcp, PortSet(ports: [80]))),
        (held("user@1000.service/dev.service"), .userUnit("dev.service", user: "1000")),
        (
            held("user@1000.service/app.slice/dev.service"),
            .userUnit("dev.service", user: "1000")
        ),
        (held("user@1000.service/dev.socket"), .userUnit("dev.socket", user: "1000")),
        // The user's manager itself holds the socket, for a socket unit of its own.
        (
            held("user@1000.service", by: ProcessIdentity(pid: 900, name: "systemd")),
            .userSocketUnit(held("user@1000.service"), user: "1000")
        ),
        (held("user@1000.service/run-1.scope"), .process(ReconcileTests.owner)),
        (held("ssh.socket"), .socketUnit(held("ssh.socket"))),
        (held("init.scope", by: systemd), .socketUnit(held("init.scope"))),
        (held(nil, by: systemd), .socketUnit(held(nil))),
        (
            held("init.scope", by: ProcessIdentity(pid: 1, name: "init")),
            .socketUnit(held("init.scope"))
        ),
        // In a container, and with other init systems, the first process is a service.
        (
            held(nil, by: ProcessIdentity(pid: 1, name: "nginx")),
            .process(ProcessIdentity(pid: 1, name: "nginx"))
        ),
        (
            held(nil, by: ProcessIdentity(pid: 1, name: "init")),
            .process(ProcessIdentity(pid: 1, name: "init"))
        ),
    ]

    @Test("what runs a listener", arguments: serviceTable)
    func service(of listener: Listener, is expected: Action.Service) {
        let found = Action.Service(running: listener)
        switch (found, expected) {
        case (.socketUnit(let mine), .socketUnit), (.userSocketUnit(let mine, _), .userSocketUnit):
            #expect(mine == listener)
        default: #expect(found == expected)
        }
    }

    private static func proxy(_ arguments: String) -> ProcessIdentity {
        ProcessIdentity(
            pid: 70, name: "docker-proxy", command: "/usr/bin/docker-proxy -proto tcp \(arguments)")
    }

    private static let systemd = ProcessIdentity(pid: 1, name: "systemd")

    /// A listener that runs in `unit`.
    private static func held(
        _ unit: String?, by owner: ProcessIdentity = ReconcileTests.owner
    ) -> Listener {
        Listener(.tcp, .ipv4, "0.0.0.0", 80, owners: [owner], unit: unit)
    }

    @Test func `a port that PID 1 holds is stopped at its socket unit`() throws {
        let listener = Listener(
            .tcp, .dual, "::", 6379, owners: [ProcessIdentity(pid: 1, name: "systemd")],
            unit: "init.scope")
        #expect(try finding([listener]).actions.first == .stop(.socketUnit(listener)))
        #expect(
            Action.rebind(.socketUnit(listener)).explanation
                == "If it is needed, but not from here, bind the socket unit to a narrower address."
        )
    }

    @Test func `the line to declare is written out`() {
        #expect(
            Action.declare(.tcp, PortSet([80...80, 8000...8100])).explanation
                .hasSuffix("`- open: tcp:80,8000-8100`."))
    }

    @Test func `a declared port behind a loopback bind is bound anew`() throws {
        let listener = Listener(.tcp, .ipv4, "127.0.0.1", 80, unit: "web.service")
        let finding = try finding(
            [listener], .reset, port: 80, under: Policy([ReconcileTests.open]))
        #expect(finding.causes == [.boundTo(listener)])
        #expect(
            finding.actions == [
                .bind(.unit("web.service"), to: ReconcileTests.web),
                .undeclare(ReconcileTests.open),
            ])
    }

    @Test func `a block on the way names the box`() throws {
        let error = ICMPError(.ipv4, type: 3, code: 13)
        let finding = try finding(
            [], .icmp(error, reporter: "198.51.100.1"), port: 80,
            under: Policy([ReconcileTests.open]))
        #expect(finding.causes == [.blockedBy("198.51.100.1", error)])
        #expect(
            finding.actions == [.repairAt("198.51.100.1"), .undeclare(ReconcileTests.open)])
    }

    @Test func `what is as declared asks for nothing`() throws {
        let listener = Listener(.tcp, .ipv4, "0.0.0.0", 80)
        let finding = try finding([listener], port: 80, under: Policy([ReconcileTests.open]))
        #expect(finding.code == .c1)
        #expect(finding.actions.isEmpty)
        #expect(finding.causes.isEmpty)
    }

    @Test func `what is declared closed is closed even to this host`() throws {
        let ports = PortSet(ports: [5432])
        let listener = Listener(.tcp, .ipv4, "127.0.0.1", 5432, unit: "postgresql.service")
        let closed = Expectation(isOpen: false, ports: PortSpec(tcp: ports))
        let finding = try finding(
            [listener], port: 5432, at: "127.0.0.1", under: Policy([closed]))
        #expect(finding.code == .e1)
        #expect(finding.result == .fail)
        #expect(
            finding.explanation == "Open, but declared closed; only this host reaches it.")
        // There is no narrower address to bind to.
        #expect(
            finding.actions == [
                .stop(.unit("postgresql.service")), .restrict(.tcp, ports), .declare(.tcp, ports),
            ])
    }

    @Test(arguments: [(200, 200, false), (201, 200, true), (100_000, 200, true)])
    func `a very long command line is cut`(length: Int, shown: Int, isCut: Bool) throws {
        let command = String(repeating: "x", count: length)
        let process = ProcessIdentity(pid: 7, name: command, command: command)
        let text = Action.stop(.process(process)).explanation
        #expect(text.contains("…") == isCut)
        #expect(
            text.count
                == "If it is not needed, stop and disable the service of process 7, : .".count
                + 2 * shown)
        let listener = Listener(.tcp, .ipv4, "0.0.0.0", 80, owners: [process])
        #expect(listener.explanation.count < 250)
    }
}
