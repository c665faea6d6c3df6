import Prober
import Testing

@testable import Reconcile

/// What a witness shows of a scan, and what it must not show.
@Suite struct WitnessReceiptTests {
    private static let host: IPAddress = "203.0.113.10"
    private static let vantage: IPAddress = "198.51.100.2"

    /// A scan of ports 1 to 10 over both transports, from second 10 to second 20.
    private static func survey(
        boot: String? = "one", evidence: Evidence = .silence,
        at address: IPAddress = host, from sources: [IPAddress] = [vantage]
    ) -> Survey {
        var survey = Survey.of(
            Transport.allCases.map {
                ObservationGroup(address, $0, PortSet([1...10]), evidence, attempts: 2)
            }, from: sources)
        survey.started = TimeText.text(10_000)
        survey.traces = ProbeTraces(
            boot: boot, tcpSources: PortSet([32_768...60_999]),
            udpSources: PortSet(ports: [68, 40_000]), ended: TimeText.text(20_000))
        return survey
    }

    private static func arrival(
        _ transport: Transport = .tcp, _ ports: ClosedRange<UInt16> = 1...4,
        from source: IPAddress = vantage, sourcePorts: ClosedRange<UInt16> = 40_000...40_000,
        _ first: Int64 = 11_000, _ last: Int64 = 12_000, answers: Arrival.Answers = [],
        to address: IPAddress = host
    ) -> Arrival {
        Arrival(
            source, to: address, transport, PortSet([ports]), packets: 2, sourcePorts: sourcePorts,
            first: first, last: last, answers: answers)
    }

    /// Each transport's ports by fate and answer.
    private static func summary(_ receipts: [Receipt]) -> [String] {
        receipts.map { receipt in
            let answer = receipt.answer.map { " \($0.rawValue)" } ?? ""
            return "\(receipt.transport.rawValue) \(receipt.ports) \(receipt.fate)\(answer)"
        }.sorted()
    }

    private static func receipts(
        _ arrivals: [Arrival], _ survey: Survey = survey(),
        _ change: (inout Witness) -> Void = { _ in }
    ) -> [String] {
        var witness = Witness.of(arrivals)
        change(&witness)
        return summary(Witness.receipts(of: survey, from: [witness]))
    }

    private static let nothingElse = ["tcp 5-10 neverArrived", "udp 1-10 neverArrived"]

    @Test(
        "an answer is that of the host, where it is clear",
        arguments: [
            (Transport.tcp, Arrival.Answers([]), " nothing"), (.tcp, .handshake, " handshake"),
            (.tcp, .reset, " reset"), (.tcp, .icmpError, " icmp-error"),
            (.tcp, [.handshake, .reset], " handshake"), (.tcp, [.reset, .icmpError], ""),
            (.udp, [], " nothing"), (.udp, .datagram, " datagram"),
            (.udp, .icmpError, " icmp-error"), (.udp, [.datagram, .icmpError], " datagram"),
        ] as [(Transport, Arrival.Answers, String)])
    func answer(over transport: Transport, of answers: Arrival.Answers, is expected: String) {
        let found = Self.receipts([Self.arrival(transport, answers: answers)])
        let other: Transport = transport == .tcp ? .udp : .tcp
        #expect(
            found
                == [
                    "\(transport.rawValue) 1-4 arrived\(expected)",
                    "\(transport.rawValue) 5-10 neverArrived",
                    "\(other.rawValue) 1-10 neverArrived",
                ].sorted())
    }

    @Test func `the proof counts the packets to each port at the interface`() {
        let receipts = Witness.receipts(of: Self.survey(), from: [.of([Self.arrival()])])
        #expect(
            receipts.map(\.proofs) == [
                [.captured(packets: 2, interface: "any")],
                [.captured(packets: 0, interface: "any")],
                [.captured(packets: 0, interface: "any")],
            ])
    }

    @Test(
        "a witness that may have missed something never says that a probe did not arrive",
        arguments: [
            "cut", "incomplete", "dropped", "uncounted", "not counted", "one interface", "late",
            "early",
        ])
    func gaps(name: String) {
        let found = Self.receipts([Self.arrival(answers: .reset)]) { witness in
            switch name {
            case "cut":
                witness.ended = nil
                witness.isComplete = false
            case "incomplete": witness.isComplete = false
            case "dropped": witness.dropped = 1
            case "uncounted": witness.uncounted = 1
            case "not counted": witness.dropped = nil
            case "one interface": witness.interface = "eth0"
            case "late": witness.started = 10_001
            default: witness.ended = 20_000
            }
        }
        #expect(found == ["tcp 1-4 arrived reset"])
    }

    @Test(
        "nothing is said of an answer that may have been missed",
        arguments: ["dropped", "one interface", "end"])
    func unseenAnswers(name: String) {
        let found = Self.receipts([Self.arrival()]) { witness in
            switch name {
            case "dropped": witness.dropped = 1
            case "one interface": witness.interface = "eth0"
            default: witness.ended = 12_999
            }
        }
        #expect(found == ["tcp 1-4 arrived"])
    }

    @Test(
        "packets of others leave no receipt, and none that says the opposite",
        arguments: [
            // Before, after, and partly within the scan.
            (arrival(.tcp, 9000, 9_999), Fate.unsure), (arrival(.tcp, 20_002, 20_003), .unsure),
            (arrival(.tcp, 9000, 11_000), .silent), (arrival(.tcp, 19_000, 21_000), .silent),
            // Another source may be the vantage, translated.
            (arrival(from: "198.51.100.77"), .silent),
            // From ports that the scan did not have.
            (arrival(sourcePorts: 100...200), .silent),
            (arrival(sourcePorts: 30_000...40_000), .silent),
            (arrival(.udp, sourcePorts: 50_000...50_000), .silent),
            (arrival(.udp, sourcePorts: 40_000...50_000), .silent),
            // Another address of the host.
            (arrival(to: "203.0.113.11"), .missing),
        ])
    func others(arrival: Arrival, fate: Fate) {
        let other: Transport = arrival.transport == .tcp ? .udp : .tcp
        guard fate != .unsure else { return #expect(Self.receipts([arrival]).isEmpty) }
        let ports = fate == .silent ? "5-10" : "1-10"
        #expect(
            Self.receipts([arrival])
                == [
                    "\(arrival.transport.rawValue) \(ports) neverArrived",
                    "\(other.rawValue) 1-10 neverArrived",
                ].sorted())
    }

    /// What is said of the ports of a strange row.
    enum Fate { case missing, silent, unsure }

    private static func arrival(_ transport: Transport, _ first: Int64, _ last: Int64) -> Arrival {
        arrival(transport, 1...4, first, last)
    }

    @Test func `busy ports do not hide a drop once probes come under their own address`() {
        let found = Self.receipts([
            Self.arrival(.tcp, 1...4, answers: .reset),
            Self.arrival(.tcp, 7...8, from: "192.0.2.99", answers: .handshake),
        ])
        #expect(found == ["tcp 1-4 arrived reset"] + Self.nothingElse)
    }

    @Test func `a port to which a second scan may have sent has no answer`() {
        let found = Self.receipts([
            Self.arrival(.tcp, 1...4, answers: .reset),
            Self.arrival(.tcp, 3...3, 19_000, 21_000, answers: .handshake),
        ])
        #expect(
            found == ["tcp 1-2,4 arrived reset", "tcp 3 arrived"] + Self.nothingElse)
    }

    @Test(
        "of another machine's clock only what was seen tells that the scan was covered",
        arguments: [
            // The scan takes ten seconds, and a packet one.
            // Twice two seconds more are left for clocks that are set.
            (Int64(-9000), Int64(60_000), true), (-3001, 26_001, true), (-3000, 26_001, false),
            (-3001, 26_000, false), (0, 60_000, false), (-9000, 20_000, false),
        ])
    func otherClock(started: Int64, ended: Int64, isCovered: Bool) {
        var witness = Witness.of([Self.arrival(answers: .reset)], from: started, to: ended)
        witness.boot = "two"
        let found = Self.summary(Witness.receipts(of: Self.survey(), from: [witness]))
        #expect(found == ["tcp 1-4 arrived reset"] + (isCovered ? Self.nothingElse : []))
    }

    @Test func `of another machine's clock nothing is said when no probe was seen`() {
        #expect(Self.receipts([]) == ["tcp 1-10 neverArrived", "udp 1-10 neverArrived"])
        #expect(Self.receipts([], Self.survey(boot: "two")).isEmpty)
        #expect(Self.receipts([], Self.survey(boot: nil)) { $0.boot = nil }.isEmpty)
    }

    @Test func `a clock that is two seconds off is borne`() {
        let survey = Self.survey(boot: "two")
        #expect(
            Self.receipts([Self.arrival(.tcp, 8000, 22_001)], survey) { $0.dropped = 1 }
                == ["tcp 1-4 arrived"])
        #expect(
            Self.receipts([Self.arrival(.tcp, 7999, 22_001)], survey) { $0.dropped = 1 }.isEmpty)
    }

    @Test func `sources that were not recorded are not missed`() {
        let arrivals = [Self.arrival(answers: .reset)]
        #expect(
            Self.receipts(arrivals) { $0.sources = TargetSet([AddressRange("192.0.2.1")]) }
                == ["tcp 1-4 arrived reset"])
        #expect(
            Self.receipts(arrivals) { $0.sources = TargetSet([AddressRange(Self.vantage)]) }
                == ["tcp 1-4 arrived reset", "tcp 5-10 neverArrived"])
        // The vantage may come under an address that is not recorded.
        #expect(Self.receipts([]) { $0.sources = TargetSet([AddressRange(Self.vantage)]) }.isEmpty)
        #expect(
            Self.receipts(arrivals) { $0.ports = PortSpec(tcp: PortSet([1...6])) }
                == ["tcp 1-4 arrived reset", "tcp 5-6 neverArrived"])
    }

    @Test(
        "a scan of which nothing is known has no receipts",
        arguments: ["old", "cut", "NAT", "failed"])
    func unknownScan(name: String) {
        var survey = Self.survey()
        switch name {
        case "old": survey.traces = nil
        case "cut": survey.traces?.ended = nil
        case "NAT": survey.vantage.addresses = []
        default: survey = Self.survey(evidence: .localFailure(.interrupted))
        }
        let arrivals = [Self.arrival(answers: .reset), Self.arrival(.udp)]
        #expect(Self.receipts(arrivals, survey).isEmpty)
    }

    @Test func `what one witness saw, another does not deny`() {
        let (one, other) = (Witness.of([Self.arrival(answers: .reset)]), Witness.of([]))
        let found = Self.summary(Witness.receipts(of: Self.survey(), from: [one, other]))
        #expect(found == ["tcp 1-4 arrived reset"] + Self.nothingElse)
    }

    @Test func `a probe over IPv6 is no proof for IPv4's addresses`() {
        let host: IPAddress = "2001:db8:b::10"
        let survey = Self.survey(at: host, from: [Self.vantage, "2001:db8:a::2"])
        let arrivals = [
            Self.arrival(from: "2001:db8:a::2", answers: .handshake, to: host),
            Self.arrival(.tcp, 7...7, from: "2001:db8:a::99", to: host),
        ]
        #expect(
            Self.receipts(arrivals, survey) == ["tcp 1-4 arrived handshake"] + Self.nothingElse)
    }

    @Test(
        "probes that come translated to one address are not denied for another that came as it is")
    func hairpin() {
        let inner: IPAddress = "203.0.113.11"
        var survey = Self.survey()
        survey.groups += Self.survey(at: inner).groups
        let arrivals = [
            Self.arrival(answers: .reset),
            Self.arrival(.tcp, 1...9, from: "203.0.113.1", answers: .reset, to: inner),
            // UDP comes from ports that a box has changed, though TCP does not.
            Self.arrival(.udp, 1...8, sourcePorts: 50_000...50_000),
        ]
        let found = Self.receipts(arrivals, survey) { witness in
            witness.addresses = TargetSet([AddressRange(Self.host), AddressRange(inner)])
        }
        #expect(
            found == [
                "tcp 1-4 arrived reset", "tcp 10 neverArrived", "tcp 5-10 neverArrived",
                "udp 1-10 neverArrived", "udp 9-10 neverArrived",
            ])
    }

    @Test(
        "a clock that was set denies nothing, under whatever address the probes come",
        arguments: [vantage, "198.51.100.77"])
    func stepped(source: IPAddress) {
        let arrivals = [
            Self.arrival(.tcp, 1...10, from: source, 23_000, 24_000, answers: .handshake),
            Self.arrival(.udp, 1...10, from: source, 23_000, 24_000, answers: .datagram),
        ]
        #expect(Self.receipts(arrivals).isEmpty)
        // And none of what came too late in part.
        let one = Self.receipts([arrivals[0]])
        #expect(one == (source == Self.vantage ? [] : ["udp 1-10 neverArrived"]))
    }

    @Test func `what passes a router has not arrived, and its silence is no answer`() {
        let found = Self.receipts([Self.arrival(), Self.arrival(.udp, answers: .icmpError)]) {
            $0.addresses = TargetSet([AddressRange("203.0.113.1")])
        }
        #expect(found.isEmpty)
    }

    @Test(
        "why a witness denies nothing is said",
        arguments: [
            ("", nil), ("cut", .incomplete), ("dropped", .dropped(3)), ("file", .dropped(nil)),
            ("full", .uncounted(2)), ("one", .interface("eth0")), ("old", .noTraces),
            ("clock", .clock), ("apart", .noProbe), ("late", .time), ("other", .otherHost),
        ] as [(String, WitnessGap?)])
    func gap(name: String, expected: WitnessGap?) {
        var survey = Self.survey()
        var witness = Witness.of([])
        switch name {
        case "cut": witness.ended = nil
        case "dropped": witness.dropped = 3
        case "file": witness.dropped = nil
        case "full": witness.uncounted = 2
        case "one": witness.interface = "eth0"
        case "old": survey.traces = nil
        case "clock": witness.arrivals = [Self.arrival(.tcp, 23_000, 24_000)]
        case "apart": witness.boot = "two"
        case "late": witness.started = 10_001
        case "other": witness.addresses = TargetSet([AddressRange("203.0.113.1")])
        default: break
        }
        #expect(witness.gap(of: survey) == expected)
    }
}
