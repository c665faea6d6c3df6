import CPackets
import Foundation
import Prober
import Reconcile
import Testing

/// A host with rules between two networks, and another host behind it.
///
/// ```
/// client 203.0.113.2-4, 2001:db8:a::2-4  ── lan0 203.0.113.10, 2001:db8:a::10  ┐
///        198.51.100.2-4, 2001:db8:b::2-4 ── lan1 198.51.100.10, 2001:db8:b::10 ┤ server
///                  backend 198.18.0.10, 2001:db8:c::10 ── back 198.18.0.1, ::1 ┘
/// ```
final class FirewallLab {
    static let portCount = 24
    private let name: String
    private var servers: [CInt] = []

    init(_ name: String = "pf\(getpid())x\(UInt16.random(in: 0...9999))") throws {
        self.name = name
        try Command(["bash", "-euc", Self.script, "lab", name]).run().expectSuccess()
        let ports = (0..<Self.portCount).map { UInt16(1000 + $0) }
        for (host, id) in [("server", 1), ("backend", 2)] {
            servers.append(
                unsafe packets_serve(
                    "/run/netns/\(name)-\(host)", UInt8(id), ports, CInt(ports.count)))
        }
        #expect(!servers.contains(-1))
    }

    deinit {
        for server in servers { packets_stop(server) }
        for host in ["client", "server", "backend"] {
            _ = try? Command(["ip", "netns", "del", "\(name)-\(host)"]).run()
        }
    }

    private static let script = """
        n=$1
        for h in client server backend; do
          ip netns add $n-$h
          ip -n $n-$h link set lo up
          ip netns exec $n-$h sysctl -qw net.ipv6.conf.default.accept_dad=0 \\
            net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0 net.ipv4.icmp_msgs_per_sec=1000000 \\
            net.ipv4.icmp_msgs_burst=1000000 net.ipv4.conf.all.rp_filter=0 \\
            net.ipv4.conf.default.rp_filter=0
        done
        link() {
          ip link add $2 netns $n-$1 type veth peer name $4 netns $n-$3
          ip -n $n-$1 link set $2 up
          ip -n $n-$3 link set $4 up
        }
        add() { h=$1 d=$2; shift 2; for a in "$@"; do
          case $a in *:*) ip -n $n-$h addr add $a dev $d nodad;; *) ip -n $n-$h addr add $a dev $d;; esac
        done; }
        link client w0 server lan0
        link client w1 server lan1
        link backend b0 server back
        add server lan0 203.0.113.10/24 2001:db8:a::10/64
        add server lan1 198.51.100.10/24 2001:db8:b::10/64
        add server back 198.18.0.1/24 2001:db8:c::1/64
        add backend b0 198.18.0.10/24 2001:db8:c::10/64
        add client w0 203.0.113.2/24 203.0.113.3/24 203.0.113.4/24 2001:db8:a::2/64 2001:db8:a::3/64 2001:db8:a::4/64
        add client w1 198.51.100.2/24 198.51.100.3/24 198.51.100.4/24 2001:db8:b::2/64 2001:db8:b::3/64 2001:db8:b::4/64
        # From wherever the client sends, what is behind the server is reached through it.
        ip -n $n-client route add 198.18.0.0/24 via 203.0.113.10
        ip -n $n-client -6 route add 2001:db8:c::/64 via 2001:db8:a::10
        ip -n $n-client rule add from 198.51.100.0/24 table 101
        ip -n $n-client -6 rule add from 2001:db8:b::/64 table 101
        ip -n $n-client route add 198.18.0.0/24 via 198.51.100.10 table 101
        ip -n $n-client -6 route add 2001:db8:c::/64 via 2001:db8:b::10 table 101
        ip netns exec $n-server sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
        ip netns exec $n-server sysctl -qw net.netfilter.nf_conntrack_udp_timeout=1 \\
          net.netfilter.nf_conntrack_tcp_timeout_syn_sent=1 net.netfilter.nf_conntrack_tcp_timeout_close=1 \\
          net.netfilter.nf_conntrack_udp_timeout_stream=1 2>/dev/null || true
        ip -n $n-backend route add default via 198.18.0.1
        ip -n $n-backend -6 route add default via 2001:db8:c::1
        # Neighbours are known: no packet waits for one, and no rule can keep them from each other.
        mac() { ip -n $n-$1 -br link show $2 | awk '{print $3}'; }
        for a in 203.0.113.2 203.0.113.3 203.0.113.4 2001:db8:a::2 2001:db8:a::3 2001:db8:a::4; do
          ip -n $n-server neigh replace $a lladdr $(mac client w0) dev lan0 nud permanent; done
        for a in 198.51.100.2 198.51.100.3 198.51.100.4 2001:db8:b::2 2001:db8:b::3 2001:db8:b::4; do
          ip -n $n-server neigh replace $a lladdr $(mac client w1) dev lan1 nud permanent; done
        for a in 203.0.113.10 2001:db8:a::10; do
          ip -n $n-client neigh replace $a lladdr $(mac server lan0) dev w0 nud permanent; done
        for a in 198.51.100.10 2001:db8:b::10; do
          ip -n $n-client neigh replace $a lladdr $(mac server lan1) dev w1 nud permanent; done
        for a in 198.18.0.10 2001:db8:c::10; do
          ip -n $n-server neigh replace $a lladdr $(mac backend b0) dev back nud permanent; done
        for a in 198.18.0.1 2001:db8:c::1; do
          ip -n $n-backend neigh replace $a lladdr $(mac server back) dev b0 nud permanent; done
        """

    /// The addresses of the host behind the server.
    static let backend = ["198.18.0.10", "2001:db8:c::10"].compactMap { IPAddress($0) }

    /// What the evaluation is told of the server.
    static let host: FirewallHost = {
        let addresses: [(String, Int, String)] = [
            ("203.0.113.10", 24, "lan0"), ("2001:db8:a::10", 64, "lan0"),
            ("198.51.100.10", 24, "lan1"), ("2001:db8:b::10", 64, "lan1"),
            ("198.18.0.1", 24, "back"), ("2001:db8:c::1", 64, "back"),
        ]
        return FirewallHost(
            addresses: addresses.compactMap { text, length, name in
                IPAddress(text).map { HostAddress($0, prefixLength: length, interface: name) }
            }, hasAllAddresses: true)
    }()

    /// A command on the server.
    func run(_ arguments: [String], input: String = "") throws -> Command.Outcome {
        var command = Command(["ip", "netns", "exec", "\(name)-server"] + arguments)
        command.input = input
        return try command.run()
    }

    /// Sends `probes`, from the client or the server itself; each is marked with whether an answer is expected.
    func send(_ probes: inout [FirewallProbe], quiet: CInt, patience: CInt) throws {
        for (host, isFromHere) in [("client", false), ("server", true)] {
            let indices = probes.indices.filter { probes[$0].isFromHere == isFromHere }
            guard !indices.isEmpty else { continue }
            var packets = indices.map { probes[$0].packet }
            let result = unsafe packets_probe(
                "/run/netns/\(name)-\(host)", &packets, CInt(packets.count), quiet, patience)
            #expect(result == 0)
            for (index, packet) in zip(indices, packets) { probes[index].packet = packet }
        }
    }

    /// Sets that rules of iptables look into; empty where the kernel or the tool has none.
    static let addressSets = """
        create four hash:ip family inet
        add four 203.0.113.2
        add four 198.51.100.3
        create nets hash:net family inet
        add nets 203.0.113.0/30
        add nets 203.0.113.2 nomatch
        add nets 198.51.100.0/24
        add nets 198.51.100.2/31 nomatch
        create six hash:net family inet6 timeout 3600
        add six 2001:db8:a::/64 timeout 3600
        add six 2001:db8:b::2/127 timeout 3600
        create ports bitmap:port range 1000-1050
        add ports 1003-1007
        add ports 1011
        create pairs hash:ip,port family inet
        add pairs 203.0.113.3,tcp:1005
        add pairs 203.0.113.3,udp:1006
        add pairs 198.51.100.2,tcp:1001-1009
        create blocks hash:net,port family inet
        add blocks 203.0.113.0/24,tcp:1002
        add blocks 203.0.113.0/30,tcp:1002 nomatch
        add blocks 198.51.100.0/24,udp:1004-1012
        create places hash:net,iface family inet
        add places 203.0.113.0/24,lan0
        add places 0.0.0.0/1,lan1
        create all list:set size 8
        add all four
        add all nets

        """

    /// Makes ``addressSets`` on the server; whether they can be.
    func makeAddressSets() throws -> Bool {
        try run(["ipset", "restore"], input: Self.addressSets).status == 0
    }

    /// Replaces the rules of the server; what a tool says that refuses them, or nil.
    func load(_ draft: RulesetDraft) throws -> String? {
        switch draft.tool {
        case .nft:
            let outcome = try run(
                ["nft", "-f", "-"], input: "flush ruleset\n" + draft.text(draft.tables))
            return outcome.status == 0 ? nil : outcome.errors
        case .iptables, .legacy:
            let kind = draft.tool == .legacy ? "legacy" : "nft"
            for (program, tables) in [("iptables", draft.tables), ("ip6tables", draft.tables6)] {
                let outcome = try run(
                    ["\(program)-\(kind)-restore"],
                    input: draft.text(tables))
                if outcome.status != 0 { return outcome.errors }
            }
            return nil
        }
    }

    /// The rules of the server as its tools list them.
    func list(
        _ tool: RulesetDraft.Tool, addressSets: [RulesetText] = []
    ) throws -> [RulesetText] {
        func text(_ kind: RulesetText.Kind, _ arguments: [String]) throws -> RulesetText {
            RulesetText(
                kind, origin: arguments.joined(separator: " "),
                text: Array(try run(arguments).output.utf8))
        }
        switch tool {
        case .nft:
            // As JSON, nft 1.0.6 leaves out the devices of chains, the flags of tables, and which
            // IP version some rules are for.
            return [
                try text(.nftJSON, ["nft", "-j", "list", "ruleset"]),
                try text(.nftText, ["nft", "--debug=netlink", "list", "ruleset"]),
            ]
        case .iptables:
            return [
                try text(.nftJSON, ["nft", "-j", "list", "ruleset"]),
                try text(.iptables, ["iptables-nft-save", "-c"]),
                try text(.ip6tables, ["ip6tables-nft-save"]),
            ] + addressSets
        case .legacy:
            return [
                try text(.iptablesLegacy, ["iptables-legacy-save"]),
                try text(.ip6tablesLegacy, ["ip6tables-legacy-save", "-c"]),
            ] + addressSets
        }
    }
}

/// One real packet, and what came of it.
struct FirewallProbe {
    var flow: Flow
    var port: UInt16
    var packet: packet_probe

    init(_ flow: Flow, port: UInt16) {
        self.flow = flow
        self.port = port
        packet = packet_probe()
        packet.is_ipv6 = flow.destination.family == .ipv6 ? 1 : 0
        packet.is_udp = flow.transport == .udp ? 1 : 0
        packet.port = port
        unsafe withUnsafeMutableBytes(of: &packet.source) {
            unsafe Self.write(flow.source ?? flow.destination, to: $0)
        }
        unsafe withUnsafeMutableBytes(of: &packet.destination) {
            unsafe Self.write(flow.destination, to: $0)
        }
    }

    private static func write(_ address: IPAddress, to room: UnsafeMutableRawBufferPointer) {
        let count = address.family.bitCount / 8
        for index in 0..<count {
            unsafe room[index] = UInt8(
                truncatingIfNeeded: address.number >> UInt128(8 * (count - 1 - index)))
        }
    }

    /// Whether the server itself sends it.
    var isFromHere: Bool { flow.source == flow.destination }

    /// The host that answers when nothing translates.
    private var host: Int {
        let isBehind = FirewallLab.backend.contains { $0 == flow.destination }
        return isBehind ? 2 : 1
    }

    /// What came of it, in the words of predictions.
    var seen: String {
        switch Int(packet.result) {
        case 1: "host \(packet.host) port \(packet.answered_port)"
        case 2: "reset"
        case 3: "icmp \(packet.icmp_type)/\(packet.icmp_code)"
        case 5: "handshake"
        case 4: "failed \(packet.error)"
        default: "silence"
        }
    }

    /// Whether what came of it is what was predicted.
    ///
    /// Rules may stop what follows a handshake, and then nobody says which port it was with.
    func agrees(with action: FirewallAction) -> Bool {
        let expected = expected(action)
        return seen == expected || seen == "handshake" && expected.hasPrefix("host")
    }

    /// What a prediction of `action` means for this packet.
    func expected(_ action: FirewallAction) -> String {
        switch action {
        case .accept: "host \(host) port \(port)"
        case .drop: "silence"
        case .reject(.tcpReset): "reset"
        case .reject(.icmp(let error)): "icmp \(error.type)/\(error.code)"
        case .translate(let target): "host \(target.isHere ? 1 : 2) port \(target.port ?? port)"
        case .undecided: "anything"
        }
    }
}
