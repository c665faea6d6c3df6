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

    /// All endpoints of both sets.
    public func union(_ other: EndpointSet) -> EndpointSet {
        var union = EndpointSet()
        union.tcp = tcp.union(other.tcp)
        union.udp = udp.union(other.udp)
        return union
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
        append(Part(addresses: AddressRange(address), ports: set))
    }

    private mutating func append(_ part: Part) {
        guard !part.ports.isEmpty else { return }
        count += (part.addresses.span + 1) * UInt128(part.ports.count)
        if let last = lasts.last, last.family == part.addresses.family,
            last.number + 1 == part.addresses.first.number,
            ports[starts[lasts.count - 1]...].elementsEqual(part.ports.ranges)
        {
            lasts[lasts.count - 1] = part.addresses.last
            return
        }
        firsts.append(part.addresses.first)
        lasts.append(part.addresses.last)
        ports += part.ports.ranges
        starts.append(ports.count)
    }

    /// Addresses that have the same ports.
    private struct Part {
        var addresses: AddressRange
        var ports: PortSet
    }

    private func part(_ place: Int) -> Part? {
        guard place < firsts.count,
            let addresses = AddressRange(firsts[place], through: lasts[place])
        else { return nil }
        return Part(
            addresses: addresses, ports: PortSet(ports[starts[place]..<starts[place + 1]]))
    }

    func union(_ other: Table) -> Table {
        var union = Table()
        var (place, otherPlace) = (0, 0)
        var (left, right) = (part(0), other.part(0))
        while let one = left, let two = right {
            let start = min(one.addresses.first, two.addresses.first)
            var piece = Part(addresses: AddressRange(start), ports: PortSet())
            if one.addresses.first == start { piece.ports = piece.ports.union(one.ports) }
            if two.addresses.first == start { piece.ports = piece.ports.union(two.ports) }
            let end = Self.end(of: start, one.addresses, two.addresses)
            piece.addresses = AddressRange(start, through: end) ?? piece.addresses
            union.append(piece)
            if one.addresses.first == start {
                left = one.addresses.rest(after: end).map { Part(addresses: $0, ports: one.ports) }
                if left == nil {
                    place += 1
                    left = part(place)
                }
            }
            if two.addresses.first == start {
                right = two.addresses.rest(after: end).map { Part(addresses: $0, ports: two.ports) }
                if right == nil {
                    otherPlace += 1
                    right = other.part(otherPlace)
                }
            }
        }
        while let one = left {
            union.append(one)
            place += 1
            left = part(place)
        }
        while let two = right {
            union.append(two)
            otherPlace += 1
            right = other.part(otherPlace)
        }
        return union
    }

    /// The last address from `start` on up to which the same of two ranges hold all of them.
    private static func end(
        of start: IPAddress, _ one: AddressRange, _ two: AddressRange
    ) -> IPAddress {
        if one.first == two.first { return min(one.last, two.last) }
        let (early, late) = one.first < two.first ? (one, two) : (two, one)
        guard late.first <= early.last else { return early.last }
        return IPAddress(early.family, number: late.first.number - 1)
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

extension AddressRange {
    /// The addresses above `address`; nil when there are none.
    fileprivate func rest(after address: IPAddress) -> AddressRange? {
        guard address < last else { return nil }
        return AddressRange(IPAddress(family, number: address.number + 1), through: last)
    }
}
