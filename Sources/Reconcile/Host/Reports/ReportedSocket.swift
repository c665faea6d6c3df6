import Prober

/// A socket as one row of a report shows it, before anything is concluded from other rows.
struct ReportedSocket: Hashable {
    /// TCP or UDP; nil when the row does not tell.
    var transport: Transport?
    var address: ReportedAddress
    var port: ReportedPort
    var family: ReportedFamily
    var details = SocketDetails()
    /// The ports that a name or first digits stand for, where a report of our own says it.
    var ports: PortSet?
}

/// An address as a report has it.
enum ReportedAddress: Hashable {
    /// The wildcard of the family that ``ReportedFamily`` names.
    case wildcard
    case exact(IPAddress)
    /// The beginning of its text: a column was too narrow.
    case cut(String)
    case name(String)
    case notShown

    /// The address in `host`, in a row about sockets of `family` where that is known.
    ///
    /// A dotted address in a row about IPv6 is a mapped one.
    init(_ host: String, in family: IPAddress.Family?) {
        if host == "*" || host == "0.0.0.0" || host == "::" || host.isEmpty {
            self = .wildcard
        } else if let address = IPAddress(host) {
            if case .v4(let bits) = address, family == .ipv6 {
                self = .exact(.v6(high: 0, low: 0xffff << 32 | UInt64(bits)))
            } else {
                self = .exact(address)
            }
        } else if Self.loopbackNames.contains(host.lowercased()) {
            self = .exact(family == .ipv6 ? .v6(high: 0, low: 1) : .v4(0x7f00_0001))
        } else if host.utf8.contains(UInt8(ascii: ":")) {
            self = .cut(host)
        } else {
            self = .name(host)
        }
    }

    private static let loopbackNames: Set<String> = [
        "localhost", "localhost.localdomain", "localhost6", "localhost6.localdomain6",
        "ip6-localhost",
    ]
}

/// A port as a report has it.
enum ReportedPort: Hashable {
    case number(UInt16)
    case name(String)
    /// The first digits: a column was too narrow.
    case cut(String)

    /// The port in `text`; nil for none, as an unbound socket has it.
    init?(_ text: String) {
        if text.isEmpty || text == "*" || text == "0" { return nil }
        if text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) {
            guard let number = UInt16(text), number > 0 else { return nil }
            self = .number(number)
        } else {
            self = .name(text)
        }
    }
}

/// What a row proves of the destination families that reach its socket.
enum ReportedFamily: Hashable {
    case ipv4
    /// IPv6 alone.
    case ipv6
    case dual
    /// IPv6, and perhaps IPv4.
    case ipv6OrDual
    /// A wildcard that the other rows of the listing may explain.
    case undecided
    case unknown

    /// The family of a socket that is bound to `address`, where a wildcard has this family.
    func settled(for address: ReportedAddress) -> ReportedFamily {
        switch address {
        case .exact(.v4): .ipv4
        case .exact(let address): address.mappedIPv4 == nil ? .ipv6 : .ipv4
        case .cut: .ipv6
        case .wildcard, .name, .notShown: self
        }
    }
}
