/// What a probe asks about: a port of a transport at an address.
public struct Endpoint: Hashable, Comparable, Sendable {
    /// Where the probe goes.
    public var address: IPAddress
    /// The transport probed.
    public var transport: Transport
    /// The port probed.
    public var port: UInt16

    /// An endpoint of the given parts.
    public init(_ address: IPAddress, _ transport: Transport, _ port: UInt16) {
        self.address = address
        self.transport = transport
        self.port = port
    }

    /// By address, then transport, then port.
    public static func < (left: Endpoint, right: Endpoint) -> Bool {
        (left.address, left.transport, left.port) < (right.address, right.transport, right.port)
    }
}

extension Endpoint: CustomStringConvertible {
    /// `203.0.113.10:22/tcp`, `[2001:db8::1]:22/tcp`.
    public var description: String {
        switch address {
        case .v4: "\(address):\(port)/\(transport.rawValue)"
        case .v6: "[\(address)]:\(port)/\(transport.rawValue)"
        }
    }
}
