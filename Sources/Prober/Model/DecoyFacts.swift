/// What a few random high ports of a host did, at which hardly anything can listen.
///
/// A host that accepts there too accepts everywhere: a SYN proxy, a tarpit, a captive portal.
public struct DecoyFacts: Hashable, Sendable {
    /// The host.
    public var address: IPAddress
    /// The ports that were asked.
    public var ports: PortSet
    /// How many of them were open.
    public var open: Int

    /// Facts of the given parts.
    public init(address: IPAddress, ports: PortSet, open: Int) {
        self.address = address
        self.ports = ports
        self.open = open
    }

    /// Whether so many were open that an open port of the host proves nothing.
    public var isAllOpen: Bool { open >= Self.suspiciousCount }

    /// How many are asked.
    public static let count = 4
    /// How many of them are no accident.
    private static let suspiciousCount = 3
}
