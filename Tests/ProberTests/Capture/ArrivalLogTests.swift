import Testing

@testable import Prober

/// What a log concludes from packets, one after the other.
@Suite struct ArrivalLogTests {
    private static let host = IPAddress.v4(0xcb00_710a)
    private static let vantage = IPAddress.v4(0xc633_6402)
    private static let other = IPAddress.v4(0xc633_6463)

    private static func log(
        sources: TargetSet? = nil, ports: PortSpec = PortSpec(tcp: .all, udp: .all),
        limit: Int = 100
    ) -> ArrivalLog {
        ArrivalLog(
            ArrivalLog.Scope(
                own: TargetSet([AddressRange(host)]), sources: sources, ports: ports, limit: limit))
    }

    private static func packet(
        _ source: IPAddress, _ destination: IPAddress, _ content: WirePacket.Content
    ) throws -> WirePacket {
        var packet = try #require(
            WireBytes.read(WireBytes.ipv4(6, WireBytes.synAck), .rawIP))
        packet.source = source
        packet.destination = destination
        packet.content = content
        return packet
    }

    private static func segment(
        _ flags: TCPFlags, from source: IPAddress, _ sourcePort: UInt16, to target: IPAddress,
        _ port: UInt16
    ) throws -> WirePacket {
        let read = try #require(WireBytes.read(WireBytes.ipv4(6, WireBytes.synAck), .rawIP))
        guard case .segment(var segment) = read.content else { throw Missing() }
        segment.flags = flags
        segment.sourcePort = sourcePort
        segment.destinationPort = port
        return try packet(source, target, .segment(segment))
    }

    private static func datagram(
        from source: IPAddress, _ sourcePort: UInt16, to target: IPAddress, _ port: UInt16
    ) throws -> WirePacket {
        let read = try #require(WireBytes.read(WireBytes.ipv4(17, WireBytes.datagram([])), .rawIP))
        guard case .datagram(var datagram) = read.content else { throw Missing() }
        datagram.sourcePort = sourcePort
        datagram.destinationPort = port
        return try packet(source, target, .datagram(datagram))
    }

    /// An ICMP error from the host about a datagram of the vantage.
    private static func icmpError(
        from source: IPAddress, quoting sourcePort: UInt16, _ port: UInt16
    ) throws -> WirePacket {
        let quoted: [UInt8] =
            [0x45, 0, 0, 28, 0, 0, 0, 0, 63, 17, 0, 0, 198, 51, 100, 2, 203, 0, 113, 10]
            + WireBytes.number(sourcePort) + WireBytes.number(port) + [0, 8, 0, 0]
        let read = try #require(
            WireBytes.read(WireBytes.ipv4(1, [3, 3, 0, 0, 0, 0, 0, 0] + quoted), .rawIP))
        return try packet(source, vantage, read.content)
    }

    private struct Missing: Error {}

    @Test(
        "an answer of the host is noted with the probe",
        arguments: [
            (TCPFlags([.syn, .ack]), Arrival.Answers.handshake), ([.reset, .ack], .reset),
            ([.reset], .reset),
        ] as [(TCPFlags, Arrival.Answers)])
    func answers(flags: TCPFlags, are expected: Arrival.Answers) throws {
        var log = Self.log()
        log.add(
            try Self.segment(.syn, from: Self.vantage, 40_000, to: Self.host, 22),
            isOutgoing: false, at: 5_000_001)
        log.add(
            try Self.segment(flags, from: Self.host, 22, to: Self.vantage, 40_000),
            isOutgoing: true, at: 5_000_500)
        #expect(
            log.arrivals() == [
                Arrival(
                    Self.vantage, to: Self.host, .tcp, PortSet(ports: [22]), packets: 1,
                    sourcePorts: 40_000...40_000, first: 5, last: 6, answers: expected)
            ])
        #expect(log.packets == 1)
    }

    @Test func `segments within a connection are no probes`() throws {
        var log = Self.log()
        for flags: TCPFlags in [[.ack], [.syn, .ack], [.reset], [.fin, .ack], []] {
            log.add(
                try Self.segment(flags, from: Self.vantage, 40_000, to: Self.host, 22),
                isOutgoing: false, at: 0)
        }
        #expect(log.arrivals().isEmpty)
    }

    @Test("a scan of the host itself is no arrival", arguments: [true, nil])
    func ownScan(isOutgoing: Bool?) throws {
        var log = Self.log()
        for port: UInt16 in 1...50 {
            log.add(
                try Self.segment(.syn, from: Self.host, 40_000, to: Self.other, port),
                isOutgoing: isOutgoing, at: 0)
            log.add(
                try Self.segment([.syn, .ack], from: Self.other, port, to: Self.host, 40_000),
                isOutgoing: isOutgoing == nil ? nil : false, at: 1)
            log.add(
                try Self.datagram(from: Self.host, 40_000, to: Self.other, port),
                isOutgoing: isOutgoing, at: 2)
            log.add(
                try Self.datagram(from: Self.other, port, to: Self.host, 40_000),
                isOutgoing: isOutgoing == nil ? nil : false, at: 3)
        }
        #expect(log.arrivals().isEmpty)
        #expect(log.packets == 0)
    }

    @Test func `a reset that comes in from the way is none of the host's`() throws {
        var log = Self.log()
        log.add(
            try Self.segment(.syn, from: Self.vantage, 40_000, to: Self.host, 22),
            isOutgoing: false, at: 0)
        log.add(
            try Self.segment([.reset], from: Self.host, 22, to: Self.vantage, 40_000),
            isOutgoing: false, at: 1)
        #expect(log.arrivals().map(\.answers) == [[]])
    }

    @Test func `datagrams and the errors that quote them are told apart by port`() throws {
        var log = Self.log()
        for port: UInt16 in [53, 123, 161] {
            log.add(
                try Self.datagram(from: Self.vantage, 40_000, to: Self.host, port),
                isOutgoing: false, at: 0)
        }
        log.add(
            try Self.datagram(from: Self.host, 53, to: Self.vantage, 40_000), isOutgoing: true,
            at: 1)
        log.add(
            try Self.icmpError(from: Self.host, quoting: 40_000, 123), isOutgoing: true, at: 1)
        // Another's datagram from another port.
        log.add(
            try Self.icmpError(from: Self.host, quoting: 50_000, 161), isOutgoing: true, at: 1)
        let answers = Dictionary(
            uniqueKeysWithValues: log.arrivals().map { ($0.ports[0], $0.answers) })
        #expect(answers == [53: .datagram, 123: .icmpError, 161: []])
    }

    @Test func `ports that fared alike in one second are told of together`() throws {
        var log = Self.log()
        for port: UInt16 in 1...20 {
            for _ in 0..<(port == 7 ? 2 : 1) {
                log.add(
                    try Self.segment(
                        .syn, from: Self.vantage, 40_000 + port, to: Self.host, port),
                    isOutgoing: false, at: Int64(port) * 1_000_000)
            }
        }
        log.add(
            try Self.segment(.syn, from: Self.vantage, 50_000, to: Self.host, 30),
            isOutgoing: false, at: 1_500_000_000)
        let arrivals = log.arrivals()
        #expect(arrivals.map(\.ports.description) == ["1-6,8-20", "7", "30"])
        #expect(arrivals.map(\.packets) == [1, 2, 1])
        #expect(arrivals[0].sourcePorts == 40_001...40_020)
        #expect(arrivals[0].first == 1)
        #expect(arrivals[0].last == 20)
    }

    @Test func `what finds no room is counted`() throws {
        var log = Self.log(limit: 10)
        for port: UInt16 in 1...30 {
            log.add(
                try Self.segment(.syn, from: Self.vantage, 40_000, to: Self.host, port),
                isOutgoing: false, at: 0)
        }
        // A port that has its place is still counted there.
        log.add(
            try Self.segment(.syn, from: Self.vantage, 40_000, to: Self.host, 1),
            isOutgoing: false, at: 0)
        #expect(log.flowCount == 10)
        #expect(log.packets == 11)
        #expect(log.uncounted == 20)
    }

    @Test func `only the sources and ports that were asked for are recorded`() throws {
        var log = Self.log(
            sources: TargetSet([AddressRange(Self.vantage)]),
            ports: PortSpec(tcp: PortSet([1...10])))
        for source in [Self.vantage, Self.other] {
            for port: UInt16 in [5, 11] {
                log.add(
                    try Self.segment(.syn, from: source, 40_000, to: Self.host, port),
                    isOutgoing: false, at: 0)
                log.add(
                    try Self.datagram(from: source, 40_000, to: Self.host, port),
                    isOutgoing: false, at: 0)
            }
        }
        #expect(log.arrivals().map(\.ports.description) == ["5"])
    }

    @Test("no packets trap", arguments: FuzzSeeds.frames)
    func fuzz(seed: UInt64) {
        var random = SplitMix64(state: seed)
        var log = ArrivalLog(
            ArrivalLog.Scope(
                own: TargetSet([AddressRange(Self.host), AddressRange(Self.vantage)]), sources: nil,
                ports: PortSpec(tcp: .all, udp: .all), limit: 50))
        for _ in 0..<2000 {
            let link = LinkType.allCases[Int(random.next() % UInt64(LinkType.allCases.count))]
            let frame = WireBytes.mutated(link, &random)
            guard let packet = WireBytes.read(frame, link) else { continue }
            let isOutgoing: Bool? = [true, false, nil][Int(random.next() % 3)]
            log.add(
                packet, isOutgoing: isOutgoing, at: Int64(truncatingIfNeeded: random.next()))
        }
        #expect(log.flowCount <= 50)
        let sum = log.arrivals().reduce(0) { $0 + $1.packets * UInt64($1.ports.count) }
        #expect(sum == log.packets)
    }

    @Test func `the filter leaves ports in many pieces to the reader`() {
        let few = ArrivalFilter(sources: nil, ports: PortSpec(tcp: PortSet(ports: [22, 80])))
        #expect(few.description.contains("portrange 22-22 or portrange 80-80"))
        #expect(!few.description.contains("udp"))
        let many = PortSet(ports: stride(from: UInt16(1), to: 200, by: 2))
        #expect(
            !ArrivalFilter(sources: nil, ports: PortSpec(udp: many)).description.contains("range"))
        let block = AddressRange(block: Self.vantage, prefixLength: 24).map { TargetSet([$0]) }
        #expect(
            ArrivalFilter(sources: block, ports: PortSpec(tcp: .all)).description
                .hasPrefix("(net 198.51.100.0/24) and ("))
    }

    @Test(
        "cooked frames tell who sent them",
        arguments: [
            (LinkType.cooked, 0, 4, true), (.cooked, 0, 0, false), (.cooked2, 10, 4, true),
            (.cooked2, 10, 3, false),
        ])
    func direction(link: LinkType, offset: Int, type: UInt8, isOutgoing: Bool) {
        var frame = [UInt8](repeating: 0, count: 20)
        frame[link == .cooked ? offset + 1 : offset] = type
        #expect(unsafe link.isOutgoing(frame.span.bytes) == isOutgoing)
        #expect(unsafe LinkType.ethernet.isOutgoing(frame.span.bytes) == nil)
    }
}
