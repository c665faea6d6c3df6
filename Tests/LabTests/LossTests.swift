import Prober
import Reconcile
import TestSupport
import Testing

/// Scans over ways that lose, delay and throttle packets: fast, and never wrong.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct LossTests {
    private static let inside = "203.0.113.10"

    /// Ports with a listener, and ports that the host's rules drop.
    private static let open: [UInt16] = [22, 80, 8443, 50_000]
    private static let dropped: ClosedRange<UInt16> = 20_000...20_099

    /// How many endpoints of `outcome` have another state than is so.
    private static func wrong(_ outcome: ScanOutcome, dropping: PortSet) -> Int {
        let open = Set(open)
        return (1...UInt16.max).filter { port in
            let state: PortState =
                dropping.contains(port) ? .filtered : open.contains(port) ? .open : .closed
            return outcome.group(inside, port)?.state != state
        }.count
    }

    private static func lab(_ link: EmulatedLink, dropping rule: String) throws -> (
        Lab, [ListeningSocket]
    ) {
        let lab = try Lab(link: link)
        try lab.rules(
            on: .inside,
            """
            table inet f {
                chain input {
                    type filter hook input priority filter; policy accept;
                    \(rule)
                }
            }
            """)
        return (lab, try open.map { try lab.listen(on: .inside, "0.0.0.0", port: $0) })
    }

    @Test(
        "with packets lost both ways every state of 65,535 ports is right",
        arguments: [
            EmulatedLink(seed: 1, roundTripMilliseconds: 40, lossPercent: 2, lossPercentBack: 2),
            EmulatedLink(seed: 2, roundTripMilliseconds: 5, lossPercent: 10, lossPercentBack: 5),
            EmulatedLink(
                seed: 3, roundTripMilliseconds: 20, lossPercent: 2, lossPercentBack: 2, burst: 5),
        ])
    func losses(link: EmulatedLink) throws {
        let (lab, listeners) = try Self.lab(link, dropping: "tcp dport 20000-20099 drop")
        let outcome = try lab.scan([Self.inside, "-p-", "--rate", "max"])
        withExtendedLifetime(listeners) {}
        #expect(outcome.status == 0)
        #expect(Self.wrong(outcome, dropping: PortSet([Self.dropped])) == 0)
        let path = try #require(outcome.survey.paths.first)
        #expect(path.answered == 65_435)
        #expect(path.silent == 100)
        #expect((path.confidence ?? 0) >= 0.9999)
        let share = (link.lossPercent + link.lossPercentBack) / 100
        #expect(abs(path.lossShare - share) < share / 2)
    }

    @Test func `a firewall that drops all but four ports hides none of them`() throws {
        let (lab, listeners) = try Self.lab(
            EmulatedLink(seed: 4, roundTripMilliseconds: 1, lossPercent: 1, lossPercentBack: 1),
            dropping: "tcp dport != { 22, 80, 8443, 50000 } drop")
        let outcome = try lab.scan([Self.inside, "-p-", "--rate", "max"])
        withExtendedLifetime(listeners) {}
        #expect(outcome.openPorts(Self.inside) == Self.open)
        #expect(outcome.survey.totals[.filtered] == 65_531)
        #expect((outcome.survey.paths.first?.confidence ?? 0) >= 0.9999)
    }

    @Test(
        "a way that carries little is not flooded until nothing gets through",
        arguments: [200, 2000])
    func congestion(queue: Int) throws {
        let (lab, listeners) = try Self.lab(
            EmulatedLink(
                seed: 5, roundTripMilliseconds: 20, packetRate: 10_000, queue: queue),
            dropping: "tcp dport 20000-20099 drop")
        let outcome = try lab.scan([Self.inside, "-p-"])
        withExtendedLifetime(listeners) {}
        #expect(outcome.status == 0)
        #expect(Self.wrong(outcome, dropping: PortSet([Self.dropped])) == 0)
    }

    @Test func `a host that answers nothing is asked little and called unreachable`() throws {
        let lab = try Lab()
        try lab.rules(
            on: .inside,
            """
            table inet f {
                chain input { type filter hook input priority filter; policy drop; }
            }
            """)
        let outcome = try lab.scan([Self.inside, "-p", "1-2000", "--rate", "max"])
        #expect(outcome.survey.totals[.filtered] == 2000)
        let path = try #require(outcome.survey.paths.first)
        #expect(path.isUnreachable)
        #expect(path.confidence == nil)
        let packets = outcome.survey.groups.reduce(0) { $0 + Int($1.attempts) * $1.ports.count }
        #expect(packets < 2000 * 4)
        // Whoever wants them has as many attempts as they say.
        let exact = try lab.scan(
            [Self.inside, "-p", "1-50", "--retries", "2", "--timeout", "100ms"])
        #expect(exact.survey.groups.allSatisfy { $0.attempts == 3 })
    }
}

/// Open ports put to the proof.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct ProofTests {
    private static let inside = "203.0.113.10"

    @Test func `a host that accepts everything is told from one that does not`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 1000)
        let honest = try lab.scan([Self.inside, "-p", "1000-1001", "--seed", "1"])
        #expect(honest.survey.decoys.map(\.open) == [0])
        #expect(honest.survey.decoys.first?.isAllOpen == false)
        try lab.rules(
            on: .inside,
            """
            table ip n {
                chain pre {
                    type nat hook prerouting priority dstnat;
                    tcp dport 1-65535 redirect to :1000
                }
            }
            """)
        let liar = try lab.scan([Self.inside, "-p", "80,443", "--seed", "1"])
        #expect(liar.openPorts(Self.inside) == [80, 443])
        #expect(liar.survey.decoys.first?.isAllOpen == true)
        let findings = reconcile(
            liar.survey, with: nil, under: Policy())
        #expect(Set(findings.findings.map(\.code)) == [.e4])
        let unasked = try lab.scan([Self.inside, "-p", "80", "--no-decoys"])
        #expect(unasked.survey.decoys.isEmpty)
        withExtendedLifetime(listener) {}
    }

    @Test func `bytes are told from a connection that says nothing`() throws {
        let lab = try Lab()
        let silent = try lab.listen(on: .inside, "0.0.0.0", port: 24)
        let outcome = try lab.scan([Self.inside, "-p", "24-25", "--talk"])
        withExtendedLifetime(silent) {}
        #expect(outcome.evidence(Self.inside, 24) == .exchange(.silent))
        #expect(outcome.evidence(Self.inside, 25) == .reset)
    }
}
