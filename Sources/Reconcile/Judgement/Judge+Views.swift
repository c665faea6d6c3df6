import Prober

extension Judge {
    /// What listeners and rules say of ports of which they say the same.
    struct View {
        var inside: ListenerView
        var mark: ListenerMark
        var firewall: FirewallView
        /// Who is where the rules send the packets, where they do.
        var target: ForwardTarget?
        var ports: PortSet
        /// What receipts tell of the probes.
        var receipts: [Receipt.Account] = []
    }

    /// What listeners, rules and receipts say of `ports`, those alike together.
    ///
    /// What the rules do with endpoints that are not asked, because nobody means to know, stays open,
    /// and no receipt is about them.
    func allViews(
        of ports: PortSet, over transport: Transport, at addresses: AddressRange,
        from source: FlowSource, isAsked: Bool
    ) -> [View] {
        let views = views(
            of: ports, over: transport, at: addresses, from: source, isAsked: isAsked)
        guard !receipts.isEmpty, addresses.span == 0, isAsked else { return views }
        return views.flatMap { view in
            receipts.parts(of: view.ports, over: transport, at: addresses.first).map {
                var part = view
                (part.receipts, part.ports) = $0
                return part
            }
        }
    }

    /// What listeners and rules say of `ports`, those alike together.
    private func views(
        of ports: PortSet, over transport: Transport, at addresses: AddressRange,
        from source: FlowSource, isAsked: Bool
    ) -> [View] {
        let insides = insides(of: ports, over: transport, at: addresses)
        func views(_ firewall: FirewallView) -> [View] {
            insides.map { View(inside: $0, mark: $1, firewall: firewall, ports: $2) }
        }
        guard let firewall else { return views(.undecided([.rulesNotRead])) }
        guard addresses.span == 0, isAsked else { return views(.undecided([.manyAddresses])) }
        let rules = firewall.views(
            of: ports, over: transport, at: addresses.first, from: source)
        return insides.flatMap { inside, mark, ports in
            rules.flatMap { firewall, alike -> [View] in
                let common = ports.intersection(alike)
                guard !common.isEmpty else { return [] }
                return targets(of: common, over: transport, at: addresses.first, firewall).map {
                    View(inside: inside, mark: mark, firewall: firewall, target: $0, ports: $1)
                }
            }
        }
    }

    /// Who is where `firewall` sends each of `ports`, those alike together; nil where it sends them
    /// nowhere.
    private func targets(
        of ports: PortSet, over transport: Transport, at address: IPAddress,
        _ firewall: FirewallView
    ) -> [(ForwardTarget?, PortSet)] {
        guard case .decided(.translate(let destination), _) = firewall else {
            return [(nil, ports)]
        }
        func target(_ port: UInt16) -> ForwardTarget {
            latest.target(
                of: destination, port: destination.port ?? port, over: transport, from: address)
        }
        if let port = destination.port { return [(target(port), ports)] }
        let listened = ports.intersection(latest.ports(over: transport))
        let rest = ports.subtracting(listened)
        var targets: [(ForwardTarget?, PortSet)] = listened.map {
            (target($0), PortSet(ports: [$0]))
        }
        if let port = rest.ranges.first?.lowerBound { targets.append((target(port), rest)) }
        return targets
    }

    /// The listeners of the later report.
    private var latest: ListenerIndex { after ?? before }

    /// What the host says of `ports`, those without a listener together.
    private func insides(
        of ports: PortSet, over transport: Transport, at addresses: AddressRange
    ) -> [(ListenerView, ListenerMark, PortSet)] {
        // What holds for one address need not hold for a range; never-probed ranges need no view.
        guard addresses.span == 0 else {
            return [(.unknown([.manyAddresses], []), .none, ports)]
        }
        let address = addresses.first
        var special = before.ports(over: transport)
        if let after { special = special.union(after.ports(over: transport)) }
        let listened = ports.intersection(special)
        var views = listened.map { port in
            inside(of: transport, port, at: address, PortSet(ports: [port]))
        }
        let rest = listened.isEmpty ? ports : ports.subtracting(listened)
        if let port = rest.ranges.first?.lowerBound {
            views.append(inside(of: transport, port, at: address, rest))
        }
        return views
    }

    /// What the host says of `port`, as one of `ports` that are alike.
    private func inside(
        of transport: Transport, _ port: UInt16, at address: IPAddress, _ ports: PortSet
    ) -> (ListenerView, ListenerMark, PortSet) {
        let (view, isNeglected) = view(of: transport, port, at: address)
        let isHidden = latest.hides(port, over: transport, address.destination.family)
        let mark = view.mark(isHidden: isHidden, clients: latest.clientPorts)
        return (view, mark == .none && isNeglected ? .neglected : mark, ports)
    }

    /// What both reports say together, and whether connections waited to be accepted in both.
    private func view(
        of transport: Transport, _ port: UInt16, at address: IPAddress
    ) -> (ListenerView, isNeglected: Bool) {
        let view = before.view(of: transport, port, at: address)
        guard let after else { return (view, false) }
        let later = after.view(of: transport, port, at: address)
        // What one report could not see did not come or go for that.
        if case .unknown = view { return (view, false) }
        if case .unknown = later { return (later, false) }
        guard view.agrees(with: later) else {
            return (.changed(before: view.listeners, after: later.listeners), false)
        }
        let waits = [view, later].allSatisfy { view in
            !view.listeners.isEmpty && view.listeners.allSatisfy { ($0.queue?.waiting ?? 0) > 0 }
        }
        return (later, waits)
    }
}

extension Judge {
    /// How many ports that nobody has must be open before it is no accident.
    private static let suspiciousCount = 16

    /// Whether nearly every port of the address is open, as behind something that answers for all.
    ///
    /// Only high ports count for which there is no other reason: no listener has them, nobody
    /// declared them open, and no rule sends them elsewhere.
    func opensEverything(_ sighting: AddressSighting) -> Bool {
        if sighting.acceptsDecoys { return true }
        let high = PortSet([1024...UInt16.max])
        var asked = PortSet()
        var open = PortSet()
        for part in sighting.parts where part.transport == .tcp {
            let ports = part.ports.intersection(high)
            asked = asked.union(ports)
            let isOpen = part.evidence.contains {
                PortState(explaining: $0, over: .tcp, at: sighting.address) == .open
            }
            if isOpen { open = open.union(ports) }
        }
        guard open.count >= Self.suspiciousCount, open.count > asked.count / 2 else { return false }
        let explained = latest.ports(over: .tcp).union(meant[.tcp])
        asked = asked.subtracting(explained)
        open = open.subtracting(explained)
        guard open.count >= Self.suspiciousCount, open.count >= asked.count / 10 * 9 else {
            return false
        }
        let source = FlowSource(toward: sighting.address, from: sources)
        let sent =
            firewall?.views(of: open, over: .tcp, at: sighting.address, from: source)
            .filter { $0.0.sendsElsewhere } ?? []
        return sent.allSatisfy { open.count - $0.1.count >= Self.suspiciousCount }
    }
}

extension FirewallView {
    /// Whether the rules send the packet to another address or port.
    fileprivate var sendsElsewhere: Bool {
        if case .decided(.translate, _) = self { true } else { false }
    }
}
