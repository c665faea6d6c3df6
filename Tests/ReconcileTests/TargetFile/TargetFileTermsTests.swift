import Prober
import Testing

@testable import Reconcile

/// Groups, holders, families, vantages and last days in target files.
@Suite struct TargetFileTermsTests {
    private func file(_ text: String) throws(InputError) -> TargetFile {
        try TargetFile(parsing: text, source: "t.yaml", services: ServiceTable(parsing: ""))
    }

    @Test func `an entry says who, where, and until when`() throws {
        let file = try file(
            """
            version: 1
            targets:
              - name: web
                addresses: [203.0.113.10]
                expect:
                  - open: tcp:443
                    by: nginx
                  - open: tcp:22
                    by: [sshd, ssh.service, "container:3f2a"]
                    family: ipv6
                    vantage: [office, monitor]
                  - open: tcp:8080
                    until: 2027-01-31
                    why: the migration
            """)
        let entries = file.targets[0].policy.expectations
        #expect(entries[0].holders == [.name("nginx")])
        #expect(
            entries[1].holders == [.name("sshd"), .unit("ssh.service"), .container("3f2a")])
        #expect(entries[1].family == .ipv6)
        #expect(entries[1].vantages == ["office", "monitor"])
        #expect(entries[2].until == CalendarDay("2027-01-31"))
        #expect(file.targets[0].policy.undeclared == .fail)
    }

    private static let grouped = """
        version: 1
        defaults: { rate: 10, undeclared: warn }
        groups:
          - name: web
            rate: 20
            retries: 3
            expect:
              - open: [tcp:80, tcp:443]
          - name: watched
            retries: 4
            undeclared: fail
            expect:
              - open: tcp:9100
                from: 198.51.100.7
              - closed: rest
        targets:
          - name: web1
            addresses: [203.0.113.10]
            group: [web, watched]
            rate: 30
            expect:
              - open: tcp:22
          - name: web2
            addresses: [203.0.113.11]
            group: web
          - name: alone
            addresses: [203.0.113.12]
        """

    @Test func `targets share what their groups declare, after their own`() throws {
        let targets = try file(Self.grouped).targets
        #expect(
            targets[0].policy.expectations.map { "\($0.isOpen) \($0.ports)" } == [
                "true tcp:22", "true tcp:80,443", "true tcp:9100", "false tcp:1-65535",
            ])
        #expect(targets[1].policy.expectations.map { "\($0.ports)" } == ["tcp:80,443"])
        #expect(targets[2].policy.expectations.isEmpty)
        #expect(targets.map(\.groups) == [["web", "watched"], ["web"], []])
    }

    @Test func `a target's own settings win, then those of its first group`() throws {
        let targets = try file(Self.grouped).targets
        #expect(targets.map(\.settings.rate) == [.perSecond(30), .perSecond(20), .perSecond(10)])
        #expect(targets.map(\.settings.retries) == [3, 3, nil])
        #expect(targets.map(\.policy.undeclared) == [.fail, .warn, .warn])
    }

    @Test(
        "each mistake is named where it stands",
        arguments: [
            ("by: nginx", "closed: tcp:1", ":8:9: \"by\" says who may hold a port"),
            ("by: \"a b\"", "open: tcp:1", ":8:13: \"by\" is \"a b\", not who can hold a port"),
            ("by: []", "open: tcp:1", ":8:13: \"by\" is empty"),
            ("family: ipv5", "open: tcp:1", ":8:17: \"family\" is \"ipv5\", not a family"),
            ("until: 2027-02-30", "open: tcp:1", ":8:16: \"until\" is \"2027-02-30\", not a day"),
            (
                "until: 2027-01-31", "open: tcp:1",
                ":8:16: an exception with a last day has no reason"
            ),
            ("vantage: []", "open: tcp:1", ":8:18: \"vantage\" is empty"),
            ("until: 2027-01-31", "closed: rest", ":8:9: closed: rest speaks of everything"),
            ("untill: 2027-01-31", "open: tcp:1", "Did you mean \"until\"?"),
            ("held-by: nginx", "open: tcp:1", ":8:9: unknown key \"held-by\""),
        ])
    func mistake(_ line: String, in entry: String, gives message: String) {
        let text = """
            version: 1
            targets:
              - name: web
                addresses: [203.0.113.10]
                expect:
                  - closed: tcp:2
                  - \(entry)
                    \(line)
            """
        let error = #expect(throws: InputError.self) { try file(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test(
        "each mistake about groups is named where it stands",
        arguments: [
            ("group: wbe", "t.yaml:9:12: there is no group called \"wbe\". Did you mean \"web\"?"),
            ("group: [web, web]", "t.yaml:9:18: web stands here twice"),
            ("group: [a]", "t.yaml:9:13: there is no group called \"a\""),
            ("group: web, probe: { tcp: 80 }", "tcp:443 is not probed"),
            ("group: web, expect: [{ closed: rest }]", "this stands after closed: rest"),
            (
                "group: web, expect: [{ open: \"tcp:1-1000\" }]",
                "t.yaml:5:9: this is never reached: the entry in line 9"
            ),
        ])
    func groupMistake(_ keys: String, gives message: String) {
        let text = """
            version: 1
            groups:
              - name: web
                expect:
                  - open: [tcp:443]
            targets:
              - {
                name: web1, addresses: [203.0.113.10],
                \(keys)
                }
            """
        let error = #expect(throws: InputError.self) { try file(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func `a group that nobody is in is read too`() {
        let text = """
            version: 1
            groups: [{ name: web, expect: [{ opne: tcp:1 }] }]
            exclude: [203.0.113.0/24]
            """
        let error = #expect(throws: InputError.self) { try file(text) }
        #expect(error?.problem == "unknown key \"opne\"")
    }

    @Test func `what follows an exception of the same ports is reached when that is over`() throws {
        let file = try file(
            """
            version: 1
            targets:
              - name: web
                addresses: [203.0.113.10]
                expect:
                  - open: tcp:8080
                    until: 2027-01-31
                    why: the migration
                  - closed: tcp:8080
                    why: never again
            """)
        #expect(file.targets[0].policy.expectations.count == 2)
    }
}
