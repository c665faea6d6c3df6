import Prober
import Testing

@testable import Reconcile

@Suite struct WireHostTests {
    private static let host: IPAddress = "203.0.113.10"
    private static let accept = WireAnswer.Kind.accept(
        TCPAccept(
            window: 64_240, maximumSegmentSize: 1460, windowScale: 7,
            allowsSelectiveAcknowledgement: true, hasTimestamps: true))

    private static func group(
        _ ports: ClosedRange<UInt16>, _ kind: WireAnswer.Kind?, _ hopLimit: UInt8 = 0,
        over transport: Transport = .tcp, _ change: (inout WireFacts) -> Void = { _ in }
    ) -> WireGroup {
        var facts = WireFacts(probes: 1, answer: kind.map { WireAnswer($0, hopLimit: hopLimit) })
        change(&facts)
        return WireGroup(host, transport, PortSet([ports]), facts)
    }

    private static func remarks(_ groups: WireGroup...) -> [WireRemark] {
        WireHost.all(in: groups).flatMap(\.remarks)
    }

    private static func answers(_ ports: ClosedRange<UInt16>) -> WireRemark.Answers {
        WireRemark.Answers(kind: .reset, transport: .tcp, ports: PortSet([ports]))
    }

    @Test(
        "a reset is another box's only where no initial hop limit makes both equally far",
        arguments: [
            (UInt8(63), WireRemark?.none),
            (64, .otherDistance(answers(23...23), hopLimit: 64, host: 63, .nearer)),
            (62, .otherDistance(answers(23...23), hopLimit: 62, host: 63, .farther)),
            (127, .otherInitial(answers(23...23), hopLimit: 127, host: 63)),
            (254, .otherInitial(answers(23...23), hopLimit: 254, host: 63)),
            (255, .otherDistance(answers(23...23), hopLimit: 255, host: 63, .nearer)),
            (128, .otherDistance(answers(23...23), hopLimit: 128, host: 63, .nearer)),
            (250, .otherDistance(answers(23...23), hopLimit: 250, host: 63, .farther)),
        ])
    func resets(hopLimit: UInt8, expected: WireRemark?) {
        let remarks = Self.remarks(
            Self.group(22...22, Self.accept, 63), Self.group(23...23, .reset, hopLimit))
        #expect(remarks == [expected].compactMap(\.self))
    }

    @Test func `without an open port nothing says which answers are the host's`() {
        #expect(
            Self.remarks(Self.group(1...9, .reset, 63), Self.group(10...11, .reset, 64))
                == [.severalDistances(.reset, .tcp, [64, 63])])
        #expect(Self.remarks(Self.group(1...9, .reset, 63)).isEmpty)
    }

    @Test func `several machines behind one address each may have reset`() {
        let groups = [
            Self.group(22...22, Self.accept, 63), Self.group(80...80, Self.accept, 60),
            Self.group(1...9, .reset, 60),
        ]
        #expect(
            WireHost.all(in: groups).flatMap(\.remarks)
                == [.severalDistances(.accept, .tcp, [63, 60])])
    }

    @Test func `an error in the host's name is compared, a router's is not`() {
        let error = ICMPError(.ipv4, type: 3, code: 13)
        let router: IPAddress = "198.51.100.1"
        let answers = WireRemark.Answers(
            kind: .icmpError, transport: .tcp, ports: PortSet([25...25]))
        #expect(
            Self.remarks(
                Self.group(22...22, Self.accept, 63),
                Self.group(24...24, .icmp(error, reporter: router), 64),
                Self.group(25...25, .icmp(error, reporter: Self.host), 64))
                == [.otherDistance(answers, hopLimit: 64, host: 63, .nearer)])
    }

    @Test func `signs of proxies, copies and contradictions are told, each once for all ports`() {
        let bare = WireAnswer.Kind.accept(TCPAccept(window: 0))
        let remarks = Self.remarks(
            Self.group(1...2, bare, 63), Self.group(4...4, bare, 63) { $0.probes = 2 },
            Self.group(5...5, Self.accept, 63) { $0.duplicates = 1 },
            Self.group(6...6, Self.accept, 63) { $0.repeatedAccepts = 2 },
            Self.group(7...7, Self.accept, 63) {
                $0.contradiction = WireAnswer(.reset, hopLimit: 64)
            },
            Self.group(8...8, .reset, 63) {
                $0.contradiction = WireAnswer(Self.accept, hopLimit: 63)
            },
            Self.group(9...9, nil) { $0.stranger = "203.0.113.77" })
        let bares = PortSet([1...2, 4...4])
        #expect(
            remarks == [
                .zeroWindow(bares), .noOptions(bares),
                .resetAfterAccept(PortSet([7...7]), hopLimit: 64, accept: 63),
                .acceptAfterReset(PortSet([8...8]), hopLimit: 63, reset: 63),
                .repeatedAccepts(PortSet([6...6])), .duplicates(.tcp, PortSet([5...5])),
                .stranger("203.0.113.77", .tcp, PortSet([9...9])),
            ])
    }

    @Test func `the table has a row for each sender and hop limit, nearest first`() {
        let error = ICMPError(.ipv4, type: 3, code: 13)
        let groups = [
            Self.group(22...22, Self.accept, 63), Self.group(20...21, .reset, 63),
            Self.group(23...23, .reset, 64), Self.group(53...53, .datagram, 63, over: .udp),
            Self.group(24...24, .icmp(error, reporter: "198.51.100.1"), 255),
            Self.group(26...26, nil),
        ]
        #expect(
            WireHost.all(in: groups).map(\.table) == [
                [
                    "sender        hop limit  routers  answers",
                    "198.51.100.1  255        0        ICMP error, tcp port 24",
                    "203.0.113.10  64         0        reset, tcp port 23",
                    "203.0.113.10  63         1        SYN-ACK, tcp port 22; reset, 2 tcp ports (20-21); datagram, udp port 53",
                ]
            ])
    }

    @Test(
        "every remark is a sentence that says what it means",
        arguments: [
            (
                WireRemark.otherDistance(answers(23...23), hopLimit: 64, host: 63, .nearer),
                "The reset of tcp port 23 came with hop limit 64, where the host's open ports answer with 63: from a box on the way, behind no router, and not from the host, which is behind 1 router."
            ),
            (
                .otherInitial(answers(1...2), hopLimit: 127, host: 63),
                "The resets of 2 tcp ports (1-2) came with hop limit 127, where the host's open ports answer with 63. Both may have come equally far, if the host begins with another limit for them: it does not tell whether another box answered."
            ),
            (
                .resetAfterAccept(PortSet([7...7]), hopLimit: 64, accept: 63),
                "After the SYN-ACK of tcp port 7 came a reset, with hop limit 64 after 63: they are not from one machine."
            ),
            (
                .severalDistances(.reset, .tcp, [64, 63]),
                "Its resets over tcp came from several distances (hop limits 64, 63): more than one machine answers for the address."
            ),
            (
                .stranger("203.0.113.77", .tcp, PortSet([9...9])),
                "203.0.113.77, which was not asked, answered for tcp port 9."
            ),
        ])
    func sentences(remark: WireRemark, sentence: String) {
        #expect(remark.sentence == sentence)
    }
}
