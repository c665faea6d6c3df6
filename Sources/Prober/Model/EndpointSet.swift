/// A set of endpoints, kept as ranges of addresses that have the same ranges of ports.
///
/// What it costs is what its ranges cost, however many endpoints they hold. Made once, from groups,
/// with ``Gathering``, and asked often: asking makes nothing on the heap.
public struct EndpointSet: Hashable, Sendable {
    private var tcp = Table()
    private var udp = Table()

    /// The set without an endpoint.
    public init() {}

    /// The endpoints of `groups`, which may overlap and come in any order.
    public init(_ groups: some Sequence<ObservationGroup>) {
        var gathering = Gathering()
        for group in groups { gathering.add(group.ports, group.address, group.transport) }
        self = gathering.set()
    }

    /// How many endpoints of `transport` the set holds.
    public func count(over transport: Transport) -> UInt128 { self[transport].count }

    /// How many endpoints the set holds.
    public var count: UInt128 { tcp.count + udp.count }

    /// Whether the set holds no endpoint.
    public var isEmpty: Bool { count == 0 }

    /// Whether `endpoint` is in the set.
    public func contains(_ endpoint: Endpoint) -> Bool {
        switch endpoint.transport {
        case .tcp: tcp.contains(endpoint.address, endpoint.port)
        case .udp: udp.contains(endpoint.address, endpoint.port)
        }
    }

    /// The ports of `address` over `transport` that the set holds.
    public func ports(of address: IPAddress, over transport: Transport) -> PortSet {
        self[transport].ports(of: address)
    }

    private subscript(transport: Transport) -> Table {
        get { transport == .tcp ? tcp : udp }
        set { if transport == .tcp { tcp = newValue } else { udp = newValue } }
    }
}

extension EndpointSet {
    /// Endpoints on their way into a set.
    public struct Gathering {
        private var ranges: [Transport: [IPAddress: [ClosedRange<UInt16>]]] = [:]

        /// Nothing so far.
        public init() {}

        /// Adds `ports` of `address`; what is there already may be added again.
        public mutating func add(
            _ ports: PortSet, _ address: IPAddress, _ transport: Transport
        ) {
            ranges[transport, default: [:]][address, default: []] += ports.ranges
        }

        /// Adds one endpoint.
        public mutating func add(_ endpoint: Endpoint) {
            ranges[endpoint.transport, default: [:]][endpoint.address, default: []]
                .append(endpoint.port...endpoint.port)
        }

        /// The set of what was added.
        public func set() -> EndpointSet {
            var set = EndpointSet()
            for (transport, addresses) in ranges {
                for (address, ranges) in addresses.sorted(by: { $0.key < $1.key }) {
                    set[transport].append(address, PortSet(ranges))
                }
            }
            return set
        }
    }
}

/// Ranges of addresses, ascending, and the ranges of ports of each, in a few flat arrays.
private struct Table: Hashable, Sendable {
    private var firsts: [IPAddress] = []
    private var lasts: [IPAddress] = []
    /// Where the ports of each address range begin in `ports`, and where those of the last end.
    private var starts = [0]
    private var ports: [ClosedRange<UInt16>] = []
    private(set) var count: UInt128 = 0

    /// Adds an address above all that there are, with its ports, at least one.
    mutating func append(_ address: IPAddress, _ set: PortSet) {
        guard !set.isEmpty else { return }
        count += UInt128(set.count)
        if let last = lasts.last, last.family == address.family,
            last.number + 1 == address.number,
            ports[starts[lasts.count - 1]...].elementsEqual(set.ranges)
        {
            lasts[lasts.count - 1] = address
            return
        }
        firsts.append(address)
        lasts.append(address)
        ports += set.ranges
        starts.append(ports.count)
    }

    func contains(_ address: IPAddress, _ port: UInt16) -> Bool {
        guard let place = place(of: address) else { return false }
        var low = starts[place]
        var high = starts[place + 1]
        while low < high {
            let middle = low + (high - low) / 2
            if ports[middle].upperBound >= port { high = middle } else { low = middle + 1 }
        }
        return low < starts[place + 1] && ports[low].lowerBound <= port
    }

    func ports(of address: IPAddress) -> PortSet {
        guard let place = place(of: address) else { return PortSet() }
        return PortSet(ports[starts[place]..<starts[place + 1]])
    }

    private func place(of address: IPAddress) -> Int? {
        let place = lasts.partitioningIndex { $0 >= address }
        return place < lasts.count && firsts[place] <= address ? place : nil
    }
}
