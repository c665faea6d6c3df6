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

    /// The other namespaces, by the addresses that one of them has alone.
    private let namespaces: [IPAddress: HostNamespace]
    /// The names of those that nothing joins to the host: what they have is no sign of anything.
    private let unjoined: Set<String>
    /// What of a namespace was not seen, by its name.
    private let namespaceGaps: [String: [ListenerView.Doubt]]
    /// Ports that are taken though no list of sockets has them.
    private let hidden: [SocketTable: PortSet]
    /// The ports that the kernel gives to clients.
    let clientPorts: ClosedRange<UInt16>

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
        var hidden: [SocketTable: PortSet] = [:]
        for port in report?.verification?.unlisted ?? [] where port.kind == .hidden {
            let one = PortSet(ports: [port.port])
            let table = SocketTable(transport: port.transport, family: port.family)
            hidden[table] = hidden[table]?.union(one) ?? one
            ports[port.transport] = ports[port.transport]?.union(one) ?? one
        }
        self.hidden = hidden
        self.ports = ports
        clientPorts = report?.clientPorts ?? HostReport.usualClientPorts
        let held = report?.addresses ?? []
        addresses = Set(held.map { $0.address.destination })
        interfaces = Dictionary(grouping: held, by: \.address.destination)
            .mapValues { Set($0.map(\.interface)) }
        loopbackInterfaces = Set(held.filter(\.address.isLoopback).map(\.interface)).union(["lo"])
        namespaces = report?.namespacesByAddress ?? [:]
        unjoined = Set((report?.namespaces ?? []).filter(\.links.isEmpty).map(\.name))
        var namespaceGaps: [String: [ListenerView.Doubt]] = [:]
        for namespace in report?.namespaces ?? [] {
            namespaceGaps[namespace.name] = (report?.coverage ?? []).filter {
                $0.subject == .namespaces && $0.reason.hasPrefix("in \(namespace.name): ")
            }.map { .listenersMissing($0.reason) }
        }
        self.namespaceGaps = namespaceGaps
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

    /// Whether `address` is known to be neither the host's nor that of a namespace of it.
    func isForeign(_ address: IPAddress) -> Bool {
        !addresses.isEmpty && !isOwn(address) && namespaces[address.destination] == nil
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
        let destination = address.destination
        if !addresses.isEmpty, !isOwn(address) {
            return namespaces[destination].map { view(of: listeners, in: $0, at: destination) }
                ?? .unknown([.addressNotOfHost], listeners)
        }
        let near = listeners.filter { $0.namespace.map { !unjoined.contains($0) } ?? true }
        let coverages = near.map { coverage(of: $0, for: destination) }
        func those(_ wanted: Coverage) -> [Listener] {
            zip(near, coverages).filter { $0.1 == wanted }.map(\.0)
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
        guard reasons.isEmpty else { return .unknown(reasons, near) }
        let loopback = those(.loopback)
        if !loopback.isEmpty { return .loopbackOnly(loopback) }
        return near.isEmpty ? .none : .elsewhere(near)
    }

    /// What the report says of a packet to `destination`, which `namespace` has.
    private func view(
        of listeners: [Listener], in namespace: HostNamespace, at destination: IPAddress
    ) -> ListenerView {
        let local = listeners.filter { $0.namespace == namespace.name }
        let covering = local.filter { listener in
            let bound = listener.address.destination
            return bound == destination
                || bound.isUnspecified
                    && listener.wildcardReach(destination.family, boundTo: bound) == true
        }
        if !covering.isEmpty { return .inNamespace(covering) }
        let doubts = namespaceGaps[namespace.name] ?? []
        guard doubts.isEmpty else { return .unknown(doubts, local) }
        return local.isEmpty ? .none : .elsewhere(local)
    }

    /// Who is where a packet to `address` is sent that rules translate to `destination`.
    func target(
        of destination: TranslatedDestination, port: UInt16, over transport: Transport,
        from address: IPAddress
    ) -> ForwardTarget {
        let end = destination.address ?? address
        let place: ForwardTarget.Place
        if destination.isHere || isOwn(end) {
            place =
                switch view(of: transport, port, at: end) {
                case .listening(let listeners, .loopback), .loopbackOnly(let listeners):
                    end.isLoopback ? .loopback(listeners) : .nothing(nil)
                case .listening(let listeners, _), .inNamespace(let listeners): .here(listeners)
                case .elsewhere, .none: .nothing(nil)
                case .unknown, .changed: .unknown
                }
        } else if let namespace = namespaces[end.destination] {
            place =
                switch view(of: transport, port, at: end) {
                case .inNamespace(let listeners), .listening(let listeners, _):
                    .namespace(namespace, listeners)
                case .loopbackOnly, .elsewhere, .none: .nothing(namespace)
                case .unknown, .changed: .unknown
                }
        } else {
            place = .unknown
        }
        return ForwardTarget(destination: destination, port: port, place: place)
    }

    /// Whether something has `port` that no list of sockets shows.
    func hides(_ port: UInt16, over transport: Transport, _ family: IPAddress.Family) -> Bool {
        hidden[SocketTable(transport: transport, family: family)]?.contains(port) ?? false
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

extension HostReport {
    /// What Linux gives to clients where nobody said otherwise.
    static let usualClientPorts: ClosedRange<UInt16> = 32768...60999

    /// The ports that the kernel gives to clients.
    var clientPorts: ClosedRange<UInt16> {
        let ends = (sysctls[.ephemeralPorts] ?? "").split(whereSeparator: \.isWhitespace)
            .compactMap { UInt16($0) }
        guard ends.count == 2, ends[0] <= ends[1] else { return Self.usualClientPorts }
        return ends[0]...ends[1]
    }

    /// The other namespaces, by the addresses that one of them has alone and the host has not.
    ///
    /// Where several have one, the only one that is joined to the host has it as far as the host
    /// can tell.
    fileprivate var namespacesByAddress: [IPAddress: HostNamespace] {
        let own = Set(addresses.map(\.address.destination))
        var holders: [IPAddress: [HostNamespace]] = [:]
        for namespace in namespaces {
            for address in Set(namespace.addresses.map(\.address.destination))
            where !address.isLoopback && !address.isLinkLocal && !own.contains(address) {
                holders[address, default: []].append(namespace)
            }
        }
        return holders.compactMapValues { holders in
            let joined = holders.filter { !$0.links.isEmpty }
            let candidates = holders.count > 1 ? joined : holders
            return candidates.count == 1 ? candidates.first : nil
        }
    }
}
