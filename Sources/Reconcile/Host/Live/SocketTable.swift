import Prober

/// One of the kernel's four tables of internet sockets: a transport of a family.
struct SocketTable: Hashable, Sendable {
    var transport: Transport
    var family: IPAddress.Family

    static let all: [SocketTable] = Transport.allCases.flatMap { transport in
        IPAddress.Family.allCases.map { SocketTable(transport: transport, family: $0) }
    }

    /// The name of its file in `/proc/net`: `tcp`, `tcp6`, `udp`, `udp6`.
    var fileName: String { transport.rawValue + (family == .ipv6 ? "6" : "") }
}

extension SocketTable: CustomStringConvertible {
    /// `TCP over IPv6`.
    var description: String {
        "\(transport.rawValue.uppercased()) over \(family == .ipv4 ? "IPv4" : "IPv6")"
    }
}
