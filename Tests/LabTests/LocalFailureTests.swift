import Prober
import Reconcile
import SystemPackage
import Testing

/// What goes wrong on our side is never said of the endpoint.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct LocalFailureTests {
    private static let inside = "203.0.113.10"

    @Test func `no route is not tested, in both families`() throws {
        let lab = try Lab()
        try lab.run(on: .outside, ["ip", "route", "del", "default"]).expectSuccess()
        try lab.run(on: .outside, ["ip", "-6", "route", "del", "default"]).expectSuccess()
        let outcome = try lab.scan([Self.inside, "2001:db8:b::10", "-p", "1-50"])
        #expect(outcome.status == 2)
        #expect(outcome.survey.totals[.notTested] == 100)
        #expect(
            outcome.evidence(Self.inside, 22)
                == .localFailure(.system(.connect, .networkUnreachable)))
    }

    @Test func `a reject by our own firewall is not tested`() throws {
        let lab = try Lab()
        try lab.rules(
            on: .outside,
            """
            table inet t { chain output { type filter hook output priority 0
                tcp dport 1000 reject with icmpx admin-prohibited
            }
            }
            """)
        let outcome = try lab.scan([Self.inside, "2001:db8:b::10", "-p", "1000,1001"])
        #expect(outcome.status == 2)
        for (address, error) in [
            (Self.inside, ICMPError(.ipv4, type: 3, code: 13)),
            ("2001:db8:b::10", ICMPError(.ipv6, type: 1, code: 1)),
        ] {
            #expect(outcome.group(address, 1000)?.state == .notTested)
            #expect(outcome.evidence(address, 1000) == .localFailure(.rejectedHere(error)))
            #expect(outcome.evidence(address, 1001) == .reset)
        }
    }

    @Test func `a limit of 64 descriptors changes no state`() throws {
        let lab = try Lab()
        let listeners = try [1000, 1500, 1999].map {
            try lab.listen(on: .inside, "0.0.0.0", port: $0)
        }
        try lab.rules(
            on: .inside,
            """
            table ip t { chain input { type filter hook input priority 0
                tcp dport 1100-1110 drop
                tcp dport 1200 reject with icmp host-prohibited
            }
            }
            """)
        let arguments = [
            "scan", "--format", "jsonl", Self.inside, "-p", "1000-2000", "--timeout", "300ms",
            "--seed", "3",
        ]
        let free = try ScanOutcome(
            lab.run(on: .outside, Lab.Binary.command(arguments)))
        let tight = try ScanOutcome(
            lab.run(
                on: .outside, ["prlimit", "--nofile=64:64"] + Lab.Binary.command(arguments)))
        withExtendedLifetime(listeners) {}
        #expect(tight.status == 0)
        #expect(tight.openPorts(Self.inside) == [1000, 1500, 1999])
        #expect(tight.groups.mapValues(\.evidence) == free.groups.mapValues(\.evidence))
    }

    @Test func `more in flight than descriptors allow is refused before anything is sent`() throws {
        let lab = try Lab()
        let outcome = try lab.run(
            on: .outside,
            ["prlimit", "--nofile=64:64"]
                + Lab.Binary.command(["scan", Self.inside, "-p", "22", "--in-flight", "1000"]))
        #expect(outcome.status == 64)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("ulimit -n"))
    }

    @Test func `probes that meet themselves are never open`() throws {
        let lab = try Lab()
        try lab.run(
            on: .inside, ["sysctl", "-qw", "net.ipv4.ip_local_port_range=40000 40063"]
        ).expectSuccess()
        let listener = try lab.listen(on: .inside, "127.0.0.1", port: 40_010)
        for _ in 0..<5 {
            let outcome = try lab.scan(from: .inside, ["127.0.0.1", "-p", "40000-40063"])
            #expect(outcome.openPorts("127.0.0.1") == [40_010])
        }
        withExtendedLifetime(listener) {}
    }

    /// A dropped probe stays under way for long, and another may come to ask from its port.
    @Test("probes of one machine never meet", arguments: ["127.0.0.1", "203.0.113.10", "::1"])
    func neverMeet(address: String) throws {
        let lab = try Lab()
        try lab.run(
            on: .inside, ["sysctl", "-qw", "net.ipv4.ip_local_port_range=40000 40063"]
        ).expectSuccess()
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                ct state established,related accept
                tcp dport 40000-40031 drop
            }
            }
            """)
        let listener = try lab.listen(on: .inside, "::", port: 40_050)
        for seed in 1...6 {
            let outcome = try lab.scan(
                from: .inside,
                [address, "-p", "40000-40063", "--timeout", "1200ms", "--seed", "\(seed)"])
            #expect(outcome.openPorts(address) == [40_050])
            #expect(outcome.survey.totals[.filtered] == 32)
            #expect(outcome.survey.totals[.closed] == 31)
        }
        withExtendedLifetime(listener) {}
    }

    @Test func `a reject here is known from a secondary source address too`() throws {
        let lab = try Lab()
        try lab.run(on: .outside, ["ip", "addr", "add", "198.51.100.3/24", "dev", "wan"])
            .expectSuccess()
        try lab.rules(
            on: .outside,
            """
            table inet t { chain output { type filter hook output priority 0
                tcp dport 1000 reject with icmpx admin-prohibited
            }
            }
            """)
        let outcome = try lab.scan([Self.inside, "-p", "1000", "--source", "198.51.100.3"])
        #expect(
            outcome.evidence(Self.inside, 1000)
                == .localFailure(.rejectedHere(ICMPError(.ipv4, type: 3, code: 13))))
    }

    @Test func `a family that is switched off is given up soon`() throws {
        let lab = try Lab()
        try lab.run(on: .outside, ["sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1"])
            .expectSuccess()
        let outcome = try lab.scan(["::1", "2001:db8:b::10", "-p", "1-500", "--rate", "max"])
        #expect(outcome.status == 2)
        #expect(outcome.survey.totals[.notTested] == 1000)
    }

    @Test func `all ports of loopback show the listeners and nothing else`() throws {
        let lab = try Lab()
        let listeners = try [5000, 40_000, 60_999].map {
            try lab.listen(on: .inside, "::", port: $0)
        }
        for _ in 0..<3 {
            let outcome = try lab.scan(from: .inside, ["127.0.0.1", "::1", "-p-"])
            #expect(outcome.status == 0)
            #expect(outcome.survey.totals.requested == 131_070)
            #expect(outcome.openPorts("127.0.0.1") == [5000, 40_000, 60_999])
            #expect(outcome.openPorts("::1") == [5000, 40_000, 60_999])
        }
        withExtendedLifetime(listeners) {}
    }
}
