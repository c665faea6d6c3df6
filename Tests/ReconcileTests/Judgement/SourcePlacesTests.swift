import Prober
import Testing

@testable import Reconcile

/// From where the rules are asked when nothing is probed: no source may be left out unseen.
@Suite struct SourcePlacesTests {
    private static let ofRules = "sources that only rules name"
    private static let elsewhere = "anywhere else"

    /// A host with a database at every IPv4 address.
    private static let host: HostReport = {
        var report = ReconcileTests.report([
            Listener(
                .tcp, .ipv4, "0.0.0.0", 6379,
                owners: [ProcessIdentity(pid: 9, name: "redis-server")], inode: 6379)
        ])
        report.addresses = [
            HostAddress("127.0.0.1", prefixLength: 8, interface: "lo"),
            HostAddress("203.0.113.10", prefixLength: 24, interface: "eth0"),
        ]
        return report
    }()

    private static let ports = PortSpec(tcp: PortSet([6379...6379]))

    private static func found(_ rules: Ruleset, _ policy: Policy = Policy()) -> [Reconciliation] {
        predict(
            for: host, under: policy,
            from: Vantage.everywhere(under: policy, of: host, ruleset: rules), ruleset: rules)
    }

    /// What is found of the database, with where it is found from.
    private static func outline(_ rules: Ruleset, _ policy: Policy = Policy()) -> [String] {
        found(rules, policy).flatMap { part in
            part.findings.filter {
                !$0.isSupplement && $0.transport == .tcp && $0.ports.contains(6379)
            }.map {
                "\(part.vantage?.name ?? ""): \($0.code.rawValue) \($0.result.rawValue)"
            }
        }
    }

    private static func accept(from sources: String...) throws -> Ruleset {
        try SituationTests.rules(
            sources.map { "-A INPUT -s \($0) -p tcp --dport 6379 -j ACCEPT" }
                + ["-A INPUT -j DROP"])
    }

    @Test func `sources that only rules name are asked too`() throws {
        let rules = try Self.accept(from: "8.0.0.0/5")
        #expect(
            Self.outline(rules) == ["\(Self.ofRules): E1 fail", "\(Self.elsewhere): C3 pass"])
        #expect(Reconciliation.conclusion(of: Self.found(rules)) == .violates)
    }

    @Test(
        "rules that name every address of a family leave none of them out",
        arguments: [
            (["0.0.0.0/0"], ["anywhere else: E1 fail"]),
            (["0.0.0.0/1", "128.0.0.0/1"], ["sources that only rules name: E1 fail"]),
        ])
    func wholeFamily(_ sources: [String], gives expected: [String]) throws {
        let lines = sources.map { "-A INPUT -s \($0) -p tcp --dport 6379 -j ACCEPT" }
        #expect(
            Self.outline(try SituationTests.rules(lines + ["-A INPUT -j DROP"])) == expected)
    }

    private static func nft(_ rule: String, policy: String) throws -> Ruleset {
        try RulesetReadingTests.ruleset(RulesetReadingTests.nft(rule, policy: policy))
    }

    private static let source = #"{"payload": {"protocol": "ip", "field": "saddr"}}"#

    @Test func `sources of a verdict map are told apart`() throws {
        let rules = try Self.nft(
            """
            {"vmap": {"key": \(Self.source), "data": {"set":
             [[{"prefix": {"addr": "223.64.0.0", "len": 11}}, {"drop": null}]]}}}
            """, policy: "accept")
        #expect(
            Self.outline(rules) == ["\(Self.ofRules): C3 pass", "\(Self.elsewhere): E1 fail"])
    }

    @Test func `nobody is told apart where a rule looks at a part of the source`() throws {
        let rules = try Self.nft(
            """
            {"match": {"op": "==", "left": {"&": [\(Self.source), "0.0.0.1"]},
             "right": "0.0.0.1"}},
            {"drop": null}
            """, policy: "accept")
        #expect(
            Vantage.everywhere(under: Policy(), of: Self.host, ruleset: rules).last?.addresses == []
        )
        #expect(Self.outline(rules) == ["\(Self.elsewhere): U1 inconclusive"])
        #expect(Reconciliation.conclusion(of: Self.found(rules)) == .undecided)
    }

    @Test func `every part of a declared range is judged, those alike once`() throws {
        let range = try #require(AddressRange(block: "10.0.0.0", prefixLength: 8))
        let policy = Policy([Expectation(isOpen: false, ports: Self.ports, from: [range])])
        let dropped = stride(from: 1, to: 40, by: 2).map {
            "-A INPUT -s 10.0.\($0).0/24 -p tcp --dport 6379 -j DROP"
        }
        let rules = try SituationTests.rules(
            dropped + ["-A INPUT -s 10.200.0.0/16 -j ACCEPT", "-A INPUT -j DROP"])
        #expect(
            Self.outline(rules, policy) == [
                "10.0.0.0/8: C3 pass", "10.0.0.0/8: E1 fail", "\(Self.elsewhere): C3 pass",
            ])
    }

    @Test func `a part of two declared ranges is one of the narrower`() throws {
        let wide = try #require(AddressRange(block: "10.0.0.0", prefixLength: 8))
        let narrow = try #require(AddressRange(block: "10.1.0.0", prefixLength: 16))
        let policy = Policy([Expectation(isOpen: true, ports: Self.ports, from: [wide, narrow])])
        let places = Vantage.all(named: policy, of: nil)
        #expect(
            places.dropLast().map(\.explanation) == [
                "10.0.0.0/8 (10.0.0.1)", "10.1.0.0/16 (10.1.0.1)",
            ])
    }

    @Test func `a list of banned sources takes nothing back that is declared open`() throws {
        let policy = Policy([Expectation(isOpen: true, ports: Self.ports)])
        let bans = (1...5).map { "-A INPUT -s 198.51.100.\($0) -j DROP" }
        let rules = try SituationTests.rules(bans)
        #expect(
            Self.outline(rules, policy) == [
                "\(Self.ofRules): A1 info", "\(Self.elsewhere): C1 pass",
            ])
        #expect(Reconciliation.conclusion(of: Self.found(rules, policy)) == .conforms)
        // Stopped for everybody is against the declaration, and told once.
        let closed = try SituationTests.rules(bans + ["-A INPUT -j DROP"])
        #expect(Self.outline(closed, policy) == ["\(Self.elsewhere): A1 fail"])
    }

    @Test func `sources that are too many to follow leave open what depends on them`() throws {
        let rules = try SituationTests.rules(
            (0..<1100).map { "-A INPUT -s 10.\($0 / 100).\($0 % 100).0/24 -j DROP" }
                + ["-A INPUT -p tcp --dport 22 -j ACCEPT", "-A INPUT -j DROP"])
        let places = Vantage.everywhere(under: Policy(), of: Self.host, ruleset: rules)
        #expect(places.count { $0.addresses.isEmpty } == 1)
        let rest = predict(
            for: Self.host, under: Policy(), from: places.filter(\.addresses.isEmpty),
            ruleset: rules)
        // The database is stopped for everybody, and port 22 is not.
        let open = rest[0].findings.filter { $0.result == .inconclusive }
        #expect(open.map { "\($0.code.rawValue) \($0.ports)" } == ["U1 22"])
    }

    @Test func `addresses of a family without a source are not decided`() throws {
        var host = Self.host
        host.addresses.append(HostAddress("2001:db8::10", prefixLength: 64, interface: "eth0"))
        let rules = try SituationTests.rules(["-A INPUT -j DROP"])
        let four = Vantage(name: "198.51.100.7", addresses: ["198.51.100.7"])
        let found = predict(for: host, under: Policy(), from: [four], ruleset: rules)
        #expect(found.map(\.uncoveredAddresses) == [TargetSet([AddressRange("2001:db8::10")])])
        #expect(found[0].conclusion() == .undecided)
        #expect(
            found[0].openQuestions.map(\.explanation) == [
                "Nothing passes: no packet to 2001:db8::10 was followed, because no source that "
                    + "was asked from has its family."
            ])
        #expect(
            predict(for: Self.host, under: Policy(), from: [four], ruleset: rules)[0].conclusion()
                == .conforms)
    }

    @Test func `what a place is called decides no declaration of a vantage`() throws {
        let policy = Policy([
            Expectation(isOpen: false, ports: Self.ports, vantages: ["internet"]),
            Expectation(isOpen: true, ports: Self.ports),
        ])
        #expect(
            Self.outline(try SituationTests.rules(), policy) == [
                "\(Self.elsewhere): U9 inconclusive"
            ])
    }

    @Test(arguments: UInt64(0)..<40)
    func `every source is in a part that has its groups, and no two parts have the same`(
        seed: UInt64
    ) {
        var generator = SplitMix64(state: seed)
        let family = seed % 2 == 0 ? IPAddress.Family.ipv4 : .ipv6
        func address() -> IPAddress {
            IPAddress(family, number: UInt128.random(in: 0...family.greatest, using: &generator))
        }
        let groups = (0..<6).map { _ in
            (0..<Int.random(in: 1...4, using: &generator)).compactMap { _ in
                AddressRange(
                    block: address(), prefixLength: Int.random(in: 0...6, using: &generator))
            }
        }
        // A group that has every address parts nothing.
        func membership(of address: IPAddress) -> Set<Int> {
            Set(
                groups.indices.filter { index in
                    TargetSet(groups[index]).ranges.contains {
                        $0.prefixLength != 0 && $0.contains(address)
                    }
                })
        }
        let parts = SourcePartition(family, by: groups).parts
        for part in parts { #expect(membership(of: part.address) == part.groups) }
        let known = Set(parts.map(\.groups))
        #expect(known.count == parts.count)
        for _ in 0..<200 {
            let source = address()
            if SpecialRange.all.contains(where: { $0.range.contains(source) }) { continue }
            if source.isLoopback { continue }
            #expect(known.contains(membership(of: source)), "\(source)")
        }
    }
}
