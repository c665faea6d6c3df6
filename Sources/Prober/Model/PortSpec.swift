/// Which ports of which transports a scan asks about.
public struct PortSpec: Hashable, Sendable {
    /// The TCP ports.
    public var tcp: PortSet
    /// The UDP ports.
    public var udp: PortSet

    /// The given ports; none by default.
    public init(tcp: PortSet = PortSet(), udp: PortSet = PortSet()) {
        self.tcp = tcp
        self.udp = udp
    }

    /// How many ports there are at each address, TCP and UDP together.
    public var count: Int { tcp.count + udp.count }

    /// The port at `position`: TCP ascending, then UDP ascending.
    ///
    /// `position` must be below `count`.
    public subscript(position: Int) -> (transport: Transport, port: UInt16) {
        position < tcp.count
            ? (.tcp, tcp[position])
            : (.udp, udp[position - tcp.count])
    }

    /// The ports of `transport`.
    public subscript(transport: Transport) -> PortSet {
        get { transport == .tcp ? tcp : udp }
        set { if transport == .tcp { tcp = newValue } else { udp = newValue } }
    }
}

extension PortSpec {
    /// The ports of this specification that `other` does not have.
    public func subtracting(_ other: PortSpec) -> PortSpec {
        PortSpec(tcp: tcp.subtracting(other.tcp), udp: udp.subtracting(other.udp))
    }
}

extension PortSpec: CustomStringConvertible {
    /// `tcp:22,80` or `tcp:22,udp:53`: text that parses to the same ports.
    public var description: String {
        Transport.allCases.filter { !self[$0].isEmpty }
            .map { "\($0.rawValue):\(self[$0])" }.joined(separator: ",")
    }
}
