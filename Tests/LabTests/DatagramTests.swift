import Prober
import Reconcile
import SystemPackage
import TestSupport
import Testing

/// Every answer a host or router can give to a datagram, told apart by real packets.
@Suite(.serialized, .enabled(if: Lab.isPossible, "needs root and network namespaces"))
struct DatagramTests {
    private static let inside = "203.0.113.10"
    private static let insideIPv6 = "2001:db8:b::10"

    @Test("every answer is told apart", arguments: Lab.Binary.User.allCases)
    func answers(user: Lab.Binary.User) throws {
        let lab = try Lab()
        let responders = try [Self.inside, Self.insideIPv6].flatMap { address in
            [
                try lab.answer(on: .inside, address, port: 53, .answeringDNS(isOurs: true)),
                try lab.answer(on: .inside, address, port: 1000, .saying([1, 2, 3])),
                try lab.answer(on: .inside, address, port: 1001, .silent),
                try lab.answer(on: .inside, address, port: 1002, .answeringDNS(isOurs: true)),
            ]
        }
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                udp dport 1004 drop
                udp dport 1005 reject with icmpx admin-prohibited
            }
            }
            """)
        try lab.rules(
            on: .edge,
            """
            table inet edge { chain forward { type filter hook forward priority 0
                udp dport 1006 reject with icmpx port-unreachable
            }
            }
            """)
        let outcome = try lab.scan(
            as: user,
            [Self.inside, Self.insideIPv6, "-p", "udp:53,1000-1006", "--timeout", "400ms"])
        withExtendedLifetime(responders) {}
        #expect(outcome.status == 0)
        for (address, router, family) in [
            (Self.inside, "198.51.100.1", IPAddress.Family.ipv4),
            (Self.insideIPv6, "2001:db8:a::1", .ipv6),
        ] {
            let isIPv4 = family == .ipv4
            let closed = ICMPError(family, type: isIPv4 ? 3 : 1, code: isIPv4 ? 3 : 4)
            let prohibited = ICMPError(family, type: isIPv4 ? 3 : 1, code: isIPv4 ? 13 : 1)
            let host = try #require(IPAddress(address))
            let edge = try #require(IPAddress(router))
            func evidence(_ port: UInt16) -> Evidence? { outcome.evidence(address, port, .udp) }
            let notClosed = Evidence.unanswered(Silence(isExpected: false, controls: .answered))
            #expect(evidence(53) == .reply(.dns))
            #expect(evidence(1000) == .reply(nil))
            #expect(evidence(1001) == notClosed)
            #expect(evidence(1002) == .reply(.dns))
            #expect(evidence(1003) == .icmp(closed, reporter: host))
            #expect(evidence(1004) == notClosed)
            #expect(evidence(1005) == .icmp(prohibited, reporter: host))
            #expect(evidence(1006) == .icmp(closed, reporter: edge))
            #expect(outcome.group(address, 1003, .udp)?.state == .closed)
            #expect(outcome.group(address, 1006, .udp)?.state == .filtered)
        }
    }

    @Test("every port of loopback is proven closed but the one that is open")
    func loopback() throws {
        let lab = try Lab()
        let responder = try lab.answer(
            on: .inside, "127.0.0.1", port: 40_000, .answeringDNS(isOurs: true))
        let outcome = try lab.scan(from: .inside, ["127.0.0.1", "-p", "udp:1-65535"])
        withExtendedLifetime(responder) {}
        #expect(outcome.status == 0)
        #expect(outcome.survey.totals[.closed] == 65_534)
        #expect(outcome.evidence("127.0.0.1", 40_000, .udp) == .reply(.dns))
    }

    @Test func `a host that says nothing of closed ports leaves nothing to conclude`() throws {
        let lab = try Lab()
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                meta l4proto udp drop
            }
            }
            """)
        let outcome = try lab.scan(
            [Self.inside, "-p", "udp:514,1000-1100", "--timeout", "200ms"])
        let mute = Evidence.unanswered(Silence(isExpected: false, controls: .silent))
        #expect(outcome.status == 0)
        #expect((1000...1100).allSatisfy { outcome.evidence(Self.inside, $0, .udp) == mute })
        #expect(
            outcome.evidence(Self.inside, 514, .udp)
                == .unanswered(Silence(isExpected: true, controls: .silent)))
        #expect(!outcome.end.contains("\"controls\":0,"))
        #expect(outcome.end.contains("\"controls_answered\":0,"))
    }

    @Test func `a reply from another port belongs to the request that allows it`() throws {
        let lab = try Lab()
        let tftpError: [UInt8] = [0, 5, 0, 1, 110, 111, 0]
        let responders = [
            try lab.answer(on: .inside, Self.inside, port: 69, .sayingFromAnotherPort(tftpError)),
            try lab.answer(on: .inside, Self.inside, port: 1000, .sayingFromAnotherPort([9])),
        ]
        let outcome = try lab.scan(
            [Self.inside, "-p", "udp:69,1000", "--timeout", "300ms", "--udp-effort", "0"])
        withExtendedLifetime(responders) {}
        #expect(outcome.evidence(Self.inside, 69, .udp) == .reply(.tftp))
        #expect(outcome.group(Self.inside, 1000, .udp)?.state == .openOrFiltered)
        #expect(!outcome.end.contains("\"unexpected\":0,"))
    }

    @Test func `a slow answer is waited for, and timed only when it is clear what it answers`()
        throws
    {
        let lab = try Lab()
        let responder = try lab.answer(
            on: .inside, Self.inside, port: 53, .answeringDNSAfter(milliseconds: 300))
        let outcome = try lab.scan(
            [Self.inside, "-p", "udp:53", "--udp-budget", "0", "--timeout", "2s"])
        withExtendedLifetime(responder) {}
        #expect(outcome.evidence(Self.inside, 53, .udp) == .reply(.dns))
        // Both requests of the port had left by then.
        #expect(outcome.group(Self.inside, 53, .udp)?.attempts == 2)
        #expect(outcome.group(Self.inside, 53, .udp)?.roundTrip == nil)
    }

    @Test func `a second reply from another port opens no port`() throws {
        let lab = try Lab()
        let reply = Array("HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nUSN: uuid:1\r\n\r\n".utf8)
        let responder = try lab.answer(
            on: .inside, Self.inside, port: 1900, .sayingTwiceFrom(port: 40_000, reply))
        let outcome = try lab.scan([
            Self.inside, "-p", "udp:1900,39990-40009", "--timeout", "300ms", "--udp-effort", "0",
        ])
        withExtendedLifetime(responder) {}
        #expect(outcome.evidence(Self.inside, 1900, .udp) == .reply(.ssdp))
        #expect(outcome.survey.totals[.open] == 1)
    }

    @Test func `a reply to somebody else's request is counted and shows nothing`() throws {
        let lab = try Lab()
        let responder = try lab.answer(
            on: .inside, Self.inside, port: 53, .answeringDNS(isOurs: false))
        let outcome = try lab.scan(
            [Self.inside, "-p", "udp:53", "--timeout", "300ms", "--udp-effort", "0"])
        withExtendedLifetime(responder) {}
        #expect(responder.received > 0)
        #expect(outcome.group(Self.inside, 53, .udp)?.state == .openOrFiltered)
        #expect(outcome.end.contains("\"wrong_token\":\(responder.received),"))
    }

    @Test func `a datagram lost on the way is sent again`() throws {
        let lab = try Lab()
        let responder = try lab.answer(on: .inside, Self.inside, port: 123, .silent)
        let second = try lab.answer(on: .inside, Self.inside, port: 53, .answeringSecond)
        let outcome = try lab.scan(
            [Self.inside, "-p", "udp:53,123", "--timeout", "300ms", "--udp-budget", "0"])
        withExtendedLifetime((responder, second)) {}
        #expect(outcome.evidence(Self.inside, 53, .udp) == .reply(.dns))
        #expect(responder.received >= 2)
        #expect(outcome.group(Self.inside, 123, .udp)?.attempts == UInt16(responder.received))
    }

    @Test(
        "no closed port passes for one that is not, at the kernel's own limits", arguments: [1, 2])
    func limits(seed: Int) throws {
        let lab = try Lab()
        try lab.run(
            on: .inside,
            ["sysctl", "-qw", "net.ipv4.icmp_ratelimit=1000", "net.ipv6.icmp.ratelimit=100"]
        ).expectSuccess()
        try lab.rules(
            on: .inside,
            """
            table inet t { chain input { type filter hook input priority 0
                udp dport 2000-2019 drop
            }
            }
            """)
        let outcome = try lab.scan([
            Self.inside, Self.insideIPv6, "-p", "udp:1000-1039,2000-2019", "--timeout", "200ms",
            "--udp-budget", "12s", "--seed", "\(seed)",
        ])
        let closed = PortSet([1000...1039])
        for (address, atLeast) in [(Self.inside, 10), (Self.insideIPv6, 40)] {
            var proven = 0
            for port in closed {
                guard let evidence = outcome.evidence(address, port, .udp) else { continue }
                switch evidence {
                case .icmp: proven += 1
                case .unanswered(let silence): #expect(silence.controls == .limitSpent)
                case _: Issue.record("\(address) \(port): \(evidence)")
                }
            }
            #expect(proven >= atLeast, "\(address)")
            for port in PortSet([2000...2019]) {
                #expect(outcome.group(address, port, .udp)?.state == .openOrFiltered)
            }
        }
    }

    @Test func `a reply nobody knows is followed by the requests of other services`() throws {
        let lab = try Lab()
        // It answers whatever comes as if it were the second DNS query of its peer.
        let responder = try lab.answer(on: .inside, Self.inside, port: 1000, .saying([7]))
        let usual = try lab.scan([Self.inside, "-p", "udp:1000", "--timeout", "200ms"])
        let asked = responder.received
        let least = try lab.scan(
            [Self.inside, "-p", "udp:1000", "--timeout", "200ms", "--udp-effort", "0"])
        withExtendedLifetime(responder) {}
        #expect(usual.evidence(Self.inside, 1000, .udp) == .reply(nil))
        #expect(least.evidence(Self.inside, 1000, .udp) == .reply(nil))
        #expect(asked > 5)
        #expect(responder.received == asked + 1)
    }

    @Test func `what cannot leave is not tested`() throws {
        let lab = try Lab()
        try lab.run(on: .outside, ["ip", "route", "del", "default"]).expectSuccess()
        let noRoute = try lab.scan([Self.inside, "-p", "udp:53,1000-1009", "--timeout", "200ms"])
        #expect(noRoute.status == 2)
        #expect(noRoute.survey.totals[.notTested] == 11)
        #expect(
            noRoute.evidence(Self.inside, 53, .udp)
                == .localFailure(.system(.send, .networkUnreachable)))
        try lab.run(on: .outside, ["ip", "route", "add", "default", "via", "198.51.100.1"])
            .expectSuccess()
        try lab.rules(
            on: .outside,
            """
            table inet t { chain output { type filter hook output priority 0
                udp dport 1000 drop
                udp dport 1001 reject with icmpx admin-prohibited
            }
            }
            """)
        let dropped = try lab.scan([Self.inside, "-p", "udp:1000-1002", "--timeout", "200ms"])
        #expect(dropped.status == 2)
        #expect(dropped.group(Self.inside, 1000, .udp)?.state == .notTested)
        #expect(dropped.group(Self.inside, 1001, .udp)?.state == .notTested)
        #expect(dropped.group(Self.inside, 1002, .udp)?.state == .closed)
    }

    @Test func `TCP and UDP are asked in one scan, and the totals hold both`() throws {
        let lab = try Lab()
        let listener = try lab.listen(on: .inside, "0.0.0.0", port: 53)
        let responder = try lab.answer(
            on: .inside, Self.inside, port: 53, .answeringDNS(isOurs: true))
        let outcome = try lab.scan([Self.inside, "-p", "tcp:50-60,udp:50-60"])
        withExtendedLifetime((listener, responder)) {}
        #expect(outcome.survey.totals.requested == 22)
        #expect(outcome.survey.totals[.open] == 2)
        #expect(outcome.survey.totals[.closed] == 20)
    }

    @Test("the shards of a scan are the whole", arguments: [3])
    func shards(count: Int) throws {
        let lab = try Lab()
        var endpoints: [Endpoint] = []
        for shard in 1...count {
            let outcome = try lab.scan([
                Self.inside, "-p", "tcp:1-50,udp:1-100", "--seed", "7", "--shard",
                "\(shard)/\(count)", "--timeout", "200ms",
            ])
            #expect(outcome.survey.totals[.notTested] == 0)
            endpoints += outcome.groups.keys
        }
        #expect(endpoints.count == 150)
        #expect(Set(endpoints).count == 150)
    }
}
