import Prober
import Testing

@testable import Reconcile

/// What is found, and said, of endpoints of which receipts tell.
@Suite struct ReceiptFindingTests {
    private static let web = ReconcileTests.web
    private static let port = PortSet([5000...5000])
    private static let udp = Listener(.udp, .ipv4, "0.0.0.0", 5000, unit: "app.service", inode: 5)
    private static let tcp = Listener(.tcp, .ipv4, "0.0.0.0", 5000, unit: "app.service", inode: 6)
    private static let silence = Evidence.unanswered(
        Silence(isExpected: false, controls: .limitSpent))
    private static let counted = Receipt.Account(
        .noPort, proofs: [.counter(.udpNoPort, rise: 65_529, probes: 65_529)])
    private static let dropping = "-A INPUT -p udp --dport 5000 -j DROP"
    private static let dropRule = RuleReference(
        family: .ip, table: "filter", chain: "INPUT", place: .line(6), text: dropping)

    /// The findings on port 5000 of a host that refuses another one.
    private func findings(
        _ transport: Transport, _ evidence: Evidence, _ listeners: [Listener],
        rules: [String]? = [], _ accounts: [Receipt.Account], isMeant: Bool = false,
        isAlive: Bool = true
    ) throws -> [Finding] {
        let meant = Expectation(
            isOpen: true, ports: PortSpec(tcp: Self.port, udp: Self.port), location: "web.yaml:7:9")
        let others = isAlive ? [ReconcileTests.group(99...99, .reset)] : []
        return reconcile(
            .of([ReconcileTests.group(5000...5000, evidence, transport)] + others),
            with: ReconcileTests.report(listeners), under: Policy(isMeant ? [meant] : []),
            ruleset: try rules.map { try SituationTests.rules($0) },
            receipts: accounts.map {
                Receipt(
                    Self.web, transport, Self.port, $0.fate, answer: $0.answer, proofs: $0.proofs)
            }
        ).findings.filter { $0.ports.contains(5000) }
    }

    private func outline(_ findings: [Finding]) -> [String] {
        findings.map {
            "\($0.code.rawValue) \($0.result.rawValue)" + ($0.isSupplement ? " +" : "")
        }
    }

    private struct Row: CustomTestStringConvertible {
        var name: String
        var transport = Transport.udp
        var evidence = Evidence.silence
        var listeners: [Listener] = []
        var rules: [String]? = []
        var accounts: [Receipt.Account]
        var isMeant = false
        var codes: [String]
        var sentence: String
        var testDescription: String { name }
    }

    private static let rows = [
        Row(
            name: "a silent service that was not declared", listeners: [udp],
            accounts: [Receipt.Account(.delivered)], codes: ["E1 fail"],
            sentence:
                "Delivered, but not declared: datagrams reach the listener, which says nothing."),
        Row(
            name: "a silent service that was declared", listeners: [udp],
            accounts: [Receipt.Account(.delivered)], isMeant: true, codes: ["C1s pass"],
            sentence: "Delivered, as declared: datagrams reach the listener, which says nothing."),
        Row(
            name: "a service that takes nothing more", listeners: [udp],
            accounts: [Receipt.Account(.queueFull)], isMeant: true,
            codes: ["A6 fail +", "C1s pass"],
            sentence: "Delivered, as declared: datagrams reach the listener, which has no room for "
                + "them."),
        Row(
            name: "a service that answers in vain", listeners: [udp],
            accounts: [Receipt.Account(.arrived, answer: .datagram)], isMeant: true,
            codes: ["A2 fail +", "C1s pass"],
            sentence:
                "Delivered, as declared: datagrams reach the listener, whose answer never comes "
                + "back."),
        Row(
            name: "a closed port whose error was one too many", evidence: silence,
            accounts: [counted], codes: ["C2 pass"], sentence: "Closed: nothing listens."),
        Row(
            name: "a closed port that was declared open", accounts: [counted], isMeant: true,
            codes: ["A3 fail"], sentence: "Declared open, but closed: nothing listens."),
        Row(
            name: "a datagram that never came", listeners: [udp],
            accounts: [Receipt.Account(.neverArrived)], isMeant: true, codes: ["A2 fail"],
            sentence:
                "Declared open, but stopped on the way: the probes never came to the host."),
        Row(
            name: "a drop that the host confirms", rules: [dropping],
            accounts: [Receipt.Account(.stopped(dropRule))], codes: ["C3 pass"],
            sentence: "Stopped by the host's own rules, as the host confirms."),
        Row(
            name: "a drop that nothing ever came to", rules: [dropping],
            accounts: [Receipt.Account(.neverArrived)], codes: ["A2 info"],
            sentence: "Stopped on the way: the probes never came to the host."),
        Row(
            name: "a drop by rules that nobody read", rules: nil,
            accounts: [Receipt.Account(.stopped(dropRule))], isMeant: true, codes: ["A1 fail"],
            sentence: "Declared open, but the host's own rules stop it, as the host confirms."),
        Row(
            name: "a drop that lets everything past", rules: [dropping],
            accounts: [counted], codes: ["U7 info"],
            sentence: "Not reachable, but the probes got past the host's rules, which stop them as "
                + "they were read."),
        Row(
            name: "a drop past which datagrams reach a socket", listeners: [udp],
            rules: [dropping], accounts: [Receipt.Account(.delivered)], codes: ["E2 fail"],
            sentence: "Reachable, though the host's rules stop it."),
        Row(
            name: "a drop that the rules do not know of", listeners: [udp],
            accounts: [Receipt.Account(.stopped(dropRule))], codes: ["U7 info"],
            sentence: "Not reachable: a rule of the host stopped the probes, though its rules, as "
                + "they were read, let them in."),
        Row(
            name: "a silent service, or something on the host", listeners: [udp],
            accounts: [Receipt.Account(.arrived, answer: .nothing)], codes: ["U2 inconclusive"],
            sentence:
                "No answer: the listener is silent, or something on the host filters, which got "
                + "it and sent nothing back."),
        Row(
            name: "receipts that cannot all be true", listeners: [udp],
            accounts: [Receipt.Account(.neverArrived), Receipt.Account(.delivered)],
            codes: ["U2 inconclusive"],
            sentence: "No answer: the listener is silent, or something filters."),
        Row(
            name: "a listener whose queue is full", transport: .tcp, listeners: [tcp],
            accounts: [Receipt.Account(.queueFull)], isMeant: true, codes: ["A6 fail"],
            sentence:
                "Declared open, but the listener takes nothing more, which looks like a filter."
        ),
        Row(
            name: "a layer that is no rule", transport: .tcp, listeners: [tcp],
            accounts: [Receipt.Account(.arrived, answer: .nothing)], isMeant: true,
            codes: ["A2 fail"],
            sentence:
                "Declared open, and the host's rules let it in, but something on the host that "
                + "is no rule of its firewall filters it."),
        Row(
            name: "an answer that is lost", transport: .tcp, listeners: [tcp],
            accounts: [Receipt.Account(.arrived, answer: .handshake)], isMeant: true,
            codes: ["A2 fail"],
            sentence: "Declared open, and the host answers, but the answer is lost on the way back."
        ),
        Row(
            name: "an answer in front of the host", transport: .tcp, evidence: .handshake,
            listeners: [tcp], accounts: [Receipt.Account(.neverArrived)], isMeant: true,
            codes: ["E3 warn"],
            sentence:
                "Reachable, though the probes never came to the host: something in front of it "
                + "answers."),
        Row(
            name: "an answer without a listener", transport: .tcp, evidence: .handshake,
            accounts: [Receipt.Account(.arrived, answer: .handshake)], codes: ["E3 fail"],
            sentence:
                "Reachable, and the host itself answers, though nothing on it listens for this "
                + "address."),
        Row(
            name: "an answer to what a rule stopped", transport: .tcp, evidence: .handshake,
            listeners: [tcp], accounts: [Receipt.Account(.stopped(dropRule))], codes: ["E3 fail"],
            sentence: "Reachable, though a rule of the host stopped the probes: something else "
                + "answers."),
        Row(
            name: "a refusal in the host's name", transport: .tcp, evidence: .reset,
            listeners: [tcp], accounts: [Receipt.Account(.neverArrived)], isMeant: true,
            codes: ["A2 fail"],
            sentence: "Declared open, but refused on the way: the probes never came to the host."),
        Row(
            name: "a refusal that the host did not send", transport: .tcp, evidence: .reset,
            rules: ["-A INPUT -p tcp --dport 5000 -j DROP"],
            accounts: [Receipt.Account(.arrived, answer: .nothing)], codes: ["A2 info"],
            sentence: "Refused by something else: the host got the probes and sent nothing."),
        Row(
            name: "a refusal that the rules do not know of", transport: .tcp, evidence: .reset,
            rules: ["-A INPUT -p tcp --dport 5000 -j DROP"],
            accounts: [Receipt.Account(.arrived, answer: .reset)], codes: ["U7 info"],
            sentence:
                "Not reachable: the host refused the probes, which its rules drop as they were "
                + "read."),
    ]

    @Test("what is found, and said", arguments: rows)
    private func found(row: Row) throws {
        let findings = try findings(
            row.transport, row.evidence, row.listeners, rules: row.rules, row.accounts,
            isMeant: row.isMeant)
        #expect(outline(findings) == row.codes)
        let main = try #require(findings.first { !$0.isSupplement })
        #expect(main.explanation == row.sentence)
        #expect(main.receipts == row.accounts)
    }

    @Test(
        "likely causes follow what became of the probes",
        arguments: [
            (.udp, silence, [], counted, [.errorsLimited]),
            (.udp, .silence, [udp], Receipt.Account(.delivered), [.serviceSilent]),
            (
                .udp, .silence, [udp], Receipt.Account(.neverArrived),
                [.filteredOnTheWay, .stoppedAtDriver]
            ),
            (
                .tcp, .silence, [tcp], Receipt.Account(.arrived, answer: .nothing),
                [.filteredInHost]
            ),
            (
                .tcp, .silence, [tcp], Receipt.Account(.arrived, answer: .handshake),
                [.answerStopped]
            ),
            (.tcp, .silence, [tcp], Receipt.Account(.queueFull), [.hadNoRoom(tcp)]),
            (
                .tcp, .handshake, [], Receipt.Account(.neverArrived),
                [.answeredInFront, .otherHost, .answeredWithoutSocket]
            ),
            (
                .tcp, .handshake, [], Receipt.Account(.arrived, answer: .handshake),
                [.answeredWithoutSocket, .listenerUnseen, .otherNamespace, .hiddenListener]
            ),
            (
                .udp, .silence, [udp], Receipt.Account(.stopped(dropRule)),
                [.stoppedBy(dropRule), .rulesOld, .otherSource]
            ),
        ] as [(Transport, Evidence, [Listener], Receipt.Account, [Cause])])
    func causes(
        _ transport: Transport, _ evidence: Evidence, _ listeners: [Listener],
        _ account: Receipt.Account, are expected: [Cause]
    ) throws {
        let findings = try findings(transport, evidence, listeners, [account], isMeant: false)
        let undeclared = try #require(findings.first)
        let isExposure = undeclared.verdict == .delivered
        let finding =
            isExposure
            ? try #require(
                try self.findings(transport, evidence, listeners, [account], isMeant: true).first)
            : undeclared
        #expect(finding.causes == expected)
    }

    @Test func `receipts that contradict each other are all shown, and said to do so`() throws {
        let findings = try findings(
            .udp, .silence, [Self.udp],
            [Receipt.Account(.neverArrived), Receipt.Account(.delivered)])
        let row = FindingRow(findings[0])
        #expect(
            row.fields.first { $0.name == "receipt" }?.value
                == "cannot all be true: the probes never came to the host; and the probes reached the "
                + "socket")
    }

    @Test func `what to do follows where it is stopped`() throws {
        func actions(_ account: Receipt.Account) throws -> [String] {
            try findings(.tcp, .silence, [Self.tcp], [account], isMeant: true)[0].actions
                .map(\.kind)
        }
        #expect(try actions(Receipt.Account(.neverArrived)) == ["check-path", "undeclare"])
        #expect(
            try actions(Receipt.Account(.arrived, answer: .nothing))
                == ["check-layers", "undeclare"])
        #expect(
            try actions(Receipt.Account(.arrived, answer: .handshake))
                == ["check-way-back", "undeclare"])
    }

    @Test func `counts are told as they were read`() {
        let accounts = [
            Self.counted,
            Receipt.Account(
                .stopped(Self.dropRule),
                proofs: [.ruleCounter(Self.dropRule, rise: 3, probes: 3)]),
            Receipt.Account(
                .queueFull, answer: .nothing,
                proofs: [
                    .socket(queuedBytes: 2_496, drops: 3, probes: 5),
                    .captured(packets: 5, interface: "eth0"),
                ]),
            Receipt.Account(
                .neverArrived, answer: .nothing, proofs: [.captured(packets: 0, interface: "eth0")]),
        ]
        #expect(
            accounts.map(\.sentences) == [
                [
                    "The probes came to a port where nothing listens.",
                    "The host counted 65,529 datagrams to ports where nothing listens while 65,529 "
                        + "were sent.",
                ],
                [
                    "A rule of the host stopped the probes: ip filter INPUT: \(Self.dropping).",
                    "Its counter rose by 3 while 3 were sent.",
                ],
                [
                    "The probes reached a socket that had no room for them, and the host sent "
                        + "nothing back.",
                    "2,496 more bytes waited at its socket, and the socket dropped 3 more, while 5 "
                        + "were sent.",
                    "5 of the probes were captured at eth0.",
                ],
                [
                    "The probes never came to the host.",
                    "None of the probes was captured at eth0.",
                ],
            ])
        #expect(
            accounts[1].explanation
                == "a rule of the host stopped the probes: ip filter INPUT: \(Self.dropping); its "
                + "counter rose by 3 while 3 were sent")
    }

    @Test(arguments: KernelCounter.allCases)
    func `every counter has words for one and for several`(counter: KernelCounter) {
        func text(_ count: UInt64) -> String {
            Receipt.Account(
                .arrived, proofs: [.counter(counter, rise: count, probes: count)]
            ).sentences[1]
        }
        #expect(text(1).hasPrefix("The host counted 1 "))
        #expect(text(1).hasSuffix(" while 1 was sent."))
        #expect(text(2).hasSuffix(" while 2 were sent."))
        #expect(text(1) != text(2))
    }

    @Test func `a host that drops everything is known by its rules' counters`() throws {
        let account = Receipt.Account(.stopped(Self.dropRule))
        let known = try findings(
            .udp, .silence, [], rules: [Self.dropping], [account], isAlive: false)
        #expect(outline(known) == ["C3 pass"])
        let unknown = try findings(.udp, .silence, [], rules: [Self.dropping], [], isAlive: false)
        #expect(outline(unknown) == ["U3 inconclusive"])
        let absent = try findings(
            .udp, .silence, [], [Receipt.Account(.neverArrived)], isAlive: false)
        #expect(outline(absent) == ["U3 inconclusive"])
        #expect(absent[0].causes == [.filteredOnTheWay, .wrongAddress])
    }

    @Test func `that nothing came to an address which is translated on the way says nothing`() {
        let address: IPAddress = "198.51.100.99"
        let reconciliation = reconcile(
            .of([ReconcileTests.group(5000...5000, .handshake, at: address)]),
            with: ReconcileTests.report([Self.tcp]), under: Policy(),
            receipts: [Receipt(address, .tcp, Self.port, .neverArrived, proofs: [])])
        #expect(reconciliation.findings.map(\.verdict) == [.openUnattributed])
        #expect(reconciliation.findings.map(\.receipts) == [[]])
    }

    @Test func `every udp port of a host is decided by two receipts`() throws {
        let reconciliation = reconcile(
            .of([
                ReconcileTests.group(1...65535, Self.silence, .udp),
                ReconcileTests.group(99...99, .reset),
            ]), with: ReconcileTests.report([Self.udp]), under: Policy(),
            ruleset: try SituationTests.rules(),
            receipts: [
                Receipt(
                    Self.web, .udp, PortSet.all.subtracting(Self.port), .noPort,
                    proofs: [.counter(.udpNoPort, rise: 65_534, probes: 65_534)]),
                Receipt(
                    Self.web, .udp, Self.port, .delivered,
                    proofs: [.socket(queuedBytes: 832, drops: 0, probes: 1)]),
            ])
        let udp = reconciliation.findings.filter { $0.transport == .udp }
        #expect(udp.map(\.code) == [.e1, .c2])
        #expect(udp.map(\.ports.count) == [1, 65_534])
        #expect(reconciliation.conclusion() == .violates)
    }

    @Test func `a receipt is of the scan that it is given for`() throws {
        let scans = ["a", "b"].map { id in
            var survey = Survey.of([ReconcileTests.group(5000...5000, .silence, .udp)])
            survey.id = id
            return survey
        }
        let parts = reconcile(
            scans, with: ReconcileTests.report([Self.udp]), under: Policy(),
            receipts: ["b": [Receipt(Self.web, .udp, Self.port, .delivered, proofs: [])]])
        #expect(parts.map { $0.findings.map(\.verdict) } == [[.unreachable], [.delivered]])
    }
}
