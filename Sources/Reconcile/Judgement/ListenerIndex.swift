import Prober

/// The listeners of one host report, found by port in constant time.
struct ListenerIndex {
    private let byPort: [Transport: [UInt16: [Listener]]]
    private let ports: [Transport: PortSet]
    private let addresses: Set<IPAddress>
    private let interfaces: [IPAddress: Set<String>]
    private let loopbackInterfaces: Set<String>
    /// What holds for every port of a transport and family, so that absence proves nothing; empty
    /// when it does prove.
    private let doubts: [SocketTable: [ListenerView.Doubt]]
    /// Sockets of which the report lost a part.
    private let partial: PartialIndex

    /// Whether packets come in through a link of the prober's own, and so through no other device.
    private let isThroughOwnLink: Bool

    /// The index of `report`; without one nothing is known of any port.
    init(_ report: HostReport?, isThroughOwnLink: Bool = false) {
        self.isThroughOwnLink = isThroughOwnLink
        var byPort: [Transport: [UInt16: [Listener]]] = [:]
        // What a scan saw is no word of the host's.
        for listener in report?.listeners ?? [] where !listener.remarks.contains(.seenFromOutside) {
            byPort[listener.transport, default: [:]][listener.port, default: []].append(listener)
        }
        self.byPort = byPort
        let partial = PartialIndex(report?.partialListeners ?? [])
        self.partial = partial
        var ports: [Transport: PortSet] = [:]
        for transport in Transport.allCases {
            ports[transport] = PortSet(ports: byPort[transport, default: [:]].keys)
                .union(partial.ports(over: transport))
        }
        self.ports = ports
        let held = report?.addresses ?? []
        addresses = Set(held.map { $0.address.destination })
        interfaces = Dictionary(grouping: held, by: \.address.destination)
            .mapValues { Set($0.map(\.interface)) }
        loopbackInterfaces = Set(held.filter(\.address.isLoopback).map(\.interface)).union(["lo"])
        var doubts: [SocketTable: [ListenerView.Doubt]] = [:]
        for table in SocketTable.all {
            doubts[table] =
                report.map { report in
                    report.coverage.filter {
                        $0.subject == .listeners && $0.concerns(table.transport, table.family)
                    }.map { .listenersMissing($0.reason) }
                } ?? [.noReport]
        }
        self.doubts = doubts
    }

    /// The ports of `transport` that any listener has, or may have.
    func ports(over transport: Transport) -> PortSet {
        ports[transport] ?? PortSet()
    }

    /// Whether `address` is one of the host's own.
    func isOwn(_ address: IPAddress) -> Bool {
        address.isLoopback || addresses.contains(address.destination)
    }

    /// Whether only this host reaches `listener`, by its address or by its device.
    func isLoopbackOnly(_ listener: Listener) -> Bool {
        listener.address.isLoopback || listener.device.map(loopbackInterfaces.contains) ?? false
    }

    /// The host's addresses on the interface `device`.
    func addresses(of device: String) -> [IPAddress] {
        interfaces.filter { $0.value.contains(device) }.map(\.key)
    }

    /// What the report says of a packet to `port` of `address`.
    func view(of transport: Transport, _ port: UInt16, at address: IPAddress) -> ListenerView {
        let listeners = byPort[transport]?[port] ?? []
        // Something translates the address, or it is another host's: who knows to which port.
        if !addresses.isEmpty, !isOwn(address) { return .unknown([.addressNotOfHost], listeners) }
        let destination = address.destination
        let coverages = listeners.map { coverage(of: $0, for: destination) }
        func those(_ wanted: Coverage) -> [Listener] {
            zip(listeners, coverages).filter { $0.1 == wanted }.map(\.0)
        }
        for reach in [ListenerView.Reach.loopback, .address, .wildcard] {
            let covering = those(.covers(reach))
            if !covering.isEmpty { return .listening(covering, reach) }
        }
        var reasons: [ListenerView.Doubt] = []
        for case .unknown(let doubt) in coverages where !reasons.contains(doubt) {
            reasons.append(doubt)
        }
        reasons += partial.doubts(over: transport, port, destination.family)
        reasons += doubts[SocketTable(transport: transport, family: destination.family)] ?? []
        guard reasons.isEmpty else { return .unknown(reasons, listeners) }
        let loopback = those(.loopback)
        if !loopback.isEmpty { return .loopbackOnly(loopback) }
        return listeners.isEmpty ? .none : .elsewhere(listeners)
    }

    /// How one listener relates to a destination.
    private enum Coverage: Equatable {
        case covers(ListenerView.Reach)
        case loopback
        case elsewhere
        case unknown(ListenerView.Doubt)
    }

    private func coverage(of listener: Listener, for destination: IPAddress) -> Coverage {
        guard listener.namespace == nil else { return .elsewhere }
        let bound = listener.address.destination
        if bound.isUnspecified {
            switch listener.wildcardReach(destination.family, boundTo: bound) {
            case .some(true): return throughDevice(of: listener, to: destination, .wildcard)
            case .some(false): return .elsewhere
            case nil: return .unknown(.dualStackUnknown)
            }
        }
        if bound == destination {
            return throughDevice(
                of: listener, to: destination, bound.isLoopback ? .loopback : .address)
        }
        if bound.isLoopback { return destination.isLoopback ? .elsewhere : .loopback }
        if destination.isLoopback || bound.family != destination.family { return .elsewhere }
        if addresses.isEmpty { return .unknown(.hostAddressesUnknown) }
        return .elsewhere
    }

    /// A device lets in what arrives through it, which for a packet from outside is taken to be
    /// the interface that holds the address.
    private func throughDevice(
        of listener: Listener, to destination: IPAddress, _ reach: ListenerView.Reach
    ) -> Coverage {
        guard let device = listener.device else { return .covers(reach) }
        let isLoopbackDevice = loopbackInterfaces.contains(device)
        if destination.isLoopback { return isLoopbackDevice ? .covers(.loopback) : .elsewhere }
        if isLoopbackDevice { return .loopback }
        let isHolder = !isThroughOwnLink && interfaces[destination]?.contains(device) ?? false
        return isHolder ? .covers(reach) : .unknown(.device(device))
    }
}

extension IPAddress {
    /// The address as the kernel routes it: a mapped IPv6 address is an IPv4 destination.
    var destination: IPAddress { mappedIPv4 ?? self }
}

extension Listener {
    /// Whether this wildcard takes packets of `family`; nil when that is not known.
    ///
    /// `bound` is the wildcard with a mapped address resolved: `::ffff:0.0.0.0` takes IPv4 only.
    fileprivate func wildcardReach(_ family: IPAddress.Family, boundTo bound: IPAddress) -> Bool? {
        if address != bound { return family == .ipv4 }
        return switch (self.family, family) {
        case (.ipv4, .ipv4), (.ipv6, .ipv6), (.dual, _), (.ipv6OrDual, .ipv6): true
        case (.ipv4, .ipv6), (.ipv6, .ipv4): false
        case (.ipv6OrDual, .ipv4): nil
        }
    }
}
