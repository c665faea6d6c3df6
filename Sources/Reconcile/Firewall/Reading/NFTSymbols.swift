import Prober

/// The names that nft and iptables have for numbers.
enum RuleSymbols {
    static let protocols: [String: UInt128] = [
        "ip": 0, "icmp": 1, "igmp": 2, "ipencap": 4, "tcp": 6, "udp": 17, "dccp": 33, "ipv6": 41,
        "gre": 47, "esp": 50, "ah": 51, "icmpv6": 58, "ipv6-icmp": 58, "icmp6": 58, "ospf": 89,
        "ospfigp": 89, "vrrp": 112, "comp": 108, "ipcomp": 108, "sctp": 132, "udplite": 136,
        "pim": 103, "mptcp": 262,
    ]
    static let networkFamilies: [String: UInt128] = ["ipv4": 2, "ipv6": 10, "ip": 2, "ip6": 10]
    static let etherTypes: [String: UInt128] = [
        "ip": 0x0800, "ip6": 0x86dd, "arp": 0x0806, "vlan": 0x8100, "8021q": 0x8100,
        "8021ad": 0x88a8,
    ]
    static let connectionStates: [String: UInt128] = [
        "invalid": 1, "established": 2, "related": 4, "new": 8, "untracked": 64,
    ]
    static let connectionStatuses: [String: UInt128] = [
        "expected": 1, "seen-reply": 2, "assured": 4, "confirmed": 8, "snat": 16, "dnat": 32,
        "dying": 512,
    ]
    static let directions: [String: UInt128] = ["original": 0, "reply": 1]
    static let tcpFlags: [String: UInt128] = [
        "fin": 1, "syn": 2, "rst": 4, "psh": 8, "ack": 16, "urg": 32, "ecn": 64, "ece": 64,
        "cwr": 128,
    ]
    static let packetTypes: [String: UInt128] = [
        "host": 0, "unicast": 0, "broadcast": 1, "multicast": 2, "other": 3, "otherhost": 3,
    ]
    static let addressTypes: [String: UInt128] = [
        "unspec": 0, "unicast": 1, "local": 2, "broadcast": 3, "anycast": 4, "multicast": 5,
        "blackhole": 6, "unreachable": 7, "prohibit": 8, "throw": 9, "nat": 10, "xresolve": 11,
    ]
    static let icmpTypes: [String: UInt128] = [
        "echo-reply": 0, "destination-unreachable": 3, "source-quench": 4, "redirect": 5,
        "echo-request": 8, "router-advertisement": 9, "router-solicitation": 10,
        "time-exceeded": 11, "parameter-problem": 12, "timestamp-request": 13,
        "timestamp-reply": 14, "info-request": 15, "info-reply": 16,
        "address-mask-request": 17, "address-mask-reply": 18,
    ]
    static let icmpv6Types: [String: UInt128] = [
        "destination-unreachable": 1, "packet-too-big": 2, "time-exceeded": 3,
        "parameter-problem": 4, "echo-request": 128, "echo-reply": 129, "mld-listener-query": 130,
        "mld-listener-report": 131, "mld-listener-done": 132, "mld-listener-reduction": 132,
        "nd-router-solicit": 133, "nd-router-advert": 134, "nd-neighbor-solicit": 135,
        "nd-neighbor-advert": 136, "nd-redirect": 137, "router-renumbering": 138,
        "ind-neighbor-solicit": 141, "ind-neighbor-advert": 142, "mld2-listener-report": 143,
    ]
    /// The codes that `reject with icmp` takes.
    static let icmpCodes: [String: UInt8] = [
        "net-unreachable": 0, "host-unreachable": 1, "prot-unreachable": 2,
        "proto-unreachable": 2, "port-unreachable": 3, "net-prohibited": 9, "host-prohibited": 10,
        "admin-prohibited": 13, "frag-needed": 4,
    ]
    static let icmpv6Codes: [String: UInt8] = [
        "no-route": 0, "admin-prohibited": 1, "addr-unreachable": 3, "port-unreachable": 4,
        "policy-fail": 5, "reject-route": 6,
    ]
    static let icmpxCodes: [String: UInt8] = [
        "no-route": 0, "port-unreachable": 1, "host-unreachable": 2, "admin-prohibited": 3,
    ]
    /// The names of priorities, of the families that have them alike.
    static let priorities: [String: Int] = [
        "raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100,
    ]
}

extension Selector {
    /// The names that the selector's values may have.
    var symbols: [String: UInt128] {
        switch self {
        case .networkFamily: RuleSymbols.networkFamilies
        case .etherType: RuleSymbols.etherTypes
        case .transportProtocol, .headerProtocol: RuleSymbols.protocols
        case .tcpFlags: RuleSymbols.tcpFlags
        case .icmpType(.ipv4): RuleSymbols.icmpTypes
        case .icmpType(.ipv6): RuleSymbols.icmpv6Types
        case .connectionState: RuleSymbols.connectionStates
        case .connectionStatus: RuleSymbols.connectionStatuses
        case .connectionDirection: RuleSymbols.directions
        case .packetType: RuleSymbols.packetTypes
        case .addressType: RuleSymbols.addressTypes
        case .address, .port, .icmpCode, .interface, .mark, .connectionAddress,
            .connectionPort, .reversePath, .headerVersion, .fragmentOffset, .field,
            .headerExtension, .setField, .opaque:
            [:]
        }
    }

    /// Whether the selector's values are bits, so that a list of them means their sum.
    var hasFlags: Bool {
        switch self {
        case .connectionState, .connectionStatus, .tcpFlags: true
        default: false
        }
    }

    /// Whether the selector's values are addresses.
    var isAddress: Bool {
        switch self {
        case .address, .connectionAddress: true
        default: false
        }
    }

    /// Whether the selector asks for a route, which is there or not.
    var isRoute: Bool {
        if case .reversePath = self { return true }
        return false
    }

    /// Whether the selector's values are names of interfaces.
    var isInterface: Bool {
        if case .interface = self { return true }
        return false
    }

    /// The family of an address selector.
    var addressFamily: IPFamily? {
        switch self {
        case .address(_, let family), .connectionAddress(_, _, let family): family
        default: nil
        }
    }
}
