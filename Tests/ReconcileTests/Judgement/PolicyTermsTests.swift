import Prober
import Testing

@testable import Reconcile

/// What a declaration says beside its ports: who, until when, of which family, for which vantage.
@Suite struct PolicyTermsTests {
    private static let web: IPAddress = "203.0.113.10"
    private static let port = PortSpec(tcp: PortSet([443...443]))
    private static let nginx = Listener(
        .tcp, .dual, "::", 443, owners: [ProcessIdentity(pid: 7, name: "nginx")],
        unit: "nginx.service", inode: 7)

    private static func finding(
        _ policy: Policy, _ listeners: [Listener]? = [nginx], at address: IPAddress = web,
        vantage: Vantage = Vantage(name: "monitor", addresses: ["198.51.100.2", "2001:db8:a::2"])
    ) throws -> Finding {
        let survey = Survey(
            id: "a", started: "", vantage: vantage, seed: 1,
            plan: SurveyPlan(targets: [AddressRange(address)], ports: port),
            groups: [ReconcileTests.group(443...443, .handshake, at: address)])
        let report = listeners.map { ReconcileTests.report($0) }
        let findings = reconcile(survey, with: report, under: policy).findings
        return try #require(findings.count == 1 ? findings.first : nil)
    }

    private static func held(_ word: String) -> Policy {
        Policy([
            Expectation(
                isOpen: true, ports: port, holders: [ExpectedHolder(word)].compactMap { $0 })
        ])
    }

    @Test(
        "a port is held as declared, by someone else, or nobody knows",
        arguments: [
            ("nginx", [nginx], "C1 pass info"), ("nginx.service", [nginx], "C1 pass info"),
            ("apache2", [nginx], "E1 fail high"),
            ("nginx", [Listener(.tcp, .dual, "::", 443)], "U5 inconclusive medium"),
            ("nginx", nil, "U5 inconclusive medium"),
            // Reachable though nothing listens: nginx does not hold it, whatever else is true.
            ("nginx", [], "E3 fail high"),
        ] as [(String, [Listener]?, String)])
    func holder(_ word: String, _ listeners: [Listener]?, gives expected: String) throws {
        let finding = try Self.finding(Self.held(word), listeners)
        let text =
            "\(finding.code.rawValue) \(finding.result.rawValue) \(finding.severity.rawValue)"
        #expect(text == expected)
    }

    @Test func `a port that someone else holds says who, and what to declare`() throws {
        let finding = try Self.finding(Self.held("apache2"))
        #expect(
            finding.explanation == "Reachable, as declared, but someone else than apache2 holds it."
        )
        #expect(
            finding.causes == [.heldBySomeoneElse([Self.nginx], declared: [.name("apache2")])])
        #expect(finding.actions == [.stop(.unit("nginx.service")), .declareHolder([Self.nginx])])
        #expect(
            finding.actions.last?.explanation
                == "If that is meant, declare it: `by: nginx.service`.")
    }

    @Test func `a sensitive port that someone else holds is critical`() throws {
        let ports = PortSpec(tcp: PortSet([5432...5432]))
        let postgres = Listener(
            .tcp, .dual, "::", 5432, owners: [ProcessIdentity(pid: 7, name: "nc")])
        let survey = Survey(
            id: "a", started: "", vantage: Vantage(name: "v", addresses: []), seed: 1,
            plan: SurveyPlan(targets: [AddressRange(Self.web)], ports: ports),
            groups: [ReconcileTests.group(5432...5432, .handshake)])
        let policy = Policy([
            Expectation(isOpen: true, ports: ports, holders: [.name("postgres")])
        ])
        let finding = reconcile(
            survey, with: ReconcileTests.report([postgres]), under: policy
        ).findings.first
        #expect(finding?.severity == .critical)
    }

    private static func exception(until text: String) throws -> Policy {
        let day = try #require(CalendarDay(text))
        return Policy([
            Expectation(
                isOpen: true, ports: port, until: day,
                reason: "the migration", location: "web.yaml:7:9"),
            Expectation(isOpen: false, ports: port, location: "web.yaml:9:9", isRest: true),
        ])
    }

    @Test(
        "an exception holds to the end of its last day",
        arguments: [
            ("2027-01-31", "2026-11-24", "C1"), ("2027-01-31", "2027-01-31", "C1"),
            ("2027-01-31", "2027-02-01", "E1"), ("2026-12-31", "2027-01-01", "E1"),
        ])
    func exception(until last: String, on today: String, gives code: String) throws {
        let policy = try Self.exception(until: last).on(try #require(CalendarDay(today)))
        #expect(try Self.finding(policy).code.rawValue == code)
    }

    @Test func `an exception that ran out is told with the finding that comes back`() throws {
        let policy = try Self.exception(until: "2027-01-31")
            .on(try #require(CalendarDay("2027-02-01")))
        let finding = try Self.finding(policy)
        #expect(finding.result == .fail)
        #expect(
            finding.stance.explanation
                == "not declared, so closed like the rest at web.yaml:9:9; an exception at "
                + "web.yaml:7:9 that declared it open ran out on 2027-01-31: the migration")
        // Without a rest that is written out, too.
        let bare = try Self.finding(Policy([policy.expectations[0]]))
        #expect(bare.stance.meaning == .undeclared)
        #expect(bare.stance.lapsed?.reason == "the migration")
    }

    @Test func `an exception that ran out is no matter that nobody declared`() throws {
        var policy = try Self.exception(until: "2027-01-31")
        policy.undeclared = .warn
        #expect(try Self.finding(policy.on(try #require(CalendarDay("2027-01-31")))).code == .c1)
        let over = try Self.finding(policy.on(try #require(CalendarDay("2027-02-01"))))
        #expect(over.code == .e1)
        #expect(over.result == .fail)
    }

    @Test(
        "an exception that ran out explains no socket and no wide bind",
        arguments: [("2027-01-31", ["H5 info"]), ("2027-02-01", ["E11 warn", "H5 warn"])])
    func socket(on today: String, gives expected: [String]) throws {
        let policy = try Self.exception(until: "2027-01-31").on(try #require(CalendarDay(today)))
        let ownerless = Listener(.tcp, .ipv4, "0.0.0.0", 443, inode: 8)
        let usual = Listener(
            .tcp, .ipv4, "127.0.0.1", 631, owners: [ProcessIdentity(pid: 9, name: "cupsd")],
            inode: 9)
        let survey = Survey.of([
            ReconcileTests.group(443...443, .silence), ReconcileTests.group(9...9, .reset),
        ])
        let found = reconcile(
            survey, with: ReconcileTests.report([ownerless, usual]), under: policy,
            ruleset: try SituationTests.rules(["-A INPUT -p tcp --dport 443 -j DROP"]))
        #expect(
            found.findings.filter(\.isSupplement)
                .map { "\($0.code.rawValue) \($0.result.rawValue)" } == expected)
    }

    @Test func `an exception that never applied is not told of`() throws {
        var policy = try Self.exception(until: "2027-01-31")
        policy.expectations.swapAt(0, 1)
        let finding = try Self.finding(policy.on(try #require(CalendarDay("2027-02-01"))))
        #expect(finding.stance.lapsed == nil)
    }

    @Test(
        "a declaration of one family or vantage says nothing of the others",
        arguments: [
            (nil, [], "203.0.113.10", "monitor", "C1"),
            (.ipv4, [], "203.0.113.10", "monitor", "C1"),
            (.ipv6, [], "203.0.113.10", "monitor", "E1"),
            (.ipv6, [], "2001:db8::10", "monitor", "C1"),
            (nil, ["monitor"], "203.0.113.10", "monitor", "C1"),
            (nil, ["office", "monitor"], "203.0.113.10", "monitor", "C1"),
            (nil, ["office"], "203.0.113.10", "monitor", "E1"),
        ] as [(IPAddress.Family?, [String], IPAddress, String, String)])
    func scope(
        _ family: IPAddress.Family?, _ vantages: [String], at address: IPAddress,
        from vantage: String, gives code: String
    ) throws {
        let policy = Policy([
            Expectation(isOpen: true, ports: Self.port, vantages: vantages, family: family)
        ])
        let finding = try Self.finding(
            policy, at: address,
            vantage: Vantage(name: vantage, addresses: ["198.51.100.2", "2001:db8:a::2"]))
        #expect(finding.code.rawValue == code)
    }

    @Test func `what nobody declared is a warning where the policy says so`() throws {
        #expect(try Self.finding(Policy(undeclared: .warn)).result == .warn)
        let closed = Policy([Expectation(isOpen: false, ports: Self.port)], undeclared: .warn)
        #expect(try Self.finding(closed).result == .fail)
    }
}
