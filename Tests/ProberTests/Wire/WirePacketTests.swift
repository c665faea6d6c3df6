import Prober
import Testing

@Suite struct WirePacketTests {
    @Test(
        "a packet is the same behind every link layer",
        arguments: [
            (LinkType.ethernet, 12, [UInt8]()), (.ethernet, 12, [0x81, 0x00, 0x00, 0x05]),
            (.ethernet, 12, [0x88, 0xa8, 0x00, 0x05, 0x81, 0x00, 0x0f, 0xff]),
            (.cooked, 14, []), (.cooked, 14, [0x81, 0x00, 0x00, 0x05]),
        ])
    func linkLayers(link: LinkType, head: Int, tags: [UInt8]) throws {
        for (type, packet) in [
            (UInt16(0x0800), WireBytes.ipv4(6, WireBytes.synAck)),
            (0x86dd, WireBytes.ipv6(6, WireBytes.synAck)),
        ] {
            let frame =
                [UInt8](repeating: 7, count: head) + tags + WireBytes.number(type) + packet
            let family: IPAddress.Family = type == 0x0800 ? .ipv4 : .ipv6
            #expect(try #require(WireBytes.read(frame, link)).destination.family == family)
            #expect(WireBytes.read(frame, link) == WireBytes.read(packet, .rawIP))
        }
    }

    @Test(
        "link layers that only name the protocol are read too",
        arguments: [
            (LinkType.rawIPv4, [UInt8](), 4), (.rawIPv6, [], 6),
            (.bsdLoopback, [2, 0, 0, 0], 4), (.bsdLoopback, [24, 0, 0, 0], 6),
            (.openBSDLoopback, [0, 0, 0, 2], 4),
            (.cooked2, [8, 0] + [UInt8](repeating: 0, count: 18), 4),
            (.cooked2, [0x86, 0xdd] + [UInt8](repeating: 0, count: 18), 6),
        ])
    func shortLinkLayers(link: LinkType, head: [UInt8], version: Int) throws {
        let packet =
            version == 4
            ? WireBytes.ipv4(6, WireBytes.synAck) : WireBytes.ipv6(6, WireBytes.synAck)
        let frame = head + packet
        let read = try #require(WireBytes.read(frame, link))
        #expect(read == WireBytes.read(packet, .rawIP))
    }

    @Test func `a segment tells its ports, numbers, flags, window and options`() throws {
        let packet = WireBytes.ipv4(6, WireBytes.synAck)
        let read = try #require(WireBytes.read(packet, .rawIP))
        #expect(read.source == IPAddress("203.0.113.10"))
        #expect(read.destination == IPAddress("198.51.100.2"))
        #expect(read.hopLimit == 63)
        #expect(read.identification == 0x1234)
        guard case .segment(let segment) = read.content else {
            Issue.record("no segment: \(read.content)")
            return
        }
        #expect(segment.sourcePort == 443)
        #expect(segment.destinationPort == 40000)
        #expect(segment.sequence == 0x0102_0304)
        #expect(segment.acknowledgement == 0x0506_0708)
        #expect(segment.flags == [.syn, .ack])
        #expect(segment.window == 65160)
        var options = TCPOptions()
        options.maximumSegmentSize = 1460
        options.windowScale = 7
        options.allowsSelectiveAcknowledgement = true
        options.timestamps = TCPTimestamps(value: 1, echo: 2)
        #expect(segment.options == options)
    }

    @Test func `a datagram's bytes end where it says, not where the frame does`() throws {
        let packet = WireBytes.ipv4(17, WireBytes.datagram([1, 2, 3])) + [9, 9, 9]
        let read = try #require(WireBytes.read(packet, .rawIP))
        guard case .datagram(let datagram) = read.content else {
            Issue.record("no datagram: \(read.content)")
            return
        }
        #expect(Array(packet[datagram.payload]) == [1, 2, 3])
        #expect(datagram.payloadLength == 3)
        // Cut while it was captured, its length is still known.
        let cut = Array(packet.prefix(30))
        let part = try #require(WireBytes.read(cut, .rawIP))
        guard case .datagram(let datagram) = part.content else {
            Issue.record("no datagram: \(part.content)")
            return
        }
        #expect(Array(cut[datagram.payload]) == [1, 2])
        #expect(datagram.payloadLength == 3)
    }

    @Test(
        "an ICMP error quotes the packet that it is about",
        arguments: [
            ([3, 13], IPAddress.Family.ipv4), ([11, 0], .ipv4), ([1, 1], .ipv6), ([3, 0], .ipv6),
        ])
    func icmpErrors(numbers: [UInt8], family: IPAddress.Family) throws {
        let probe = Array(WireBytes.datagram([1]).prefix(8))
        let (packet, quoted) =
            family == .ipv4
            ? (WireBytes.ipv4, WireBytes.ipv4(17, probe))
            : (WireBytes.ipv6, WireBytes.ipv6(60, [17, 0, 1, 4, 0, 0, 0, 0] + probe))
        let message = numbers + [0, 0, 0, 0, 0, 0] + quoted
        let bytes = packet(family == .ipv4 ? 1 : 58, message)
        let read = try #require(WireBytes.read(bytes, .rawIP))
        guard case .icmpError(let error) = read.content else {
            Issue.record("no error: \(read.content)")
            return
        }
        #expect(error.error == ICMPError(family, type: numbers[0], code: numbers[1]))
        let quotation = try #require(error.quoted)
        #expect(quotation.source == read.source)
        #expect(quotation.destination == read.destination)
        #expect(quotation.transport == 17)
        #expect(quotation.sourcePort == 443)
        #expect(quotation.destinationPort == 40000)
    }

    @Test(
        "extension headers are passed over, and later fragments have no ports",
        arguments: [[UInt8(0), 43, 60], [44], [51, 44, 0], []])
    func extensionHeaders(chain: [UInt8]) throws {
        var content = WireBytes.synAck
        var next: UInt8 = 6
        for header in chain.reversed() {
            content = WireBytes.extensionHeader(header, next) + content
            next = header
        }
        let packet = WireBytes.ipv6(next, content)
        let read = try #require(WireBytes.read(packet, .rawIP))
        let plain = WireBytes.ipv6(6, WireBytes.synAck)
        #expect(read.content == WireBytes.read(plain, .rawIP)?.content)
        let later = WireBytes.ipv6(44, [6, 0, 0, 8, 0, 0, 0, 1] + WireBytes.synAck)
        #expect(WireBytes.read(later, .rawIP)?.content == .laterFragment)
    }

    @Test func `a later fragment of IPv4 has no ports`() {
        var packet = WireBytes.ipv4(17, WireBytes.datagram([1]))
        packet[7] = 1
        #expect(WireBytes.read(packet, .rawIP)?.content == .laterFragment)
    }

    @Test(
        "what is no IP, or too short for it, is no packet",
        arguments: [
            (LinkType.ethernet, [UInt8](repeating: 0, count: 60)),
            (.ethernet, [UInt8](repeating: 7, count: 12) + [8, 6] + WireBytes.ipv4(6, [])),
            (.rawIP, Array(WireBytes.ipv4(6, []).prefix(19))),
            (.rawIP, Array(WireBytes.ipv6(6, []).prefix(39))),
            (.rawIP, [0x44] + WireBytes.ipv4(6, WireBytes.synAck).dropFirst()),
            (.rawIP, []), (.cooked2, [8]),
        ])
    func noPackets(link: LinkType, frame: [UInt8]) {
        #expect(WireBytes.read(frame, link) == nil)
    }

    @Test("every frame that is cut is read as far as it goes", arguments: LinkType.allCases)
    func cuts(link: LinkType) {
        let frame = WireBytes.frame(link, WireBytes.ipv4(6, WireBytes.synAck))
        let whole = WireBytes.read(frame, link)
        for length in frame.indices {
            let cut = Array(frame.prefix(length))
            guard let packet = WireBytes.read(cut, link) else { continue }
            #expect(packet.source == whole?.source)
            #expect(packet.hopLimit == whole?.hopLimit)
        }
    }

    /// Seeds from the environment make it run for longer: `scripts/fuzz frames`.
    @Test func `any bytes behind any link layer are read without harm`() {
        for seed in FuzzSeeds.frames {
            var random = SplitMix64(state: seed)
            for _ in 0..<2_000 {
                let link = LinkType.allCases[Int(random.next() % UInt64(LinkType.allCases.count))]
                let frame = WireBytes.mutated(link, &random)
                guard let packet = WireBytes.read(frame, link) else { continue }
                if case .datagram(let datagram) = packet.content {
                    #expect(
                        datagram.payload.lowerBound <= frame.count
                            && datagram.payload.upperBound <= frame.count,
                        "seed \(seed), \(link): \(frame)")
                }
            }
        }
    }
}
