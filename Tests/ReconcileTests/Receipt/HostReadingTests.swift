import Prober
import Testing

@testable import Reconcile

/// What is read of a host, and how two readings differ.
@Suite struct HostReadingTests {
    private static let needs: HostReading.Needs = {
        var needs = HostReading.Needs()
        needs.includesSockets = true
        needs.engines = [.iptables]
        return needs
    }()

    private static let answer = """
        m begin files /proc/net/snmp /proc/net/snmp6 /proc/net/netstat
        ==> /proc/net/snmp <==
        Ip: Forwarding InReceives InDelivers
        Ip: 1 120 100
        Udp: InDatagrams NoPorts InErrors
        Udp: 7 5 0
        ==> /proc/net/snmp6 <==
        Udp6NoPorts                     \t9

        m end 0
        m begin ss -tulnem
        Netid State  Recv-Q Send-Q Local Address:Port Peer Address:Port
        udp   UNCONN 832    0            0.0.0.0:53        0.0.0.0:*    ino:12 sk:1
        \t skmem:(r832,rb212992,t0,tb212992,f0,w0,o0,bl0,d4)

        m end 0
        m begin rules iptables-nft-save -c
        *filter
        :INPUT ACCEPT [0:0]
        [6:90] -A INPUT -p udp -m udp --dport 50 -j DROP
        COMMIT

        m end 0
        m over

        """

    @Test func `a reading over ssh has counters, sockets and rules`() throws {
        let reading = RemoteAnswer(Array(Self.answer.utf8), marker: "m").reading(of: Self.needs)
        #expect(reading.counters[.udpNoPort] == 5)
        #expect(reading.counters[.udp6NoPort] == 9)
        #expect(reading.counters[.ipReceived] == 120)
        let load = try #require(
            reading.sockets[HostReading.SocketKey(.udp, "0.0.0.0", 53, inode: 12)])
        #expect(load == HostReading.SocketLoad(bytes: 832, drops: 4))
        #expect(reading.rules.values.map { $0 } == [6])
        // A rule is the same after others met packets, and another when its line is another's.
        let key = try #require(reading.rules.keys.first)
        let later = RemoteAnswer(
            Array(Self.answer.replacing("[6:90]", with: "[7:105]").utf8), marker: "m"
        ).reading(of: Self.needs)
        #expect(later.rules[key] == 7)
        let moved = RemoteAnswer(
            Array(Self.answer.replacing("--dport 50", with: "--dport 51").utf8), marker: "m"
        ).reading(of: Self.needs)
        #expect(moved.rules.count == 1)
        #expect(moved.rules[key] == nil)
    }

    @Test(
        "an answer cut at any byte is read without harm",
        arguments: Array(stride(from: 0, to: 900, by: 7))
    )
    func cut(at length: Int) {
        let bytes = Array(Self.answer.utf8.prefix(length))
        let reading = RemoteAnswer(bytes, marker: "m").reading(of: Self.needs)
        #expect(reading.rules.count <= 1)
        #expect(reading.sockets.count <= 1)
    }

    @Test func `the script reads what is needed and nothing else`() {
        let script = RemoteScript(marker: "m", asksProber: false, readsFirewall: false)
        let light = script.reading(HostReading.Needs())
        #expect(light.contains("run files /proc/net/snmp"))
        #expect(!light.contains("run ss"))
        #expect(!light.contains("rules nft -j list ruleset; fi"))
        let full = script.reading(Self.needs)
        #expect(full.contains("run ss -tulnem"))
        #expect(full.contains("rules iptables-nft-save -c; fi"))
        #expect(full.hasSuffix("echo \"$m over\"\n"))
    }

    @Test(
        "a gauge is how much two readings differ",
        arguments: gauges)
    func rise(of gauge: ReceiptGauge, is expected: Int64?) {
        let before = HostReading(
            counters: [.udpNoPort: 5, .ipReceived: 20, .ipDelivered: 10, .ip6Received: .max],
            sockets: [Self.socket: HostReading.SocketLoad(bytes: 0, drops: 1)],
            rules: [Self.rule: 1])
        let after = HostReading(
            counters: [.udpNoPort: 8, .ipReceived: 30, .ipDelivered: 16, .ip6Received: 0],
            sockets: [Self.socket: HostReading.SocketLoad(bytes: 832, drops: 0)],
            rules: [Self.rule: 3])
        #expect(gauge.rise(from: before, to: after) == expected)
    }

    private static let gauges: [(ReceiptGauge, Int64?)] = [
        (.counter(.udpNoPort), 3), (.undelivered(.ipv4), 4), (.undelivered(.ipv6), nil),
        (.counter(.udp6Read), nil), (.bytes([socket]), 832), (.drops([socket]), -1),
        (.bytes([]), nil), (.rule(rule), 2),
        (.bytes([socket, HostReading.SocketKey(.udp, "0.0.0.0", 1, inode: 2)]), nil),
    ]
    private static let socket = HostReading.SocketKey(.udp, "0.0.0.0", 53, inode: 12)
    private static let rule = HostReading.RuleKey(
        family: .inet, table: "t", chain: "input", place: .handle(4), text: "drop")
}
