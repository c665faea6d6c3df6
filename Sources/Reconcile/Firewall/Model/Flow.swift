public import Prober

/// A new connection or datagram of which every destination port is asked at once.
public struct Flow: Hashable, Sendable {
    /// Where it comes from, as the host sees it; nil when that is not known.
    public var source: IPAddress?
    /// Where it goes.
    public var destination: IPAddress
    /// TCP or UDP.
    public var transport: Transport
    /// The interface it comes in through; nil when that is not known.
    public var interface: String?
    /// Whether answers are known to leave through that interface.
    public var isAnsweredThere = false
    /// The ports the source may have.
    public var sourcePorts: ClosedRange<UInt16>

    /// A flow of the given parts.
    public init(
        from source: IPAddress?, to destination: IPAddress, over transport: Transport,
        interface: String? = nil, sourcePorts: ClosedRange<UInt16> = 1024...UInt16.max
    ) {
        self.source = source
        self.destination = destination
        self.transport = transport
        self.interface = interface
        self.sourcePorts = sourcePorts
    }
}

/// What is known of the host that the rules are of.
public struct FirewallHost: Hashable, Sendable {
    /// The host's own addresses.
    public var addresses: [HostAddress]
    /// Whether there are no others.
    public var hasAllAddresses: Bool

    /// A host of the given parts; by default nothing is known of it.
    public init(addresses: [HostAddress] = [], hasAllAddresses: Bool = false) {
        self.addresses = addresses
        self.hasAllAddresses = hasAllAddresses
    }

    /// Whether the host answers to `address`; nil when that is not known.
    func holds(_ address: IPAddress) -> Bool? {
        if address.isLoopback || addresses.contains(where: { $0.address == address }) {
            return true
        }
        return hasAllAddresses ? false : nil
    }

    /// The interfaces that have `address` in their network.
    func links(to address: IPAddress) -> Set<String> {
        var best: (length: Int, names: Set<String>) = (0, [])
        for entry in addresses where entry.prefixLength > 0 && !entry.interface.isEmpty {
            guard
                let block = AddressRange(
                    block: entry.address, prefixLength: entry.prefixLength),
                block.contains(address)
            else { continue }
            if entry.prefixLength > best.length { best = (entry.prefixLength, []) }
            if entry.prefixLength == best.length { best.names.insert(entry.interface) }
        }
        return best.names
    }
}

/// What to take for granted about state that changes while packets come.
public enum FirewallAssumption: String, Hashable, Sendable, CaseIterable {
    /// Nothing: a rate limit may or may not be reached.
    case strict
    /// Below every limit and quota, and in no set that rules fill.
    case nominal
}
