import Prober
import Reconcile
import Testing

@testable import ProberCommand

@Suite struct FindingsTableTests {
    private static let web = IPAddress.v4(0xcb00_710a)

    private static func survey(_ groups: [ObservationGroup]) -> Survey {
        var ports = PortSpec()
        for group in groups {
            ports[group.transport] = ports[group.transport].union(group.ports)
        }
        return Survey(
            id: "test", started: "2026-01-02T03:04:05Z",
            vantage: Vantage(name: "outside", addresses: []), seed: 1,
            plan: SurveyPlan(
                targets: Set(groups.map(\.address)).map { AddressRange($0) }, ports: ports,
                requested: groups.reduce(0) { $0 + UInt128($1.ports.count) }), groups: groups)
    }

    /// A report of a host that has the address of every group.
    private static func report(
        _ listeners: [Listener], of groups: [ObservationGroup]
    ) -> HostReport {
        HostReport(
            hostname: "web1", collected: "",
            addresses: groups.map {
                HostAddress($0.address, prefixLength: 24, interface: "eth0")
            }, listeners: listeners)
    }

    private static func group(
        _ ports: [ClosedRange<UInt16>], _ evidence: Evidence, at address: IPAddress = web
    ) -> ObservationGroup {
        ObservationGroup(address, .tcp, PortSet(ports), evidence, attempts: 1)
    }

    private static func listener(
        _ port: UInt16, named name: String = "redis-server", command: String? = nil,
        unit: String? = "redis-server.service"
    ) -> Listener {
        Listener(
            .tcp, .ipv4, .v4(0), port,
            owners: [ProcessIdentity(pid: 812, name: name, user: "redis", command: command)],
            unit: unit)
    }

    private static let policy = Policy([
        Expectation(
            isOpen: true, ports: PortSpec(tcp: PortSet([22...22])), reason: "bastion only",
            location: "web.yaml:7:9")
    ])

    private func table(
        _ groups: [ObservationGroup], _ listeners: [Listener], isColored: Bool = false
    ) -> String {
        let reconciliation = reconcile(
            Self.survey(groups), with: Self.report(listeners, of: groups), under: Self.policy)
        return FindingsTable(reconciliation, style: TextStyle(isColored: isColored)).text
    }

    @Test func `a long sentence is cut before its endpoint is`() {
        let groups = [Self.group([1000...1100], .reset)]
        var reconciliation = reconcile(
            Self.survey(groups), with: Self.report([], of: groups), under: Policy())
        reconciliation.findings[0].verdict = .looksClosed
        let text = FindingsTable(reconciliation, style: TextStyle(isColored: false)).text
        let line = text.split(separator: "\n").first.map(String.init) ?? ""
        #expect(line.hasSuffix("…  203.0.113.10 tcp 1000-1100 (101 ports)"), "\(line)")
        #expect(line.count <= FindingsTable.width)
    }

    @Test func `an exposure reads like a compiler's message`() {
        #expect(
            table(
                [
                    Self.group([22...22, 6379...6379], .handshake),
                    Self.group([1...21, 23...79], .reset),
                ], [Self.listener(6379), Self.listener(22, named: "sshd", unit: "ssh.service")])
                    == """
                    FAIL E1 unexpected-exposure: 203.0.113.10:6379/tcp [critical]
                      Reachable, but not declared.
                      seen      TCP handshake
                      listener  0.0.0.0:6379/tcp, redis-server (pid 812, user redis), unit redis-server.service
                      likely    An installed package or a new unit started it.
                                It is bound to every address, and was meant for this host only.
                                It is meant, and the target file does not say so yet.
                      1. If it is not needed, stop and disable redis-server.service, and its socket unit if it has one.
                           systemctl disable --now redis-server.service
                           systemctl list-sockets  (no socket unit may start it again)
                           systemctl mask redis-server.service  (if something else starts it)
                      2. If it is needed, but not from here, bind redis-server.service to a narrower address.
                           in /etc/redis/redis.conf: bind 127.0.0.1
                           systemctl restart redis-server.service
                      3. Otherwise restrict by a firewall rule who may reach tcp port 6379.
                      4. If it is meant, declare it in the target file, before what declares it closed:
                         `- open: tcp:6379`.

                    pass C1  Reachable, as declared.  203.0.113.10:22/tcp (sshd)
                    pass C2  Refused: nothing listens.  203.0.113.10 tcp 1-21,23-79 (78 ports)

                    note U1 Who filters is not known: the firewall's rules were not read.

                    80 endpoints: 1 failed, 0 with a warning, 0 inconclusive, 0 noted, 79 passed.

                    """)
    }

    @Test func `a service that is down says where it was declared`() {
        #expect(
            table([Self.group([22...22], .reset)], [])
                == """
                FAIL A3 service-down: 203.0.113.10:22/tcp [high]
                  Declared open, but refused: nothing listens.
                  seen      TCP reset
                  listener  nothing has the port
                  policy    declared open at web.yaml:7:9: bastion only
                  likely    The service crashed, or was stopped.
                            The service was never started, or is not enabled.
                            The service uses another port.
                  1. If the service is needed, start it, and look at its log for why it does not run.
                  2. Otherwise take the declaration back (web.yaml:7:9).

                note U1 Who filters is not known: the firewall's rules were not read.

                1 endpoint: 1 failed, 0 with a warning, 0 inconclusive, 0 noted, 0 passed.

                """)
    }

    @Test func `hosts that are alike share a line`() {
        let groups = (0..<200).map { host in
            Self.group([1...20], .reset, at: .v4(0xcb00_7100 + UInt32(host)))
        }
        #expect(
            table(groups, []).split(separator: "\n").first
                == "pass C2  Refused: nothing listens.  203.0.113.0 and 199 more tcp 1-20 (20 ports)"
        )
    }

    @Test func `a thousand exposures of one process are one message`() {
        let listeners = (2000..<3000).map { Self.listener(UInt16($0)) }
        let text = table([Self.group([2000...2999], .handshake)], listeners)
        let titles = text.split(separator: "\n").filter { $0.hasPrefix("FAIL") }
        #expect(
            titles == [
                "FAIL E1 unexpected-exposure: 203.0.113.10 tcp 2049,2375-2377,2379-2380 (6 ports) "
                    + "[critical]",
                "FAIL E1 unexpected-exposure: 203.0.113.10 tcp "
                    + "2000-2048,2050-2374,2378,2381-2999 (994 ports) [high]",
            ])
        #expect(
            text.replacing("\n            ", with: " ").contains("(and 993 more alike)"))
    }

    @Test func `hostile names neither act on the terminal nor widen the table`() {
        let hostile =
            "\u{1b}]0;x\u{07}\u{202e}" + String(repeating: "w", count: 300) + "\nFAIL X9 forged"
        let text = table(
            [Self.group([6379...6380], .handshake)],
            [Self.listener(6379, named: hostile, command: hostile, unit: nil)])
        let allowed: Set<Unicode.Scalar> = ["\n", "…"]
        #expect(
            text.unicodeScalars.allSatisfy {
                allowed.contains($0) || (0x20..<0x7f).contains($0.value)
            })
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= FindingsTable.width })
        #expect(!text.split(separator: "\n").contains { $0.hasPrefix("FAIL X9") })
    }

    @Test func `a hostile report does not act through the notes`() {
        let hostile = "\u{1b}[2J\u{202e}" + String(repeating: "w", count: 9000) + "\nFAIL X9 forged"
        var report = Self.report([], of: [Self.group([80...80], .reset)])
        report.coverage = [CoverageGap(.owners, reason: hostile)]
        var reconciliation = reconcile(
            Self.survey([Self.group([80...80], .reset)]), with: report, under: Policy())
        reconciliation.notes.append(.probedDirectly(reason: hostile))
        let text = FindingsTable(reconciliation, style: TextStyle(isColored: false)).text
        #expect(
            text.unicodeScalars.allSatisfy {
                ["\n", "…"].contains($0) || (0x20..<0x7f).contains($0.value)
            })
        #expect(text.contains("\\u{1B}[2J\\u{202E}www"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= FindingsTable.width })
        #expect(!text.split(separator: "\n").contains { $0.hasPrefix("FAIL X9") })
        #expect(text.count < 2000)
    }

    @Test func `colour is on the first word only, and only when asked for`() {
        let groups = [Self.group([22...22], .handshake), Self.group([6379...6379], .handshake)]
        let listeners = [Self.listener(6379), Self.listener(22)]
        let plain = table(groups, listeners)
        let coloured = table(groups, listeners, isColored: true)
        #expect(!plain.contains("\u{1b}"))
        #expect(coloured.hasPrefix("\u{1b}[1;31mFAIL\u{1b}[0m E1"))
        let stripped = coloured.replacing("\u{1b}[1;31m", with: "")
            .replacing("\u{1b}[32m", with: "").replacing("\u{1b}[0m", with: "")
        #expect(stripped == plain)
    }

    @Test func `a listener that was not judged is named, and the summary says so`() {
        let text = table(
            [Self.group([22...22], .handshake)],
            [
                Self.listener(22), Listener(.tcp, .ipv4, .v4(0), 8080),
                Listener(.tcp, .ipv4, .v4(0xcb00_710b), 22),
            ])
        #expect(
            text.contains(
                """
                Listening, and not probed:
                  address not asked, so not judged: 203.0.113.11:22/tcp, owner not seen
                  port not asked: 0.0.0.0:8080/tcp, owner not seen

                """))
        #expect(
            text.hasSuffix(
                "1 listener was not judged, so nothing passes: scan the address and port too.\n"))
    }
}
