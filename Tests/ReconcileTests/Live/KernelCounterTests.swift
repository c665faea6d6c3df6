import Prober
import Testing

@testable import Reconcile

/// What Linux counts, in the shapes in which it shows it.
@Suite struct KernelCounterTests {
    private static let snmp = """
        Ip: Forwarding DefaultTTL InReceives InDiscards InDelivers
        Ip: 1 64 900 2 880
        Icmp: InMsgs OutMsgs OutRateLimitGlobal OutRateLimitHost OutDestUnreachs
        Icmp: 1 7 3 4 6
        IcmpMsg: OutType3
        IcmpMsg: 6
        Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens InSegs OutRsts
        Tcp: 1 200 120000 -1 5 11 500 12
        Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors InCsumErrors IgnoredMulti MemErrors
        Udp: 21 22 23 24 25 26 27 28 29
        UdpLite: InDatagrams NoPorts
        UdpLite: 991 992

        """
    private static let values: [KernelCounter: UInt64] = [
        .ipReceived: 900, .ipDiscarded: 2, .ipDelivered: 880, .icmpLimited: 3,
        .icmpLimitedForPeer: 4,
        .icmpUnreachable: 6, .tcpPassiveOpens: 11, .tcpReceived: 500, .tcpResets: 12, .udpRead: 21,
        .udpNoPort: 22, .udpErrors: 23, .udpBufferFull: 25, .udpChecksum: 27, .udpMemoryFull: 29,
    ]

    @Test(
        "the counters of each file are found by name",
        arguments: [
            (Self.snmp, Self.values),
            (
                "Ip6InReceives   \t4\nUdp6InDatagrams \t5\nUdp6NoPorts\t6\nIcmp6OutDestUnreachs\t7\nUdpLite6NoPorts\t8\n",
                [.ip6Received: 4, .udp6Read: 5, .udp6NoPort: 6, .icmp6Unreachable: 7]
            ),
            (
                "TcpExt: SyncookiesSent ListenOverflows ListenDrops IPReversePathFilter\nTcpExt: 0 3 4 5\nIpExt: InNoRoutes\nIpExt: 9\n",
                [.listenOverflows: 3, .listenDrops: 4, .reversePathFiltered: 5]
            ),
            // Names without values, other numbers of them, and what is no number.
            ("Udp: NoPorts\nTcp: 1\nUdp: NoPorts InErrors\nUdp: 1\nTcp: OutRsts\nTcp: x\n", [:]),
            ("Udp: NoPorts\nUdp: -1\nUdp: 18446744073709551616\n", [:]),
        ] as [(String, [KernelCounter: UInt64])])
    func reading(text: String, values: [KernelCounter: UInt64]) {
        #expect(KernelCounters.values(in: text) == values)
        let report = HostReports.reading(text).joined
        #expect(report?.counters ?? [] == (values.isEmpty ? [] : [KernelCounters(values)]))
    }

    @Test func `the kernel of this machine has those that every kernel has`() {
        let values = LiveHost().counters()
        for counter: KernelCounter in [
            .ipReceived, .ipDelivered, .udpRead, .udpNoPort, .udpErrors, .udpBufferFull, .tcpResets,
            .tcpPassiveOpens, .listenOverflows, .listenDrops, .icmpUnreachable,
        ] {
            #expect(values[counter] != nil, "\(counter.rawValue)")
        }
    }

    @Test func `files of one namespace are one set, and rows of sockets beside them count`() throws
    {
        let ss =
            "Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n"
            + "udp   UNCONN 2304   0      0.0.0.0:514        0.0.0.0:*    skmem:(r2304,rb212992,t0,tb212992,f1792,w0,o0,bl0,d17)\n"
        let report = try #require(
            HostReports.reading(
                ss + "==> /proc/net/snmp <==\n" + Self.snmp + "==> snmp6 <==\nUdp6NoPorts 6\n"
            ).joined)
        #expect(report.counters == [KernelCounters(Self.values.merging([.udp6NoPort: 6]) { $1 })])
        let listener = try #require(report.listeners.first)
        #expect(listener.buffer == ReceiveBuffer(used: 2304, limit: 212_992))
        #expect(listener.dropCount == 17)
    }
}
