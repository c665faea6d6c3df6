import Foundation
import Prober
import TestSupport
import Testing

/// The commands that findings of the real program name, given to a shell as they stand.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct RemedyTests {
    private struct Report: Decodable {
        struct Finding: Decodable {
            var code, address, transport: String
            var port: UInt16?
            var actions: [Action]
        }
        struct Action: Decodable {
            var kind, text: String
            var steps: [Step]
        }
        struct Step: Decodable { var command: String? }
        var findings: [Finding]

        /// The commands of one action for a port at an address.
        func commands(
            _ code: String, _ kind: String, _ port: UInt16, at address: String
        ) -> [String] {
            findings.filter { $0.code == code && $0.port == port && $0.address == address }
                .flatMap(\.actions).filter { $0.kind == kind }
                .flatMap(\.steps).compactMap(\.command)
        }
    }

    private static let addresses = ["203.0.113.10", "2001:db8:b::10"]
    private static let ports: [UInt16] = [2100, 2101, 2102, 2103, 2104]

    /// Files of one run: a scan from outside, a report of inside, and what was declared.
    private final class Site {
        let lab: Lab
        let folder: URL
        private var listeners: [ListeningSocket] = []

        init(_ policy: String) throws {
            lab = try Lab()
            folder = FileManager.default.temporaryDirectory.appending(
                path: "prober-remedy-\(getpid())-\(UInt16.random(in: 0...UInt16.max))")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(policy.utf8).write(to: folder.appending(path: "policy.yaml"))
            listeners = try RemedyTests.ports.map { try lab.listen(on: .inside, "::", port: $0) }
        }

        deinit { try? FileManager.default.removeItem(at: folder) }

        func path(_ name: String) -> String { folder.appending(path: name).path }

        /// The state of every port at every address, as an outside host sees it.
        func scan() throws -> [String: String] {
            let output = path("scan.jsonl")
            try lab.run(
                on: .outside,
                Lab.Binary.command(
                    ["scan"] + RemedyTests.addresses + [
                        "-p", "2100-2107", "--timeout", "300ms", "--each", "--format", "jsonl",
                        "-o", output,
                    ])
            ).expectSuccess()
            struct Row: Decodable {
                var type: String
                var address: String?
                var port: UInt16?
                var state: String?
            }
            let text = try String(contentsOfFile: output, encoding: .utf8)
            var states: [String: String] = [:]
            for line in text.split(separator: "\n") {
                let row = try JSONDecoder().decode(Row.self, from: Data(line.utf8))
                guard row.type == "result", let address = row.address, let port = row.port else {
                    continue
                }
                states["\(address) \(port)"] = row.state
            }
            #expect(states.count == 16)
            return states
        }

        func report() throws -> Report {
            try lab.run(
                on: .inside,
                Lab.Binary.command(["host", "--format", "json", "-o", path("host.json")])
            ).expectSuccess()
            let outcome = try lab.run(
                on: .edge,
                Lab.Binary.command([
                    "reconcile", "--scan", path("scan.jsonl"), "--host", path("host.json"),
                    "--policy", path("policy.yaml"), "--format", "json",
                ]))
            return try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        }

        func shell(_ commands: [String]) throws {
            for command in commands {
                try lab.run(on: .inside, ["sh", "-c", command]).expectSuccess()
            }
        }
    }

    private static let policy = """
        version: 1
        targets:
          - name: inside
            addresses: [203.0.113.10, "2001:db8:b::10"]
            probe: { tcp: 2100-2107 }
            expect:
              - open: tcp:2100
              - open: tcp:2103
                from: [198.51.100.0/24, "2001:db8:a::/64"]
              - open: tcp:2104

        """

    /// Rules in the words of each tool that let 2100 to 2102 in and stop 2103 and 2104.
    private static let rulesets: [(name: String, load: [String])] = [
        (
            "nft",
            [
                """
                nft -f - <<'END'
                table inet filter {
                  chain input {
                    type filter hook input priority 0; policy drop;
                    iif lo accept
                    ct state established,related accept
                    meta l4proto { icmp, ipv6-icmp } accept
                    tcp dport { 2100, 2101, 2102 } accept
                    tcp dport 2103 drop
                  }
                  chain late {
                    type filter hook input priority 10; policy accept;
                    tcp dport 2104 reject with tcp reset
                  }
                }
                END
                """
            ]
        ),
        (
            "iptables",
            ["iptables", "ip6tables"].flatMap { program in
                [
                    "\(program) -A INPUT -i lo -j ACCEPT",
                    "\(program) -A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT",
                    "\(program) -A INPUT -p \(program == "iptables" ? "icmp" : "ipv6-icmp") -j ACCEPT",
                    "\(program) -N SERVICES", "\(program) -A INPUT -j SERVICES",
                    "\(program) -A SERVICES -p tcp -m multiport --dports 2100:2102 -j ACCEPT",
                    "\(program) -A SERVICES -p tcp --dport 2103 -j DROP",
                    "\(program) -P INPUT DROP",
                ]
            }
        ),
    ]

    @Test("an exposure is closed, alone", arguments: rulesets)
    func closing(_ name: String, _ load: [String]) throws {
        let site = try Site(Self.policy)
        try site.shell(load)
        let before = try site.scan()
        let report = try site.report()
        for address in Self.addresses {
            #expect(before["\(address) 2101"] == "open")
            let commands = report.commands("E1", "restrict", 2101, at: address)
            #expect(commands.count == 1, "\(commands)")
            #expect(commands.allSatisfy { $0.hasPrefix(name) || $0.hasPrefix("ip6") })
            try site.shell(commands)
            var expected = before
            for done in Self.addresses.prefix(through: Self.addresses.firstIndex(of: address) ?? 0)
            {
                expected["\(done) 2101"] = "filtered"
            }
            #expect(try site.scan() == expected)
        }
        #expect(
            !(try site.report()).findings.contains { $0.code == "E1" && $0.port == 2101 })
    }

    @Test("what was declared is let in, from where it was declared", arguments: rulesets)
    func opening(_ name: String, _ load: [String]) throws {
        let site = try Site(Self.policy)
        try site.shell(load)
        let before = try site.scan()
        let report = try site.report()
        var expected = before
        for address in Self.addresses {
            for port in [2103, 2104] as [UInt16] {
                #expect(before["\(address) \(port)"] != "open")
                let commands = report.commands("A1", "check-filters", port, at: address)
                #expect(!commands.isEmpty, "\(name) \(address) \(port)")
                try site.shell(commands)
                expected["\(address) \(port)"] = "open"
                #expect(try site.scan() == expected, "\(commands)")
            }
        }
        // From the router, whose addresses were not declared, 2103 stays shut.
        for address in Self.addresses {
            let outcome = try site.lab.run(
                on: .edge,
                Lab.Binary.command([
                    "scan", address, "-p", "2103,2104", "--timeout", "300ms", "--format", "table",
                ]))
            #expect(outcome.output.contains("2104"))
            #expect(!outcome.output.contains("2103/tcp  open"))
        }
    }

    @Test func `a published port is closed for those outside`() throws {
        let site = try Site(Self.policy)
        // The edge is behind the host here: what comes to 2105 is sent there.
        try site.shell([
            "sysctl -qw net.ipv4.ip_forward=1",
            """
            nft -f - <<'END'
            table ip nat {
              chain prerouting {
                type nat hook prerouting priority dstnat; policy accept;
                ip daddr 203.0.113.10 tcp dport 2105 dnat to 203.0.113.10:2100
                ip daddr 203.0.113.10 tcp dport 2106 redirect to :2102
              }
            }
            END
            """,
        ])
        let before = try site.scan()
        #expect(before["203.0.113.10 2105"] == "open")
        let report = try site.report()
        let commands = report.commands("E1", "restrict", 2105, at: "203.0.113.10")
        #expect(!commands.isEmpty)
        try site.shell(commands)
        var expected = before
        expected["203.0.113.10 2105"] = "filtered"
        #expect(try site.scan() == expected)
        let others = report.commands("E1", "restrict", 2106, at: "203.0.113.10")
        #expect(!others.isEmpty)
        try site.shell(others)
        expected["203.0.113.10 2106"] = "filtered"
        #expect(try site.scan() == expected)
    }

    @Test func `a rule that nothing needs is removed, alone`() throws {
        let site = try Site(Self.policy)
        try site.lab.rules(
            on: .inside,
            """
            table inet filter { chain input { type filter hook input priority 0; policy drop;
                ct state established,related accept
                meta l4proto { icmp, ipv6-icmp } accept
                tcp dport 2100-2104 accept
                tcp dport 2106 accept
                tcp dport 2107 accept
            }
            }
            """)
        let before = try site.scan()
        #expect(before["203.0.113.10 2106"] == "closed")
        let commands = try site.report().commands(
            "H1", "remove-rule", 2106, at: "203.0.113.10")
        #expect(commands.count == 1, "\(commands)")
        try site.shell(commands)
        var expected = before
        for address in Self.addresses { expected["\(address) 2106"] = "filtered" }
        #expect(try site.scan() == expected)
    }
}
