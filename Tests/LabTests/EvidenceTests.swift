import Prober
import Reconcile
import Testing

/// Every answer a host or router can give to a SYN, told apart by real packets.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct EvidenceTests {
    private static let inside = "203.0.113.10"
    private static let insideIPv6 = "2001:db8:b::10"

    private static let rejects: [(port: UInt16, kind: String, code: UInt8)] = [
        (2000, "net-unreachable", 0), (2001, "host-unreachable", 1), (2002, "prot-unreachable", 2),
        (2003, "port-unreachable", 3), (2009, "net-prohibited", 9), (2010, "host-prohibited", 10),
        (2013, "admin-prohibited", 13),
    ]
    private static let ipv6Rejects: [(port: UInt16, kind: String, code: UInt8)] = [
        (3000, "no-route", 0), (3001, "admin-prohibited", 1), (3003, "addr-unreachable", 3),
        (3004, "port-unreachable", 4), (3005, "policy-fail", 5), (3006, "reject-route", 6),
    ]

    /// A lab whose inside has a listener on 1000 and a rule for every kind of answer.
    private static func lab() throws -> Lab {
        let lab = try Lab()
        let ipv4 = rejects.map { "tcp dport \($0.port) reject with icmp \($0.kind)" }
        let ipv6 = ipv6Rejects.map { "tcp dport \($0.port) reject with icmpv6 \($0.kind)" }
        try lab.rules(
            on: .inside,
            """
            table ip v4 { chain input { type filter hook input priority 0
                \(ipv4.joined(separator: "\n"))
            }
            }
            table ip6 v6 { chain input { type filter hook input priority 0
                \(ipv6.joined(separator: "\n"))
            }
            }
            table inet both { chain input { type filter hook input priority 10
                tcp dport 1002 drop
                tcp dport 1003 reject with tcp reset
            }
            }
            """)
        try lab.rules(
            on: .edge,
            """
            table inet edge { chain forward { type filter hook forward priority 0
                meta nfproto ipv4 tcp dport 4000 reject with icmp port-unreachable
                meta nfproto ipv6 tcp dport 4000 reject with icmpv6 port-unreachable
            }
            }
            """)
        return lab
    }

    @Test("every answer over IPv4 is told apart", arguments: Lab.Binary.User.allCases)
    func ipv4(user: Lab.Binary.User) throws {
        let lab = try Self.lab()
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 1000)
        let outcome = try lab.scan(
            as: user,
            [Self.inside, "-p", "1000-1003,2000-2013,4000", "--timeout", "400ms", "--retries", "1"])
        withExtendedLifetime(listener) {}
        #expect(outcome.status == 0)
        #expect(outcome.evidence(Self.inside, 1000) == .handshake)
        #expect(outcome.evidence(Self.inside, 1001) == .reset)
        #expect(outcome.evidence(Self.inside, 1002) == .silence)
        #expect(outcome.group(Self.inside, 1002)?.attempts == 2)
        // On the wire a rule's reset is the host's own: only the inside can tell.
        #expect(outcome.evidence(Self.inside, 1003) == .reset)
        let host = try #require(IPAddress(Self.inside))
        for (port, kind, code) in Self.rejects {
            let error = ICMPError(.ipv4, type: 3, code: code)
            let evidence = outcome.evidence(Self.inside, port)
            #expect(evidence == .icmp(error, reporter: host), "\(kind)")
            #expect(outcome.group(Self.inside, port)?.state == .filtered)
        }
        let router = try #require(IPAddress("198.51.100.1"))
        #expect(
            outcome.evidence(Self.inside, 4000)
                == .icmp(ICMPError(.ipv4, type: 3, code: 3), reporter: router))
    }

    @Test("every answer over IPv6 is told apart", arguments: Lab.Binary.User.allCases)
    func ipv6(user: Lab.Binary.User) throws {
        let lab = try Self.lab()
        let listener = try lab.listen(on: .inside, "::", port: 1000)
        let outcome = try lab.scan(
            as: user, [Self.insideIPv6, "-p", "1000-1003,3000-3006,4000", "--timeout", "400ms"])
        withExtendedLifetime(listener) {}
        #expect(outcome.status == 0)
        #expect(outcome.evidence(Self.insideIPv6, 1000) == .handshake)
        #expect(outcome.evidence(Self.insideIPv6, 1001) == .reset)
        #expect(outcome.evidence(Self.insideIPv6, 1002) == .silence)
        #expect(outcome.evidence(Self.insideIPv6, 1003) == .reset)
        let host = try #require(IPAddress(Self.insideIPv6))
        for (port, kind, code) in Self.ipv6Rejects {
            let error = ICMPError(.ipv6, type: 1, code: code)
            let evidence = outcome.evidence(Self.insideIPv6, port)
            #expect(evidence == .icmp(error, reporter: host), "\(kind)")
        }
        let router = try #require(IPAddress("2001:db8:a::1"))
        #expect(
            outcome.evidence(Self.insideIPv6, 4000)
                == .icmp(ICMPError(.ipv6, type: 1, code: 4), reporter: router))
    }

    @Test func `a packet lost on the way is asked again, and counted`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 1000)
        try lab.rules(
            on: .inside,
            """
            table ip t {
                set seen { type inet_service; flags dynamic; }
                chain input { type filter hook input priority 0
                    tcp dport @seen accept
                    tcp flags syn add @seen { tcp dport } drop
                }
            }
            """)
        let outcome = try lab.scan([Self.inside, "-p", "1000,1001"])
        withExtendedLifetime(listener) {}
        #expect(outcome.evidence(Self.inside, 1000) == .handshake)
        #expect(outcome.group(Self.inside, 1000)?.attempts == 2)
        #expect(outcome.evidence(Self.inside, 1001) == .reset)
        #expect(outcome.group(Self.inside, 1001)?.attempts == 2)
    }

    @Test func `the source address and the interface are what was asked for`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 1000)
        try lab.run(on: .outside, ["ip", "addr", "add", "198.51.100.77/24", "dev", "wan"])
            .expectSuccess()
        try lab.rules(
            on: .inside,
            """
            table ip t { chain input { type filter hook input priority 0
                ip saddr != 198.51.100.77 drop
            }
            }
            """)
        let arguments = [Self.inside, "-p", "1000-1200", "--timeout", "300ms", "--retries", "0"]
        let other = try lab.scan(arguments)
        let asked = try lab.scan(
            arguments + ["--source", "198.51.100.77", "--interface", "wan"])
        let wrongWay = try lab.scan(arguments + ["--interface", "lo"])
        withExtendedLifetime(listener) {}
        #expect(other.evidence(Self.inside, 1000) == .silence)
        #expect(asked.openPorts(Self.inside) == [1000])
        #expect(asked.evidence(Self.inside, 1001) == .reset)
        #expect(asked.survey.vantage.addresses == [IPAddress("198.51.100.77")])
        #expect(wrongWay.openPorts(Self.inside).isEmpty)
    }

    @Test func `a host that nobody has is unreachable by the router's word`() throws {
        let lab = try Lab()
        let outcome = try lab.scan(["203.0.113.77", "-p", "22", "--timeout", "5s"])
        let router = try #require(IPAddress("198.51.100.1"))
        #expect(
            outcome.evidence("203.0.113.77", 22)
                == .icmp(ICMPError(.ipv4, type: 3, code: 1), reporter: router))
    }

    /// The queue of connections to accept is full, and to the outside that looks like a firewall.
    @Test func `a listener that nobody serves falls silent when its queue is full`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, Self.inside, port: 1000, backlog: 0)
        let first = try lab.scan([Self.inside, "-p", "1000", "--timeout", "300ms"])
        let second = try lab.scan([Self.inside, "-p", "1000", "--timeout", "300ms"])
        withExtendedLifetime(listener) {}
        #expect(first.evidence(Self.inside, 1000) == .handshake)
        #expect(second.evidence(Self.inside, 1000) == .silence)
    }
}
