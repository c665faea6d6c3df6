/// The type and code of an ICMP or ICMPv6 error message (RFC 792, RFC 4443).
public struct ICMPError: Hashable, Sendable {
    /// Which of the two protocols; the numbers mean different things in each.
    public var family: IPAddress.Family
    /// The message type.
    public var type: UInt8
    /// The code within the type.
    public var code: UInt8

    /// An error of `family` with its numbers.
    public init(_ family: IPAddress.Family, type: UInt8, code: UInt8) {
        self.family = family
        self.type = type
        self.code = code
    }

    /// Whether the error says that no socket has the port: 3/3, or 1/4 in IPv6.
    public var isPortUnreachable: Bool {
        switch family {
        case .ipv4: type == 3 && code == 3
        case .ipv6: type == 1 && code == 4
        }
    }

    /// Whether the error says that the last router found no neighbour at the address: 3/1, 1/3.
    public var isHostUnreachable: Bool {
        switch family {
        case .ipv4: type == 3 && code == 1
        case .ipv6: type == 1 && code == 3
        }
    }

    /// Whether the error means that the packet will not get through.
    ///
    /// Redirects, source quench and notices of the path's packet size (3/4, and type 2 of ICMPv6)
    /// do not: the packet, or a smaller one, may still arrive.
    public var endsAttempt: Bool {
        switch family {
        case .ipv4: type == 3 && code != 4 || type == 11 || type == 12
        case .ipv6: type == 1 || type == 3 || type == 4
        }
    }

    /// The name the standards give, or `type N code M`.
    public var name: String {
        let names = family == .ipv4 ? Self.ipv4Names : Self.ipv6Names
        return names[[type, code]] ?? "type \(type) code \(code)"
    }

    /// RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1.
    private static let ipv4Names: [[UInt8]: String] = [
        [3, 0]: "net unreachable", [3, 1]: "host unreachable", [3, 2]: "protocol unreachable",
        [3, 3]: "port unreachable", [3, 5]: "source route failed", [3, 6]: "net unknown",
        [3, 7]: "host unknown", [3, 8]: "source host isolated", [3, 9]: "net prohibited",
        [3, 10]: "host prohibited", [3, 11]: "net unreachable for this service",
        [3, 12]: "host unreachable for this service", [3, 13]: "administratively prohibited",
        [3, 14]: "host precedence violation", [3, 15]: "precedence cutoff",
        [11, 0]: "hop limit exceeded", [11, 1]: "reassembly time exceeded",
        [12, 0]: "parameter problem",
    ]

    /// RFC 4443, section 3.
    private static let ipv6Names: [[UInt8]: String] = [
        [1, 0]: "no route", [1, 1]: "administratively prohibited", [1, 2]: "beyond scope",
        [1, 3]: "address unreachable", [1, 4]: "port unreachable",
        [1, 5]: "source address refused",
        [1, 6]: "reject route", [3, 0]: "hop limit exceeded", [3, 1]: "reassembly time exceeded",
        [4, 0]: "erroneous header field", [4, 1]: "unknown next header",
        [4, 2]: "unknown option",
    ]
}

extension ICMPError: CustomStringConvertible {
    /// `ICMP 3/13 administratively prohibited`, `ICMPv6 1/4 port unreachable`.
    public var description: String {
        "\(family == .ipv4 ? "ICMP" : "ICMPv6") \(type)/\(code) \(name)"
    }
}
