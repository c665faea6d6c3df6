import Prober
import Testing

@testable import Reconcile

/// Which endpoints a host is asked about, and by which signs.
@Suite struct ReceiptQuestionsTests {
    private static let ipv4: IPAddress = "203.0.113.10"
    private static let ipv6: IPAddress = "2001:db8::10"

    private static func report(
        _ listeners: [Listener] = [], rules: String? = nil, coverage: [CoverageGap] = []
    ) -> HostReport {
        var report = HostReport(
            hostname: "web1", collected: "", coverage: coverage,
            addresses: ListenerIndexTests.addresses, listeners: listeners)
        if let rules {
            report.rulesets = [RulesetText(.iptables, origin: "rules", text: Array(rules.utf8))]
        }
        return report
    }

    private static func survey(_ groups: [ObservationGroup]) -> Survey {
        let ports = PortSpec(tcp: .all, udp: .all)
        let targets = [ipv4, ipv6].map { AddressRange($0) }
        return Survey(
            id: "a", started: "2026-11-24T12:00:00Z",
            vantage: Vantage(name: "v", addresses: ["198.51.100.2", "2001:db8:a::2"]), seed: 1,
            plan: SurveyPlan(targets: targets, ports: ports), groups: groups)
    }

    private static func group(
        _ transport: Transport, _ ports: PortSet, _ evidence: Evidence, at address: IPAddress = ipv4
    ) -> ObservationGroup {
        ObservationGroup(address, transport, ports, evidence, attempts: 1)
    }

    private static let silence = Evidence.unanswered(
        Silence(isExpected: false, controls: .notAsked))

    private static func questions(
        _ groups: [ObservationGroup], _ report: HostReport = report()
    ) -> [ReceiptQuestion] {
        report.receiptQuestions(about: survey(groups)).all
    }

    @Test(
        "only what is silent, and open where nothing listens, is asked about",
        arguments: [
            (Transport.udp, silence, true), (.tcp, .silence, true), (.tcp, .handshake, true),
            (.tcp, .reset, false), (.udp, .reply(nil), false),
            (.udp, .icmp(ICMPError(.ipv4, type: 3, code: 3), reporter: ipv4), false),
            (.tcp, .localFailure(.interrupted), false),
        ])
    func asked(_ transport: Transport, _ evidence: Evidence, _ isAsked: Bool) {
        let questions = Self.questions([Self.group(transport, PortSet([1...9]), evidence)])
        #expect(questions.map(\.ports) == (isAsked ? [PortSet([1...9])] : []))
    }

    @Test func `ports with a socket are asked one by one, the others together`() {
        let listener = Listener(
            .udp, .dual, "::", 53, inode: 7, buffer: ReceiveBuffer(used: 0), dropCount: 0)
        let questions = Self.questions(
            [
                Self.group(.udp, PortSet([50...60]), Self.silence),
                Self.group(.udp, PortSet([50...60]), Self.silence, at: Self.ipv6),
            ], Self.report([listener]))
        #expect(questions.map(\.ports.count) == [1, 1, 10, 10])
        let signs = questions[0].hypotheses.map(\.sign)
        #expect(signs.contains(.share(.bytes([HostReading.SocketKey(listener)]))))
        #expect(signs.contains(.each(.counter(.udpRead))))
        #expect(questions[1].hypotheses.map(\.sign).contains(.each(.counter(.udp6Read))))
        #expect(questions[2].hypotheses.first?.sign == .each(.counter(.udpNoPort)))
        #expect(questions[3].hypotheses.first?.sign == .each(.counter(.udp6NoPort)))
    }

    @Test func `an open port with its listener is no question, and an address of others neither`() {
        let listener = Listener(.tcp, .ipv4, "0.0.0.0", 22)
        #expect(
            Self.questions(
                [Self.group(.tcp, PortSet(ports: [22]), .handshake)], Self.report([listener])
            ).isEmpty)
        #expect(
            Self.questions([Self.group(.tcp, PortSet(ports: [22]), .silence, at: "192.0.2.77")])
                .isEmpty)
    }

    @Test func `where sockets may be missing, ports without one are not asked about`() {
        let gap = CoverageGap(.listeners, reason: "sock_diag was not read")
        let groups = [Self.group(.udp, PortSet([50...60]), Self.silence)]
        #expect(Self.questions(groups, Self.report(coverage: [gap])).isEmpty)
    }

    private static let rules = """
        *filter
        :INPUT ACCEPT [0:0]
        :FORWARD ACCEPT [0:0]
        :OUTPUT ACCEPT [0:0]
        [3:90] -A INPUT -p udp -m udp --dport 50 -j DROP
        -A INPUT -p udp -m udp --dport 51 -j DROP
        [0:0] -A OUTPUT -p udp -m udp --sport 52 -j DROP
        COMMIT
        """

    @Test func `the counter of the rule that stops packets is asked first, if it has one`() throws {
        let questions = Self.questions(
            [Self.group(.udp, PortSet([50...53]), Self.silence)], Self.report(rules: Self.rules))
        func fates(_ port: UInt16) throws -> [Receipt.Fate] {
            try #require(questions.first { $0.ports.contains(port) }).hypotheses.map(\.fate)
        }
        guard case .stopped(let rule) = try fates(50)[0] else {
            Issue.record("\(try fates(50))")
            return
        }
        #expect(rule.chain == "INPUT")
        #expect(rule.packets == 3)
        // Without a counter of its own, what does not get further is all that there is.
        #expect(!(try fates(51)).contains { if case .stopped = $0 { true } else { false } })
        #expect(try fates(51).contains(.arrived))
        // An answer that is stopped came from a packet that was not.
        #expect(try fates(52)[0] == .noPort)
        #expect(try fates(53) == fates(52))
    }

    @Test func `that nothing came is concluded only where the rules are known`() {
        let group = Self.group(.udp, PortSet([60...70]), Self.silence)
        let known = Self.questions([group], Self.report(rules: Self.rules))
        let unknown = Self.questions([group], Self.report())
        #expect(known[0].hypotheses.map(\.fate).contains(.neverArrived))
        #expect(!unknown[0].hypotheses.map(\.fate).contains(.neverArrived))
        #expect(unknown[0].hypotheses.map(\.fate).contains(.noPort))
    }

    @Test func `resets of the prober itself are no sign of a closed port`() {
        func signs(_ evidence: Evidence) -> [ReceiptHypothesis.Sign] {
            Self.questions([Self.group(.tcp, PortSet([1...9]), evidence)])
                .flatMap(\.hypotheses).map(\.sign)
        }
        #expect(signs(.silence).contains(.each(.counter(.tcpResets))))
        #expect(!signs(.handshake).contains(.each(.counter(.tcpResets))))
        #expect(signs(.handshake).contains(.each(.counter(.tcpPassiveOpens))))
    }

    @Test func `what refused in the name of the address is a control`() {
        let refusal = ICMPError(.ipv4, type: 3, code: 3)
        func controls(_ evidence: Evidence, _ transport: Transport) -> [ReceiptControl] {
            Self.report().receiptQuestions(
                about: Self.survey([
                    Self.group(.udp, PortSet([50...60]), Self.silence),
                    Self.group(transport, PortSet([70...79]), evidence),
                ])
            ).controls
        }
        #expect(controls(.reset, .tcp) == [ReceiptControl(Self.ipv4, .tcp, 70)])
        #expect(
            controls(.icmp(refusal, reporter: Self.ipv4), .udp)
                == [ReceiptControl(Self.ipv4, .udp, 70)])
        #expect(controls(.icmp(refusal, reporter: "203.0.113.1"), .udp).isEmpty)
        #expect(controls(.handshake, .tcp).isEmpty)
    }

    @Test("halves and parts lose no port", arguments: [1, 2, 3, 7, 64, 1000])
    func parts(of size: Int) {
        let ports = PortSet([1...100, 200...203, 65_000...65_535])
        let question = SimulatedHost.closed(ports)
        let parts = question.parts(of: size)
        #expect(parts.allSatisfy { $0.ports.count <= size })
        #expect(parts.reduce(0) { $0 + $1.ports.count } == ports.count)
        #expect(PortSet(parts.flatMap(\.ports.ranges)) == ports)
        #expect(PortSet(question.halves.flatMap(\.ports.ranges)) == ports)
        #expect(question.halves.reduce(0) { $0 + $1.ports.count } == ports.count)
    }
}
