public import Prober

/// An endpoint as a person names it; what is left out may be anything.
public struct EndpointPattern: Hashable, Sendable {
    /// The address; nil for that of the only host.
    public var address: IPAddress?
    /// The transport; nil for both.
    public var transport: Transport?
    /// The port.
    public var port: UInt16

    /// What can be written, for messages.
    public static let syntax =
        "203.0.113.10:8080, tcp:203.0.113.10:8080, 203.0.113.10:53/udp, tcp:[2001:db8::1]:443, or a "
        + "port alone"

    /// The pattern that `text` is.
    ///
    /// - Throws: ``InputError`` about `source`, with what can be written.
    public init(parsing text: String, source: String = "endpoint") throws(InputError) {
        var rest = text[...]
        var transport: Transport?
        for one in Transport.allCases where rest.lowercased().hasPrefix("\(one.rawValue):") {
            transport = one
            rest = rest.dropFirst(one.rawValue.count + 1)
            break
        }
        for one in Transport.allCases where rest.lowercased().hasSuffix("/\(one.rawValue)") {
            guard transport == nil else {
                throw Self.error(text, source, "names its transport twice")
            }
            transport = one
            rest = rest.dropLast(one.rawValue.count + 1)
            break
        }
        self.transport = transport
        let digits: Substring
        if !rest.hasSuffix("]"), let colon = rest.lastIndex(of: ":") {
            var host = rest[..<colon]
            digits = rest[rest.index(after: colon)...]
            if host.hasPrefix("["), host.hasSuffix("]") {
                host = host.dropFirst().dropLast()
            } else if host.contains(":") {
                throw Self.error(text, source, "has an IPv6 address without brackets")
            }
            guard let address = IPAddress(String(host)) else {
                throw Self.error(text, source, "has no address before its port")
            }
            self.address = address
        } else {
            digits = rest
        }
        guard let port = UInt16(decimal: digits) else {
            throw Self.error(text, source, "has no port from 0 to 65535")
        }
        self.port = port
    }

    private static func error(_ text: String, _ source: String, _ what: String) -> InputError {
        InputError(
            source, problem: "\"\(text.shortened)\" \(what)", remedy: "Write \(syntax).")
    }

    /// Whether `finding` is about it.
    func matches(_ finding: RecordedFinding) -> Bool {
        finding.ports.contains(port) && (transport ?? finding.transport) == finding.transport
            && address.map { finding.addresses.contains($0) } ?? true
    }
}

extension EndpointPattern: CustomStringConvertible {
    /// `203.0.113.10:22/tcp`, `port 22`.
    public var description: String {
        let suffix = transport.map { "/\($0.rawValue)" } ?? ""
        return switch address {
        case .v4(_)?: "\(address.map(\.description) ?? ""):\(port)\(suffix)"
        case .v6(_, _)?: "[\(address.map(\.description) ?? "")]:\(port)\(suffix)"
        case nil: "port \(port)\(suffix)"
        }
    }
}
