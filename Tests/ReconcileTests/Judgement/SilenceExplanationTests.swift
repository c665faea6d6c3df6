import Prober
import Testing

@testable import Reconcile

@Suite struct SilenceExplanationTests {
    private static let service = Listener(.udp, .dual, "::", 5000, unit: "app.service")
    private static let local = Listener(.udp, .ipv4, "127.0.0.1", 5000, unit: "app.service")

    /// What comes of the silence of UDP port 5000 of a host that is alive.
    private func finding(
        _ controls: Silence.Controls, isExpected: Bool = false, _ report: HostReport?,
        under policy: Policy = Policy()
    ) throws -> Finding {
        let silence = Silence(isExpected: isExpected, controls: controls)
        let reconciliation = reconcile(
            .of([
                ReconcileTests.group(5000...5000, .unanswered(silence), .udp),
                ReconcileTests.group(99...99, .reset),
            ]), with: report, under: policy)
        return try #require(reconciliation.findings.first { $0.transport == .udp })
    }

    @Test(
        "controls and listeners say together what silence means",
        arguments: [
            (.answered, [service], "a closed port would have said so: the listener is silent"),
            (.silent, [service], "No answer: the listener is silent, or something filters."),
            (.answered, [], "though nothing listens and a closed port would have said so"),
            (.answered, [local], "though nothing listens for this address and a closed port would"),
            (.limitSpent, [], "nothing listens: most likely closed, but the host's limit of ICMP"),
            (.silent, [local], "closed or filtered, of which this host says neither."),
            (.notAsked, [], "No answer, and nothing listens: closed or filtered."),
            (.answered, nil, "a closed port would have said so: open or filtered."),
            (.silent, nil, "open, closed or filtered, because this host does not say"),
            (.limitSpent, nil, "open, closed or filtered, because the host's limit"),
            (.notAsked, nil, "No answer: over UDP that may mean open or filtered."),
        ] as [(Silence.Controls, [Listener]?, String)])
    func explanation(
        of controls: Silence.Controls, with listeners: [Listener]?, has expected: String
    ) throws {
        let finding = try finding(controls, listeners.map { ReconcileTests.report($0) })
        #expect(finding.code == .u2)
        #expect(finding.result == .inconclusive)
        #expect(finding.explanation.contains(expected), "\(finding.explanation)")
    }

    @Test func `a listener whose silence is usual is said to be that`() throws {
        let finding = try finding(
            .answered, isExpected: true, ReconcileTests.report([Self.service]))
        #expect(
            finding.explanation.contains("the listener, as is usual for a service of this port"))
    }

    @Test(
        "what nothing listens at is not a silent service",
        arguments: [
            (.answered, [service], [.serviceSilent]), (.answered, [], []),
            (.silent, [], [.errorsWithheld]), (.limitSpent, [], [.errorsLimited]),
            (.limitSpent, [local], [.errorsLimited, .boundTo(local)]),
            (.limitSpent, nil, [.serviceSilent, .errorsLimited]),
        ] as [(Silence.Controls, [Listener]?, [Cause])])
    func causes(
        of controls: Silence.Controls, with listeners: [Listener]?, are expected: [Cause]
    ) throws {
        let finding = try finding(controls, listeners.map { ReconcileTests.report($0) })
        #expect(finding.causes == expected + [.filteredByHost, .filteredOnTheWay])
    }

    @Test func `what to do depends on what was meant`() throws {
        let ports = PortSet(ports: [5000])
        let meant = Expectation(isOpen: true, ports: PortSpec(udp: ports))
        func actions(
            _ controls: Silence.Controls, _ listeners: [Listener]?, isMeant: Bool
        ) throws -> [Action] {
            try finding(
                controls, listeners.map { ReconcileTests.report($0) },
                under: Policy(isMeant ? [meant] : [])
            ).actions
        }
        let app = Action.Service.unit("app.service")
        #expect(
            try actions(.answered, [Self.service], isMeant: true) == [.checkFilters(.udp, ports)])
        #expect(try actions(.answered, [Self.service], isMeant: false).first == .stop(app))
        #expect(try actions(.answered, [], isMeant: true) == [.start, .undeclare(meant)])
        #expect(try actions(.answered, [], isMeant: false) == [])
        #expect(try actions(.limitSpent, [], isMeant: false) == [.askFewer])
        #expect(
            try actions(.silent, [Self.local], isMeant: true)
                == [.bind(app, to: ReconcileTests.web), .undeclare(meant)])
        #expect(try actions(.silent, nil, isMeant: false) == [.collectReport])
    }

    @Test func `a reply at one time and silence at another was found open`() throws {
        let silence = Evidence.unanswered(Silence(isExpected: false, controls: .answered))
        let reconciliation = reconcile(
            .of([
                ReconcileTests.group(5000...5000, silence, .udp),
                ReconcileTests.group(5000...5000, .reply(.dns), .udp),
            ]), with: ReconcileTests.report([Self.service]), under: Policy())
        #expect(reconciliation.findings.map(\.verdict) == [.openAtTimes])
        #expect(reconciliation.findings.map(\.code) == [.e1])
    }
}
