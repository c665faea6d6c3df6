import Testing

@testable import Prober

@Suite struct WireMatcherTests {
    @Test func `a SYN-ACK tells hop limit, window, options and the round trip`() throws {
        var traffic = try WireTraffic()
        traffic.take(WireTraffic.syn(), at: 0)
        traffic.take(
            WireTraffic.answer(
                [.syn, .ack], hopLimit: 57, options: [2, 4, 5, 0xb4, 4, 2, 1, 3, 3, 7, 0, 0]),
            at: 0.412)
        let (groups, unkept) = traffic.matcher.end()
        var facts = WireFacts(probes: 1)
        facts.answer = WireAnswer(
            .accept(
                TCPAccept(
                    window: 64_240, maximumSegmentSize: 1460, windowScale: nil,
                    allowsSelectiveAcknowledgement: true)),
            hopLimit: 57)
        // The scale stands behind a NOP, at an odd place, and counts all the same.
        if case .accept(var accept)? = facts.answer?.kind {
            accept.windowScale = 7
            facts.answer = WireAnswer(.accept(accept), hopLimit: 57)
        }
        #expect(
            groups == [
                WireGroup(
                    WireTraffic.host, .tcp, PortSet(ports: [22]), facts,
                    roundTrip: .microseconds(412) ... .microseconds(412))
            ])
        #expect(unkept == 0)
    }

    @Test func `ports that were seen alike are one group, whatever their round trips`() throws {
        var traffic = try WireTraffic()
        for port in UInt16(1)...1000 {
            traffic.take(WireTraffic.syn(port, from: 40_000 + port), at: Double(port))
            traffic.take(
                WireTraffic.answer([.reset, .ack], port, to: 40_000 + port),
                at: Double(port) + Double(port) / 1024)
        }
        let groups = traffic.matcher.end().groups
        #expect(groups.count == 1)
        #expect(groups.first?.ports == PortSet([1...1000]))
        #expect(groups.first?.roundTrip == .nanoseconds(976) ... .nanoseconds(976_562))
    }

    @Test func `what another program sends, or gets, is thrown away`() throws {
        var traffic = try WireTraffic()
        traffic.ports.add(50_000)
        // A port that is not asked, an address that is not, and answers to nothing.
        #expect(traffic.take(WireTraffic.syn(3000)) == nil)
        let elsewhere = WireTraffic.tcp(
            WireTraffic.own, 40_000, WireTraffic.stranger, 22, .syn, sequence: 1)
        #expect(traffic.take(elsewhere) == nil)
        #expect(traffic.take(WireTraffic.answer([.syn, .ack])) == nil)
        // A datagram to an asked port, which no socket of the scan has sent.
        let query = WireTraffic.udp(WireTraffic.own, 50_001, WireTraffic.host, 53, [1])
        #expect(traffic.take(query) == nil)
        // An answer to another SYN than ours.
        traffic.take(WireTraffic.syn())
        #expect(traffic.take(WireTraffic.answer([.syn, .ack], acknowledging: 4711)) == nil)
        #expect(traffic.take(WireTraffic.answer([.reset, .ack], to: 40_001)) == nil)
        let facts = try traffic.facts()
        #expect(facts == WireFacts(probes: 1))
        #expect(traffic.matcher.matched == 1)
    }

    @Test func `a connection that carries bytes is another program's, unless the scan talks`()
        throws
    {
        for talks in [false, true] {
            var traffic = try WireTraffic(talks: talks)
            traffic.take(WireTraffic.syn())
            traffic.take(WireTraffic.answer([.syn, .ack]))
            let bytes = WireTraffic.tcp(
                WireTraffic.own, 40_000, WireTraffic.host, 22, [.ack, .push], sequence: 101,
                payload: [1, 2, 3])
            #expect((traffic.take(bytes) != nil) == talks)
            let groups = traffic.matcher.end().groups
            #expect((groups.first?.facts.answer != nil) == talks)
        }
    }

    @Test func `the round trip of a repeated SYN is known only by its time stamp`() throws {
        func options(_ value: UInt32, _ echo: UInt32) -> [UInt8] {
            [8, 10] + WireBytes.number(value) + WireBytes.number(echo) + [1, 1]
        }
        for (echo, expected) in [(UInt32(1001), Int64?(2_000_000)), (1, nil)] {
            var traffic = try WireTraffic()
            traffic.take(WireTraffic.syn(options: options(1, 0)), at: 0)
            traffic.take(WireTraffic.syn(options: options(1001, 0)), at: 1000)
            traffic.take(
                WireTraffic.answer([.syn, .ack], options: options(7, echo)), at: 1002)
            let group = try traffic.group()
            #expect(group.facts.probes == 2)
            #expect(group.roundTrip == expected.map { .nanoseconds($0) ... .nanoseconds($0) })
        }
    }

    @Test func `copies are told from answers that are sent again`() throws {
        var traffic = try WireTraffic()
        traffic.take(WireTraffic.syn(), at: 0)
        traffic.take(WireTraffic.answer([.syn, .ack], identification: 1), at: 1)
        traffic.take(WireTraffic.answer([.syn, .ack], identification: 1), at: 1.2)
        traffic.take(WireTraffic.answer([.syn, .ack], identification: 2), at: 1001)
        let facts = try traffic.facts()
        #expect(facts.duplicates == 1)
        #expect(facts.repeatedAccepts == 1)
        #expect(facts.contradiction == nil)
    }

    /// Two SYNs and a slow host: two answers, and nothing to wonder at.
    @Test func `as many answers as SYNs are neither copies nor repetitions`() throws {
        var traffic = try WireTraffic()
        traffic.take(WireTraffic.syn(), at: 0)
        traffic.take(WireTraffic.syn(), at: 1000)
        traffic.take(WireTraffic.answer([.syn, .ack]), at: 1500)
        traffic.take(WireTraffic.answer([.syn, .ack]), at: 1501)
        let facts = try traffic.facts()
        #expect(facts.probes == 2)
        #expect((facts.duplicates, facts.repeatedAccepts) == (0, 0))
    }

    @Test(
        "a reset after an accept, and an accept after a reset, are contradictions",
        arguments: [true, false])
    func contradictions(acceptsFirst: Bool) throws {
        var traffic = try WireTraffic()
        let flags: [TCPFlags] = [[.syn, .ack], [.reset, .ack]]
        traffic.take(WireTraffic.syn())
        for (flags, limit) in zip(acceptsFirst ? flags : flags.reversed(), [UInt8(63), 64]) {
            traffic.take(WireTraffic.answer(flags, hopLimit: limit))
        }
        let facts = try traffic.facts()
        #expect(facts.answer?.hopLimit == 63)
        #expect(facts.contradiction?.hopLimit == 64)
        #expect((facts.contradiction?.kind == .reset) == acceptsFirst)
    }

    @Test func `an answer to our SYN from another address is a stranger's`() throws {
        var traffic = try WireTraffic()
        traffic.take(WireTraffic.syn())
        let note = traffic.take(WireTraffic.answer([.syn, .ack], from: WireTraffic.stranger))
        #expect(note?.comment.hasSuffix("from 203.0.113.77, which was not asked") == true)
        #expect(traffic.matcher.strangers == [WireTraffic.stranger])
        let other = WireTraffic.answer(
            [.syn, .ack], acknowledging: 9, from: WireTraffic.stranger)
        #expect(traffic.take(other) == nil)
        let facts = try traffic.facts()
        #expect(facts.stranger == WireTraffic.stranger)
    }

    @Test func `an ICMP error is the answer of who sent it`() throws {
        var traffic = try WireTraffic()
        let router = try #require(IPAddress("198.51.100.1"))
        traffic.take(WireTraffic.syn())
        // A redirect ends nothing.
        traffic.take(WireTraffic.icmp(5, 1, router, about: WireTraffic.syn()))
        traffic.take(WireTraffic.icmp(3, 13, router, about: WireTraffic.syn(), hopLimit: 61))
        #expect(traffic.matcher.matched == 3)
        let error = ICMPError(.ipv4, type: 3, code: 13)
        let facts = try traffic.facts()
        #expect(facts.answer == WireAnswer(.icmp(error, reporter: router), hopLimit: 61))
    }

    @Test func `datagrams from the scan's sockets are matched to their answers`() throws {
        var traffic = try WireTraffic()
        traffic.ports.add(50_000)
        traffic.take(WireTraffic.udp(WireTraffic.own, 50_000, WireTraffic.host, 53, [1]), at: 0)
        let answer = WireTraffic.udp(WireTraffic.host, 53, WireTraffic.own, 50_000, [2, 3])
        traffic.take(answer, at: 3)
        traffic.take(answer, at: 4)
        let aside = traffic.take(
            WireTraffic.udp(WireTraffic.host, 69, WireTraffic.own, 50_000, [2]))
        #expect(aside?.comment.contains("a port that was not asked") == true)
        traffic.take(WireTraffic.udp(WireTraffic.stranger, 53, WireTraffic.own, 50_000, [2]))
        #expect(traffic.matcher.strangers == [WireTraffic.stranger])
        let group = try traffic.group()
        #expect(group.transport == .udp)
        #expect(group.facts.answer == WireAnswer(.datagram, hopLimit: 63))
        #expect(group.facts.duplicates == 1)
        #expect(group.roundTrip == .milliseconds(3) ... .milliseconds(3))
    }

    /// The device `any` shows a packet once for each interface that it passes.
    @Test func `a packet that is seen on two interfaces counts once`() throws {
        var traffic = try WireTraffic()
        for interface in [UInt32(3), 2] { traffic.take(WireTraffic.syn(), on: interface) }
        for interface in [UInt32(2), 3] {
            traffic.take(WireTraffic.answer([.syn, .ack]), on: interface)
        }
        let facts = try traffic.facts()
        #expect(facts.probes == 1)
        #expect((facts.duplicates, facts.repeatedAccepts) == (0, 0))
    }

    @Test func `an answer to an earlier attempt belongs to the endpoint`() throws {
        var traffic = try WireTraffic()
        traffic.take(WireTraffic.syn(from: 40_000, sequence: 1), at: 0)
        traffic.take(WireTraffic.syn(from: 40_001, sequence: 2), at: 500)
        traffic.take(WireTraffic.answer([.syn, .ack], to: 40_000, acknowledging: 1), at: 600)
        let group = try traffic.group()
        #expect(group.facts.probes == 2)
        #expect(group.facts.answer != nil)
        #expect(group.roundTrip == .milliseconds(600) ... .milliseconds(600))
    }

    @Test func `more endpoints than there is room for at once lose nothing`() throws {
        var traffic = try WireTraffic(generationLimit: 10)
        for port in UInt16(1)...2000 {
            traffic.take(WireTraffic.syn(port, from: 33_000 + port))
            traffic.take(WireTraffic.answer([.reset, .ack], port, to: 33_000 + port))
        }
        let groups = traffic.matcher.end().groups
        #expect(groups.map(\.ports) == [PortSet([1...2000])])
    }

    @Test func `comments name the probe, the attempt and the time`() throws {
        var traffic = try WireTraffic()
        let comments = [
            traffic.take(WireTraffic.syn(), at: 0), traffic.take(WireTraffic.syn(), at: 1000),
            traffic.take(WireTraffic.syn(80, from: 40_002), at: 1000),
            traffic.take(WireTraffic.answer([.reset, .ack], 80, to: 40_002), at: 1000.412),
        ].map { $0?.comment }
        #expect(
            comments == [
                "probe 1: SYN to 203.0.113.10 tcp/22, attempt 1",
                "probe 1: SYN to 203.0.113.10 tcp/22, attempt 2",
                "probe 2: SYN to 203.0.113.10 tcp/80, attempt 1",
                "answer to probe 2 (203.0.113.10 tcp/80): reset after 0.412 ms",
            ])
    }

    /// Seeds from the environment make it run for longer: `scripts/fuzz frames`.
    @Test func `no frames do harm, and what is kept is of the scan`() throws {
        for seed in FuzzSeeds.frames {
            var random = SplitMix64(state: seed)
            var traffic = try WireTraffic(talks: seed % 2 == 0, generationLimit: 8)
            traffic.ports.add(50_000)
            var kept = 0
            for _ in 0..<1000 {
                let bytes = Self.frame(&random)
                let interface = UInt32(random.next() % 2)
                if traffic.take(bytes, at: Double(random.next() % 3000), on: interface) != nil {
                    kept += 1
                }
            }
            #expect(traffic.matcher.matched == UInt64(kept), "seed \(seed)")
            for group in traffic.matcher.end().groups {
                #expect(group.address == WireTraffic.host, "seed \(seed)")
                #expect(group.facts.probes > 0, "seed \(seed)")
                let last: UInt16 = group.transport == .tcp ? 2000 : 53
                #expect(group.ports.ranges.allSatisfy { $0.upperBound <= last }, "seed \(seed)")
            }
        }
    }

    /// A packet of a scan, or of nobody, perhaps with some other bytes.
    private static func frame(_ random: inout SplitMix64) -> [UInt8] {
        let port = UInt16(20 + random.next() % 6)
        let own = UInt16(40_000 + random.next() % 3)
        let sequence = UInt32(random.next() % 2)
        let flags: [TCPFlags] = [[.syn, .ack], [.reset, .ack], .reset, .ack, [.fin, .ack]]
        let syn = WireTraffic.syn(port, from: own, sequence: sequence)
        let query = WireTraffic.udp(WireTraffic.own, 50_000, WireTraffic.host, 53, [1])
        let source = random.next() % 8 == 0 ? WireTraffic.stranger : WireTraffic.host
        let packets = [
            syn, query,
            WireTraffic.answer(
                flags[Int(random.next() % 5)], port, to: own, acknowledging: sequence,
                from: source),
            WireTraffic.udp(source, 53, WireTraffic.own, 50_000, [UInt8(port)]),
            WireTraffic.icmp(3, UInt8(random.next() % 16), source, about: syn),
            WireTraffic.icmp(11, 0, source, about: query),
            WireTraffic.tcp(
                WireTraffic.own, own, WireTraffic.host, port, [.ack, .push], payload: [1]),
        ]
        var bytes = packets[Int(random.next() % UInt64(packets.count))]
        if random.next() % 3 == 0 {
            bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(
                truncatingIfNeeded: random.next())
        }
        return bytes
    }
}
