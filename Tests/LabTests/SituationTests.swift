import Foundation
import Glibc
import Prober
import TestSupport
import Testing

/// Situations that have a name, built for real.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct SituationTests {
    private static let four = "203.0.113.10"
    private static let six = "2001:db8:b::10"

    @Test func `a family that the rules forgot is open, and the gap is named with its trap`() throws
    {
        let situation = try SituationLab()
        let lab = situation.lab
        let listeners = try [1000, 1001].map { try lab.listen(on: .inside, "::", port: $0) }
        try lab.rules(
            on: .inside,
            """
            table ip four { chain input { type filter hook input priority 0
                tcp dport 1000 drop
            }
            }
            table inet both { chain input { type filter hook input priority 0
                tcp dport 1001 reject with icmp type admin-prohibited
            }
            }
            """)
        let scan = try situation.scan("1000-1010", of: [Self.four, Self.six])
        let found = try situation.findings([scan])
        withExtendedLifetime(listeners) {}
        #expect(found.rulings(1000, at: Self.four) == ["C3 pass", "E11 warn"])
        #expect(found.rulings(1001, at: Self.four) == ["C3 pass", "E11 warn"])
        for port in [UInt16(1000), 1001] {
            #expect(found.rulings(port, at: Self.six) == ["E1 fail", "E7 warn"])
        }
        let gaps = (1000...1001).map { port in
            found.of(port, at: Self.six).first { $0.code == "E7" }?.causes.first ?? ""
        }
        #expect(gaps[0].hasPrefix("What stops the other family does not see this one: ip four"))
        #expect(gaps[1].contains("ICMP error of the other family"))
        let table = try lab.run(
            on: .edge,
            Lab.Binary.command(["reconcile", "--scan", scan, "--host", situation.path("host.json")])
        ).output.replacing("\n            ", with: " ")
        #expect(
            table.contains("against   203.0.113.10: no answer; dropped by ip four input handle"))
    }

    @Test func `a wrong bind, a stopped service, a stale rule and a protected one`() throws {
        let situation = try SituationLab()
        let lab = situation.lab
        let listeners = try [
            lab.listen(on: .inside, "127.0.0.1", port: 1000),
            lab.listen(on: .inside, "0.0.0.0", port: 1004),
            lab.listen(on: .inside, "203.0.113.10", port: 1005),
            lab.listen(on: .inside, "203.0.113.10", port: 1008),
        ]
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                tcp dport { 1002, 1003 } accept
                tcp dport { 1004, 1005 } drop
                tcp dport 1006 reject with tcp reset
                tcp dport 1007 reject with icmpx port-unreachable
                tcp dport 1008 limit rate 1/second drop
            }
            }
            """)
        let scan = try situation.scan("1000-1010")
        let found = try situation.findings(
            [scan], declaring: "[{ open: [tcp:1000, tcp:1001, tcp:1002] }]")
        withExtendedLifetime(listeners) {}
        #expect(found.rulings(1000) == ["A4 fail"])
        #expect(found.rulings(1001) == ["A3 fail"])
        #expect(found.rulings(1002) == ["A3 fail"])
        #expect(found.rulings(1003) == ["H1 warn"])
        #expect(found.of(1003).first?.actions.first?.contains("1002") == true)
        #expect(found.rulings(1004) == ["C3 pass", "E11 warn"])
        #expect(found.rulings(1005) == ["C3 pass"])
        #expect(found.rulings(1006) == ["C3 pass", "H3 info"])
        #expect(found.rulings(1007) == ["C3 pass", "H3 info"])
        #expect(found.rulings(1008) == ["U1 pass"])
        #expect(found.rulings(1009) == ["C2 pass"])
    }

    @Test func `a full backlog looks like a filter from outside, and is told from inside`() throws {
        let situation = try SituationLab()
        let lab = situation.lab
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 1000, backlog: 1)
        let filled = try (0..<2).map { _ in
            try ListeningSocket.Connection(
                to: .v4(0xcb00_710a), port: 1000, namespace: lab.namespace(of: .outside))
        }
        let scan = try situation.scan("1000-1003")
        let found = try situation.findings([scan], declaring: "[{ open: tcp:1000 }]")
        withExtendedLifetime((listener, filled)) {}
        #expect(found.rulings(1000) == ["A6 fail"])
        #expect(found.of(1000).first?.causes.first?.hasPrefix("2 connections wait") == true)
        #expect(
            found.of(1000).first?.actions.first?.contains("The firewall is not to blame") == true)
    }

    @Test func `a program that accepts nothing is dead, though its port is open`() throws {
        let situation = try SituationLab()
        let lab = situation.lab
        let listener = try lab.listen(on: .inside, "::", port: 1000)
        let waiting = try ListeningSocket.Connection(
            to: .v4(0xcb00_710a), port: 1000, namespace: lab.namespace(of: .outside))
        let path = try situation.file(
            "check.yaml",
            """
            version: 1
            targets:
              - name: inside
                addresses: [this-host]
                vantage: namespace
                probe: { tcp: 1000-1010 }
                host: { live: true }
                expect: [{ open: tcp:1000 }]
            """)
        let found = try Findings(
            lab.run(on: .inside, Lab.Binary.command(["check", path, "--format", "json", "-q"])))
        withExtendedLifetime((listener, waiting)) {}
        #expect(found.rulings(1000) == ["A7 fail"])
    }

    @Test func `what rules translate to loopback leaks`() throws {
        let situation = try SituationLab()
        let lab = situation.lab
        let listeners = try [
            lab.listen(on: .inside, "127.0.0.1", port: 1000),
            lab.listen(on: .inside, "127.0.0.1", port: 1001),
        ]
        try lab.run(on: .inside, ["sysctl", "-qw", "net.ipv4.conf.all.route_localnet=1"])
            .expectSuccess()
        try lab.rules(
            on: .inside,
            """
            table ip t { chain pre { type nat hook prerouting priority dstnat
                tcp dport 1000 dnat to 127.0.0.1
            }
            }
            """)
        let scan = try situation.scan("1000-1003")
        let found = try situation.findings([scan])
        withExtendedLifetime(listeners) {}
        #expect(found.rulings(1000).contains("E6 fail"))
        #expect(found.rulings(1001) == ["C4 pass"])
    }

    @Test func `two vantages that a rule tells apart are a scope`() throws {
        let situation = try SituationLab()
        let lab = situation.lab
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 1000)
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                ip saddr 198.51.100.0/24 tcp dport 1000 accept
                tcp dport 1000 drop
            }
            }
            """)
        let scans = try [
            situation.scan(from: .outside, "1000-1003"), situation.scan(from: .edge, "1000-1003"),
        ]
        let found = try situation.findings(
            scans, declaring: "[{ open: tcp:1000, from: 198.51.100.0/24 }]")
        withExtendedLifetime(listener) {}
        #expect(found.rulings(1000) == ["C1 pass", "E8 info", "C3 pass"])
        let scope = try #require(found.of(1000).first { $0.code == "E8" })
        #expect(scope.causes.count == 2)
        #expect(scope.causes[0].contains("198.51.100.0/24"))
    }

    @Test func `what the edge answers or filters is not the host's`() throws {
        let situation = try SituationLab()
        let lab = situation.lab
        let listeners = try [
            lab.listen(on: .edge, "0.0.0.0", port: 7), lab.listen(on: .inside, "::", port: 1001),
            lab.listen(on: .inside, "::", port: 1002),
        ]
        try lab.rules(
            on: .edge,
            """
            table ip t {
                chain pre { type nat hook prerouting priority dstnat
                    tcp dport 1000 redirect to :7
                }
                chain forward { type filter hook forward priority 0
                    tcp dport 1001 drop
                    tcp dport 1002 reject with icmp type admin-prohibited
                }
            }
            """)
        let scan = try situation.scan("1000-1005")
        let found = try situation.findings([scan], declaring: "[{ open: [tcp:1001, tcp:1002] }]")
        withExtendedLifetime(listeners) {}
        #expect(found.rulings(1000) == ["E3 fail"])
        #expect(found.rulings(1001) == ["A2 fail"])
        #expect(found.rulings(1002) == ["A2 fail"])
        #expect(found.of(1002).first?.causes.first?.hasPrefix("198.51.100.1 sent") == true)
    }

    @Test func `a host that is open everywhere proves no port`() throws {
        let situation = try SituationLab()
        let lab = situation.lab
        let listeners = try [
            lab.listen(on: .edge, "0.0.0.0", port: 7, backlog: 4096),
            lab.listen(on: .inside, "::", port: 2001),
        ]
        try lab.rules(
            on: .edge,
            """
            table ip t { chain pre { type nat hook prerouting priority dstnat
                ip daddr 203.0.113.10 tcp dport 1-65535 redirect to :7
            }
            }
            """)
        let scan = try situation.scan("2000-2099")
        let found = try situation.findings([scan], declaring: "[{ open: tcp:2001 }]")
        withExtendedLifetime(listeners) {}
        #expect(Set(found.all.filter { $0.supplement == nil }.map(\.code)) == ["E4"])
        #expect(found.rulings(2001) == ["E4 inconclusive"])
        #expect(found.status == 2)
    }

    @Test("a published port leads into a namespace", arguments: [false, true])
    func published(isShadowed: Bool) throws {
        let situation = try SituationLab()
        let lab = situation.lab
        let guest = try Guest(of: lab)
        let listener = try ListeningSocket(
            .v4(0xc612_4d02), port: 80, namespace: "/run/netns/\(guest.name)")
        let proxy =
            isShadowed
            ? try situation.program(
                "docker-proxy", SituationLab.listening(1000) + "sleep 600;") : nil
        try lab.rules(
            on: .inside,
            """
            table ip t {
                chain pre { type nat hook prerouting priority dstnat
                    tcp dport 1000 dnat to 198.18.77.2:80
                    tcp dport 1001 dnat to 198.18.77.2:81
                }
                chain input { type filter hook input priority 0
                    tcp dport 1000-1001 drop
                }
            }
            """)
        let scan = try situation.scan("1000-1003")
        let meant = try situation.findings([scan], declaring: "[{ open: [tcp:1000, tcp:1001] }]")
        let unmeant = try situation.findings([scan])
        let predicted = try situation.findings([], declaring: nil, ["--from", "198.51.100.2"])
        withExtendedLifetime((listener, proxy)) {}
        let shadow = isShadowed ? ["E10 info"] : []
        #expect(meant.rulings(1000) == Set(["C5 pass"] + shadow))
        #expect(meant.rulings(1001) == ["A8 fail"])
        #expect(unmeant.rulings(1000) == Set(["E9 fail"] + (isShadowed ? ["E10 warn"] : [])))
        let exposure = try #require(unmeant.of(1000).first { $0.code == "E9" })
        #expect(exposure.causes.contains { $0.contains(guest.name) })
        #expect(exposure.actions.contains { $0.contains("rules of the input chain never see") })
        #expect(predicted.modes == ["predicted"])
        #expect(
            predicted.rulings(1000, at: Self.four)
                == Set(["E9 fail"] + (isShadowed ? ["E10 warn"] : [])))
        #expect(predicted.rulings(1001, at: Self.four) == ["A8 info"])
    }

    /// A namespace behind `inside`, with the address 198.18.77.2.
    private final class Guest {
        let name: String

        init(of lab: Lab) throws {
            let host = String(lab.namespace(of: .inside).split(separator: "/").last ?? "")
            name = "prober-guest-\(getpid())x\(UInt16.random(in: 0...9999))"
            for line in [
                "ip netns add \(name)", "ip -n \(name) link set lo up",
                "ip -n \(host) link add port0 type veth peer name eth0 netns \(name)",
                "ip -n \(host) addr add 198.18.77.1/24 dev port0",
                "ip -n \(host) link set port0 up",
                "ip -n \(name) addr add 198.18.77.2/24 dev eth0", "ip -n \(name) link set eth0 up",
                "ip -n \(name) route add default via 198.18.77.1",
                "ip netns exec \(host) sysctl -qw net.ipv4.ip_forward=1",
            ] {
                try Command(line.split(separator: " ").map(String.init)).run().expectSuccess()
            }
        }

        deinit { _ = try? Command(["ip", "netns", "del", name]).run() }
    }

    @Test func `a set that the scan itself filled decided nothing`() throws {
        let situation = try SituationLab()
        let lab = situation.lab
        let listener = try lab.listen(on: .inside, "::", port: 1050)
        try lab.rules(
            on: .inside,
            """
            table inet t {
                set ban { type ipv4_addr; flags dynamic, timeout; timeout 10m; }
                chain input { type filter hook input priority 0
                    ip saddr @ban tcp dport 1000-1100 drop
                    tcp dport 1000-1040 add @ban { ip saddr }
                }
            }
            """)
        let path = try situation.file(
            "check.yaml",
            """
            version: 1
            targets:
              - name: inside
                addresses: [this-host]
                vantage: namespace
                timeout: 300ms
                probe: { tcp: 1000-1110 }
                host: { live: true }
            """)
        let found = try Findings(
            lab.run(on: .inside, Lab.Binary.command(["check", path, "--format", "json", "-q"])))
        withExtendedLifetime(listener) {}
        let banned = found.all.filter { $0.code == "U6" }
        #expect(banned.contains { $0.result == "inconclusive" })
        #expect(banned.allSatisfy { $0.causes.contains { $0.contains("set ban") } })
        #expect(found.rulings(1105) == ["C2 pass"])
    }

    @Test func `a socket that systemd holds is closed at its unit`() throws {
        let situation = try SituationLab()
        let units = situation.path("units")
        try FileManager.default.createDirectory(
            atPath: units, withIntermediateDirectories: true)
        try Data("[Socket]\nListenStream=1000\n".utf8).write(
            to: URL(filePath: units + "/demo.socket"))
        try Data("[Service]\nExecStart=/bin/true\n".utf8).write(
            to: URL(filePath: units + "/demo.service"))
        let report = situation.path("host.json")
        let prober = Lab.Binary.path
        // The first process of a PID namespace of its own, which holds the socket and then asks.
        let script =
            SituationLab.listening(1000).replacingOccurrences(of: #"print "ready\n";"#, with: "")
                + """
                system("mount --bind \(units) /etc/systemd/system") == 0 or die;
                system("\(prober) host --format json -o \(report)") == 0 or die;
                print "ready\\n"; sleep 600;
                """
        let systemd = try situation.program(
            "systemd", script,
            before: ["unshare", "--pid", "--mount", "--fork", "--kill-child", "--mount-proc"])
        let scan = try situation.scan("1000-1003")
        let outcome = try situation.lab.run(
            on: .edge,
            Lab.Binary.command([
                "reconcile", "--scan", scan, "--host", report, "--format", "json",
            ]))
        withExtendedLifetime(systemd) {}
        let found = try Findings(outcome)
        #expect(found.rulings(1000) == ["E1 fail"])
        #expect(found.of(1000).first?.actions.first?.contains("demo.socket") == true)
    }
}
