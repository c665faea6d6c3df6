import Foundation
import Glibc
import Prober
import Reconcile
import TestSupport
import Testing

/// Checks that ask a host what became of probes that nothing answered.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct ReceiptTests {
    /// A check of one target, described by `lines`, from `host`.
    private static func check(
        _ lab: Lab, on host: Lab.Host = .inside, _ lines: String, _ arguments: [String] = []
    ) throws -> (outcome: Command.Outcome, report: DatagramCheckTests.Report) {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "prober-receipts-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data("version: 1\ntargets:\n  - name: inside\n\(lines)\n".utf8).write(to: path)
        let outcome = try lab.run(
            on: host,
            Lab.Binary.command(["check", path.path, "--format", "json"] + arguments))
        return (outcome, try DatagramCheckTests.Report(outcome))
    }

    /// A check of the inside host by itself, from a namespace of its own.
    private static func checkItself(
        _ lab: Lab, probe: String, expect: String = ""
    ) throws -> (outcome: Command.Outcome, report: DatagramCheckTests.Report) {
        try check(
            lab,
            """
                addresses: [this-host]
                vantage: namespace
                probe: \(probe)
                host: { live: true }
            \(expect)
            """)
    }

    /// Codes and results of the findings about a port, one for each address and code.
    private static func rulings(
        _ report: DatagramCheckTests.Report, _ transport: Transport, _ port: UInt16
    ) -> Set<String> {
        Set(report.findings(on: transport, port).map { "\($0.code) \($0.result)" })
    }

    /// Lets the host limit its errors as Linux does when nobody tells it otherwise.
    private static func limitErrors(_ lab: Lab) throws {
        try lab.run(
            on: .inside,
            ["sysctl", "-qw", "net.ipv4.icmp_ratelimit=1000", "net.ipv6.icmp.ratelimit=1000"]
        ).expectSuccess()
    }

    /// A program on `host` that says `ready` and goes on until the value is let go.
    private static func program(
        _ lab: Lab, on host: Lab.Host, _ script: String
    ) throws -> SituationLab.Program {
        SituationLab.Program(
            try lab.command(
                on: host, ["perl", "-MSocket", "-MSocket=:all", "-e", "$| = 1; " + script]
            ).start())
    }

    /// A UDP socket over both families that nobody reads, with room for `bytes`.
    private static func unread(
        _ lab: Lab, _ port: UInt16, room bytes: Int = 200_000
    ) throws -> SituationLab.Program {
        try program(
            lab, on: .inside,
            """
            socket(S, PF_INET6, SOCK_DGRAM, 0) or die;
            setsockopt(S, IPPROTO_IPV6, IPV6_V6ONLY, 0);
            setsockopt(S, SOL_SOCKET, SO_RCVBUF, \(bytes));
            bind(S, sockaddr_in6(\(port), inet_pton(AF_INET6, "::"))) or die;
            print "ready\\n"; sleep 600;
            """)
    }

    @Test func `every UDP port of a host that limits its errors is decided`() throws {
        let lab = try Lab()
        try Self.limitErrors(lab)
        let silent = try lab.answer(on: .inside, "::", port: 5002, .silent)
        let unread = try Self.unread(lab, 5003)
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                udp dport 7000-7999 counter drop
                udp dport 8000-8009 drop
            }
            }
            """)
        let (outcome, report) = try Self.checkItself(
            lab, probe: "{ udp: 1-65535 }",
            expect: "    expect:\n      - open: \"udp:5002,udp:5003\"")
        withExtendedLifetime((silent, unread)) {}
        #expect(outcome.status == 0, "\(outcome.output.prefix(4000))\(outcome.errors)")
        #expect(Set(report.findings.map(\.result)).isSubset(of: ["pass", "info"]))
        let services = ServiceTable()
        var ports: [String: Int] = [:]
        for finding in report.findings {
            let spec = try PortSpec(parsing: finding.ports, for: [.udp], services: services)
            ports[finding.code, default: 0] += spec.udp.count
        }
        #expect(ports["C1s"] == 4)
        #expect(ports["C3"] == 2 * 1010)
        #expect(ports["C2"] == 2 * (65_535 - 1012))
    }

    @Test func `a full buffer, a stalled listener and closed ports are told apart`() throws {
        let lab = try Lab()
        try Self.limitErrors(lab)
        let full = try Self.unread(lab, 5004, room: 2304)
        // More than fit, so that every later one is dropped.
        try lab.run(
            on: .inside,
            [
                "perl", "-MSocket", "-e",
                """
                socket(S, PF_INET, SOCK_DGRAM, 0) or die;
                send(S, "x" x 500, 0, sockaddr_in(5004, inet_aton("127.0.0.1"))) for 1..50;
                """,
            ]
        ).expectSuccess()
        let stalled = try lab.listen(on: .inside, "::", port: 6001, backlog: 1)
        let waiting = try Self.program(
            lab, on: .inside,
            """
            for (1..2) {
                socket(my $s, PF_INET, SOCK_STREAM, 0) or die; push @all, $s;
                connect($s, sockaddr_in(6001, inet_aton("203.0.113.10"))) or die;
            }
            print "ready\\n"; sleep 600;
            """)
        let (outcome, report) = try Self.checkItself(
            lab, probe: "{ udp: \"5000-5010\", tcp: \"6000-6002\" }",
            expect: "    timeout: 300ms\n    expect:\n      - open: \"udp:5004,tcp:6001\"")
        withExtendedLifetime((full, stalled, waiting)) {}
        let detail = "\(outcome.output)\(outcome.errors)"
        #expect(Self.rulings(report, .tcp, 6001) == ["A6 fail"], "\(detail)")
        #expect(Self.rulings(report, .tcp, 6000) == ["C2 pass"], "\(detail)")
        #expect(Self.rulings(report, .udp, 5004).allSatisfy { !$0.hasPrefix("U2") }, "\(detail)")
        #expect(Self.rulings(report, .udp, 5005) == ["C2 pass"], "\(detail)")
    }

    @Test func `a socket that the report does not have is not called closed or cut off`() throws {
        let lab = try Lab()
        try Self.limitErrors(lab)
        // Bound when the probes come: what was listed before does not have it.
        let late = try Self.program(
            lab, on: .inside,
            """
            print "ready\\n";
            sub seen { open(my $f, "<", "/proc/net/snmp") or die; grep { /^Udp: \\d+ [1-9]/ } <$f> }
            select(undef, undef, undef, 0.002) until seen();
            for my $port (5300, 5301) {
                socket(my $s, PF_INET6, SOCK_DGRAM, 0) or die; push @all, $s;
                setsockopt($s, IPPROTO_IPV6, IPV6_V6ONLY, 0);
                bind($s, sockaddr_in6($port, inet_pton(AF_INET6, "::"))) or die;
            }
            sleep 600;
            """)
        let (outcome, report) = try Self.checkItself(lab, probe: "{ udp: 5000-5999 }")
        withExtendedLifetime(late) {}
        for port in [5300, 5301] as [UInt16] {
            let rulings = Self.rulings(report, .udp, port)
            #expect(
                !rulings.contains { $0.hasPrefix("C2") || $0.hasPrefix("A2") },
                "\(rulings) \(outcome.output.prefix(3000))\(outcome.errors)")
        }
        #expect(Self.rulings(report, .udp, 5302) == ["C2 pass"])
    }

    @Test func `a filter on the socket is not a full buffer`() throws {
        let lab = try Lab()
        try Self.limitErrors(lab)
        // SO_ATTACH_FILTER with one instruction: take nothing.
        let filtered = try Self.program(
            lab, on: .inside,
            """
            socket(S, PF_INET6, SOCK_DGRAM, 0) or die;
            setsockopt(S, IPPROTO_IPV6, IPV6_V6ONLY, 0);
            my $code = pack("SCCL", 6, 0, 0, 0);
            setsockopt(S, SOL_SOCKET, 26, pack("S x6 P", 1, $code)) or die "filter: $!";
            bind(S, sockaddr_in6(5400, inet_pton(AF_INET6, "::"))) or die;
            print "ready\\n"; sleep 600;
            """)
        let (outcome, report) = try Self.checkItself(
            lab, probe: "{ udp: 5395-5405 }", expect: "    expect:\n      - open: \"udp:5400\"")
        withExtendedLifetime(filtered) {}
        let rulings = Self.rulings(report, .udp, 5400)
        #expect(rulings == ["U2 inconclusive"], "\(outcome.output)\(outcome.errors)")
        #expect(Self.rulings(report, .udp, 5401) == ["C2 pass"])
    }

    /// What else happens must make no port look like what it is not.
    @Test("a noisy host gets right receipts or none", arguments: [3])
    func noise(rate: Int) throws {
        let lab = try Lab()
        try Self.limitErrors(lab)
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                udp dport { 7000, 7100, 7200-7204 } drop
            }
            }
            """)
        let noise = try Self.program(
            lab, on: .outside,
            """
            use Time::HiRes qw(sleep); srand(\(rate));
            socket(S, PF_INET, SOCK_DGRAM, 0) or die;
            print "ready\\n";
            my $end = time + 120;
            while (time < $end) {
                send(S, "x", 0, sockaddr_in(40000 + int(rand(1000)), inet_aton("203.0.113.10")));
                sleep(-log(1 - rand) / \(rate));
            }
            """)
        let (outcome, report) = try Self.checkItself(lab, probe: "{ udp: 6000-7999 }")
        withExtendedLifetime(noise) {}
        for port in 6000...7999 as ClosedRange<UInt16> {
            let rulings = Self.rulings(report, .udp, port)
            let isStopped = [7000, 7100].contains(port) || (7200...7204).contains(port)
            let allowed: Set<String> =
                isStopped ? ["C3 pass", "U2 inconclusive"] : ["C2 pass", "U2 inconclusive"]
            guard !rulings.isSubset(of: allowed) || rulings.isEmpty else { continue }
            Issue.record("\(port): \(rulings) \(outcome.errors)")
        }
    }

    @Test func `receipts can be turned off`() throws {
        let lab = try Lab()
        try Self.limitErrors(lab)
        let silent = try lab.answer(on: .inside, "::", port: 5002, .silent)
        let (_, report) = try Self.checkItself(
            lab, probe: "{ udp: 5002 }", expect: "    receipts: false")
        withExtendedLifetime(silent) {}
        #expect(Self.rulings(report, .udp, 5002) == ["U2 inconclusive"])
    }
}

/// The same over ssh, with a box on the way.
@Suite(
    .serialized,
    .enabled(
        if: Lab.isPossible && SecureShell.isInstalled,
        "needs root, network namespaces and openssh-server"))
struct RemoteReceiptTests {
    @Test func `what the edge drops is told from what the host drops, over ssh`() throws {
        let lab = try Lab()
        let ssh = try SecureShell(lab)
        let silent = try lab.answer(on: .inside, "::", port: 5002, .silent)
        let listeners = try [6000, 6001].map {
            try lab.listen(on: .inside, "::", port: $0)
        }
        let phantom = try lab.listen(on: .edge, "::", port: 6004)
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                udp dport 5004 counter drop
                udp dport 5005 drop
                tcp dport 6002 counter drop
            }
            }
            """)
        try lab.rules(
            on: .edge,
            """
            table inet t { chain forward { type filter hook forward priority 0
                udp dport { 5006, 5016 } drop
                tcp dport { 6001, 6003 } drop
            }
            chain nat { type nat hook prerouting priority -100
                tcp dport 6004 redirect
            }
            }
            """)
        let path = FileManager.default.temporaryDirectory
            .appending(path: "prober-receipts-\(UUID().uuidString).yaml")
        defer { try? FileManager.default.removeItem(at: path) }
        try Data(
            """
            version: 1
            targets:
              - name: inside
                addresses: [203.0.113.10, "2001:db8:b::10"]
                probe: { udp: 5000-5019, tcp: 6000-6005 }
                timeout: 300ms
                rate: max
                host: { ssh: root@203.0.113.10 }
                expect:
                  - open: "udp:5002,tcp:6000"

            """.utf8
        ).write(to: path)
        let outcome = try lab.run(
            on: .outside,
            Lab.Binary.command([
                "check", path.path, "--format", "json", "--ssh-config", ssh.configuration,
            ]))
        withExtendedLifetime((ssh, silent, listeners, phantom)) {}
        let report = try DatagramCheckTests.Report(outcome)
        let detail = "\(outcome.output)\(outcome.errors)"
        // The reading itself goes over IPv4: what never came cannot be told from it there.
        let upstream = ["A2", "U2"]
        for (transport, port, codes) in [
            (Transport.udp, UInt16(5001), ["C2"]), (.udp, 5002, ["C1s"]), (.udp, 5004, ["C3"]),
            (.udp, 5005, ["C3"]), (.udp, 5006, upstream), (.udp, 5016, upstream),
            (.tcp, 6000, ["C1"]), (.tcp, 6001, ["A2"]), (.tcp, 6002, ["C3"]),
            (.tcp, 6003, ["A2"]), (.tcp, 6004, ["E3"]),
        ] {
            let found = Set(report.findings(on: transport, port).map(\.code))
            #expect(
                found.contains(codes[0]) && found.isSubset(of: codes),
                "\(transport) \(port): \(found) \(detail)")
        }
    }
}

extension DatagramCheckTests.Report {
    /// The findings about a port.
    fileprivate func findings(on transport: Transport, _ port: UInt16) -> [Finding] {
        let services = ServiceTable()
        return findings.filter { finding in
            let ports = try? PortSpec(parsing: finding.ports, for: [transport], services: services)
            return finding.transport == transport.rawValue
                && ports?[transport].contains(port) ?? false
        }
    }
}
