import Prober

/// Reads what of a packet an expression of `nft -j` looks at.
enum NFTKeyReader {
    /// The key that `expression` is; what is not understood is a key that says so.
    static func key(_ expression: JSONValue) -> Key {
        guard case .object(let members) = expression, members.count == 1,
            let (kind, value) = members.first
        else { return opaque(expression) }
        if kind == "concat", case .array(let parts) = value, !parts.isEmpty {
            return Key(
                parts.map { part in
                    let key = key(part)
                    return key.selectors.count == 1 && key.bits.isEmpty
                        ? key.selectors[0] : .opaque(NFTText.expression(part))
                })
        }
        if let operation = operation(kind, value) { return operation }
        return selector(kind, value).map { Key($0) } ?? opaque(expression)
    }

    private static func opaque(_ expression: JSONValue) -> Key {
        Key(.opaque(NFTText.expression(expression)))
    }

    /// An operation on the bits of another expression, whose other side is a constant.
    private static func operation(_ kind: String, _ value: JSONValue) -> Key? {
        guard ["&", "|", "^", "<<", ">>"].contains(kind), case .array(let sides) = value,
            sides.count == 2
        else { return nil }
        var key = key(sides[0])
        guard key.selectors.count == 1,
            let number = NFTValueReader.number(sides[1], of: key.selectors[0])
        else { return nil }
        switch kind {
        case "&": key.bits.append(.and(number))
        case "|": key.bits.append(.or(number))
        case "^": key.bits.append(.xor(number))
        default:
            guard let count = Int(exactly: number), count < 128 else { return nil }
            key.bits.append(kind == "<<" ? .shiftLeft(count) : .shiftRight(count))
        }
        return key
    }

    private static func selector(_ kind: String, _ value: JSONValue) -> Selector? {
        guard case .object(let members) = value else { return nil }
        switch kind {
        case "payload":
            if let base = members["base"]?.string, members.count == 3 {
                return bytes(
                    base, members["offset"]?.integer ?? -1, members["len"]?.integer ?? -1)
            }
            guard members.count == 2, let name = members["protocol"]?.string,
                let field = members["field"]?.string
            else { return nil }
            return payload(name, field)
        case "meta":
            guard members.count == 1, let name = members["key"]?.string else { return nil }
            return meta(name)
        case "ct":
            guard let name = members["key"]?.string, members.count <= 2 else { return nil }
            return connection(name, direction: members["dir"]?.string, isPlain: members.count == 1)
        case "fib":
            guard members.count == 2, let result = members["result"]?.string else { return nil }
            return fib(result, Set(members["flags"]?.strings ?? []))
        case "exthdr": return extensionHeader(.ipv6, members)
        case "ip option": return extensionHeader(.ipv4, members)
        case "tcp option": return .field(.transport(6), "tcp option")
        default: return nil
        }
    }

    /// Bytes that nft has no name for where they stand in a rule.
    private static func bytes(_ base: String, _ offset: Int, _ length: Int) -> Selector? {
        switch (base, offset, length) {
        case ("th", 0, 16): .port(.source, of: nil)
        case ("th", 16, 16): .port(.destination, of: nil)
        default: nil
        }
    }

    /// Whether a header is there; of its fields nothing can be asked where it is not.
    private static func extensionHeader(
        _ family: IPFamily, _ members: JSONMembers
    ) -> Selector? {
        members.count == 1 && members["name"] != nil
            ? .headerExtension(family) : .field(.transport(0xff), "extension header")
    }

    private static func payload(_ name: String, _ field: String) -> Selector? {
        switch (name, field) {
        case ("ip", "saddr"): .address(.source, .ipv4)
        case ("ip", "daddr"): .address(.destination, .ipv4)
        case ("ip6", "saddr"): .address(.source, .ipv6)
        case ("ip6", "daddr"): .address(.destination, .ipv6)
        case ("ip", "protocol"): .headerProtocol(.ipv4)
        case ("ip6", "nexthdr"): .headerProtocol(.ipv6)
        case ("ip", "version"): .headerVersion(.ipv4)
        case ("ip6", "version"): .headerVersion(.ipv6)
        case ("ip", "frag-off"): .fragmentOffset
        case ("tcp", "sport"): .port(.source, of: 6)
        case ("tcp", "dport"): .port(.destination, of: 6)
        case ("udp", "sport"): .port(.source, of: 17)
        case ("udp", "dport"): .port(.destination, of: 17)
        case ("th", "sport"): .port(.source, of: nil)
        case ("th", "dport"): .port(.destination, of: nil)
        case ("tcp", "flags"): .tcpFlags
        case ("icmp", "type"): .icmpType(.ipv4)
        case ("icmp", "code"): .icmpCode(.ipv4)
        case ("icmpv6", "type"): .icmpType(.ipv6)
        case ("icmpv6", "code"): .icmpCode(.ipv6)
        case ("ip", _): .field(.network(.ipv4), "ip \(field)")
        case ("ip6", _): .field(.network(.ipv6), "ip6 \(field)")
        case ("tcp", _): .field(.transport(6), "tcp \(field)")
        case ("udp", _): .field(.transport(17), "udp \(field)")
        case ("icmp", _): .field(.transport(1), "icmp \(field)")
        case ("icmpv6", _): .field(.transport(58), "icmpv6 \(field)")
        case ("sctp", _): .field(.transport(132), "sctp \(field)")
        case ("dccp", _): .field(.transport(33), "dccp \(field)")
        case ("udplite", _): .field(.transport(136), "udplite \(field)")
        case ("esp", _): .field(.transport(50), "esp \(field)")
        case ("ah", _): .field(.transport(51), "ah \(field)")
        case ("comp", _): .field(.transport(108), "comp \(field)")
        case ("igmp", _): .field(.transport(2), "igmp \(field)")
        case ("gre", _): .field(.transport(47), "gre \(field)")
        case ("ether", _), ("vlan", _), ("arp", _): .field(.all, "\(name) \(field)")
        default: nil
        }
    }

    private static func meta(_ name: String) -> Selector? {
        switch name {
        case "nfproto": .networkFamily
        case "protocol": .etherType
        case "l4proto": .transportProtocol
        case "iifname", "iif": .interface(.source)
        case "oifname", "oif": .interface(.destination)
        case "mark": .mark(.packet)
        case "pkttype": .packetType
        case "length", "priority", "skuid", "skgid", "cgroup", "cpu", "random", "hour", "day",
            "time", "iifgroup", "oifgroup", "iiftype", "oiftype", "iifkind", "oifkind",
            "rtclassid", "ibrname", "obrname", "secmark", "ibrpvid", "ibrvproto", "sdif",
            "sdifname":
            .field(.all, name)
        default: nil
        }
    }

    private static func connection(
        _ name: String, direction: String?, isPlain: Bool
    ) -> Selector? {
        if isPlain {
            return switch name {
            case "state": .connectionState
            case "status": .connectionStatus
            case "direction": .connectionDirection
            case "mark": .mark(.connection)
            case "expiration", "helper", "label", "zone", "id", "bytes", "packets", "avgpkt":
                .field(.all, "connection's \(name)")
            default: nil
            }
        }
        let way: Direction
        switch direction {
        case "original": way = .original
        case "reply": way = .reply
        default: return nil
        }
        return switch name {
        case "ip saddr": .connectionAddress(way, .source, .ipv4)
        case "ip daddr": .connectionAddress(way, .destination, .ipv4)
        case "ip6 saddr": .connectionAddress(way, .source, .ipv6)
        case "ip6 daddr": .connectionAddress(way, .destination, .ipv6)
        case "proto-src": .connectionPort(way, .source)
        case "proto-dst": .connectionPort(way, .destination)
        default: nil
        }
    }

    private static func fib(_ result: String, _ flags: Set<String>) -> Selector? {
        switch (result, flags) {
        case ("type", ["daddr"]): .addressType(.destination, throughInterface: false)
        case ("type", ["daddr", "iif"]): .addressType(.destination, throughInterface: true)
        case ("type", ["saddr"]): .addressType(.source, throughInterface: false)
        case ("type", ["saddr", "iif"]): .addressType(.source, throughInterface: true)
        case ("oif", ["saddr", "iif"]): .reversePath(usesMark: false)
        case ("oif", ["saddr", "mark", "iif"]): .reversePath(usesMark: true)
        default: nil
        }
    }
}

extension JSONValue {
    /// The text it is, if any.
    var string: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    /// The texts of a list, or the one text: both are written for flags.
    var strings: [String] {
        switch self {
        case .text(let text): [text]
        case .array(let values): values.compactMap(\.string)
        case .null, .boolean, .unsigned, .number, .object: []
        }
    }

    /// The whole number it is, if any.
    var integer: Int? {
        switch self {
        case .unsigned(let number): Int(exactly: number)
        case .number(let number): Int(exactly: number)
        case .null, .boolean, .text, .array, .object: nil
        }
    }

    /// The one member of an object that has only one.
    var single: (key: String, value: JSONValue)? {
        guard case .object(let members) = self, members.count == 1, let first = members.first
        else { return nil }
        return (first.key, first.value)
    }

    subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }
}
