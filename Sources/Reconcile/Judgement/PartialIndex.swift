import Prober

/// The sockets of a report that are known in part, found by a port that they may have.
struct PartialIndex {
    private var byPort: [Transport: [UInt16: [PartialListener]]] = [:]
    /// Those that may have many ports, or any.
    private var loose: [PartialListener] = []
    private var looseCount = 0

    /// More are counted only: nobody reads them, and a hostile report may have many.
    private static let limit = 100

    /// The index of `listeners`.
    init(_ listeners: [PartialListener]) {
        for listener in listeners {
            switch listener.port {
            case .number(let port): add(listener, [port])
            case .name(_, let ports) where !ports.isEmpty: add(listener, Array(ports))
            case .name, .cut:
                looseCount += 1
                if loose.count < Self.limit { loose.append(listener) }
            }
        }
    }

    private mutating func add(_ listener: PartialListener, _ ports: [UInt16]) {
        let transports = listener.transport.map { [$0] } ?? Transport.allCases
        for transport in transports {
            for port in ports {
                let count = byPort[transport]?[port]?.count ?? 0
                guard count < Self.limit else { continue }
                byPort[transport, default: [:]][port, default: []].append(listener)
            }
        }
    }

    /// The ports of `transport` that single sockets may have.
    func ports(over transport: Transport) -> PortSet {
        let cut = loose.flatMap { listener -> [ClosedRange<UInt16>] in
            guard case .cut(_, let ports) = listener.port,
                (listener.transport ?? transport) == transport
            else { return [] }
            return ports.ranges
        }
        return PortSet((byPort[transport] ?? [:]).keys.map { $0...$0 } + cut)
    }

    /// Why it is uncertain whether a packet of `family` to `port` is taken.
    func doubts(
        over transport: Transport, _ port: UInt16, _ family: IPAddress.Family
    ) -> [ListenerView.Doubt] {
        let listeners =
            (byPort[transport]?[port] ?? [])
            + loose.filter { $0.mayHave(port, over: transport) }
        var doubts: [ListenerView.Doubt] = []
        for listener in listeners where listener.mayTake(family) {
            let doubt = ListenerView.Doubt.partial(listener)
            if !doubts.contains(doubt) { doubts.append(doubt) }
        }
        if looseCount > loose.count {
            let count = looseCount - loose.count
            doubts.append(
                .listenersMissing("the ports of \(count.counting("socket")) are not known"))
        }
        return doubts
    }
}

extension PartialListener {
    /// Whether it may take packets of `family`.
    fileprivate func mayTake(_ family: IPAddress.Family) -> Bool {
        switch self.family {
        case .ipv4: family == .ipv4
        case .ipv6: family == .ipv6
        case .dual, .ipv6OrDual, nil: true
        }
    }
}
