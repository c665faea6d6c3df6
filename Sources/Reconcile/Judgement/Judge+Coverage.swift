package import Prober

extension Judge {
    /// The listeners that no probe of `survey` could have reached.
    ///
    /// A listener that only this host reaches counts only when loopback was probed at all.
    func unprobedListeners(after survey: Survey?) -> [Reconciliation.UnprobedListener] {
        let targets = survey?.plan.targets ?? []
        let isLoopbackProbed = targets.contains { $0.first.isLoopback || $0.last.isLoopback }
        return (host?.listeners ?? []).compactMap {
            listener -> Reconciliation.UnprobedListener? in
            let bound = listener.address.destination
            if bound.isLoopback && !isLoopbackProbed { return nil }
            if listener.remarks.contains(.seenFromOutside) { return nil }
            if listener.namespace != nil { return unprobed(listener, .namespace) }
            let isProbedElsewhere = alsoProbed.contains { other in
                other.ports[listener.transport].contains(listener.port)
                    && reaches(listener, other.addresses.ranges)
            }
            if isProbedElsewhere { return nil }
            guard let survey, survey.plan.ports[listener.transport].contains(listener.port) else {
                return unprobed(listener, .port)
            }
            return reaches(listener, targets) ? nil : unprobed(listener, .address)
        }
    }

    /// Whether a packet to one of `targets` comes to `listener`, as far as its bind address and
    /// device say.
    private func reaches(_ listener: Listener, _ targets: [AddressRange]) -> Bool {
        let bound = listener.address.destination
        if let device = listener.device, !before.isLoopbackOnly(listener) {
            let held = before.addresses(of: device)
            guard !isThroughOwnLink, targets.contains(where: { held.contains(where: $0.contains) })
            else { return false }
        }
        let families = listener.destinationFamilies
        return bound.isUnspecified
            ? targets.contains { families.contains($0.first.destination.family) }
            : targets.contains { $0.contains(bound) || $0.contains(listener.address) }
    }

    /// Whether the host has an address of its own at which others reach `listener`.
    ///
    /// A wildcard of a family of which the host has only loopback and link-local addresses is
    /// reached by nobody.
    private func hasOutsideAddress(_ listener: Listener) -> Bool {
        guard let held = host?.addresses, !held.isEmpty, listener.address.destination.isUnspecified
        else { return true }
        return held.contains { entry in
            listener.destinationFamilies.contains(entry.address.destination.family)
                && !entry.address.isLoopback && !entry.address.isLinkLocal
        }
    }

    /// What it means that nothing reached `listener`.
    ///
    /// Loopback is for this host alone, and an IPv6 link-local address cannot be probed: it needs a
    /// zone. A port that was left out is its owner's choice, unless the target file asks for it.
    private func unprobed(
        _ listener: Listener, _ missing: Reconciliation.UnprobedListener.Missing
    ) -> Reconciliation.UnprobedListener {
        let isReachable =
            !before.isLoopbackOnly(listener) && !listener.address.isLinkLocal
            && hasOutsideAddress(listener) && !listener.remarks.contains(.likelyClient)
        let isWanted =
            switch missing {
            case .address: true
            case .port: probe?[listener.transport].contains(listener.port) ?? false
            case .namespace: false
            }
        return Reconciliation.UnprobedListener(
            listener: listener, missing: missing, isOpenQuestion: isReachable && isWanted)
    }

    /// What was declared open, for the sources of this scan, and not asked about.
    func unaskedPorts(after survey: Survey?) -> [Reconciliation.UnaskedPorts] {
        let flows = flows(of: survey)
        var unasked: [Reconciliation.UnaskedPorts] = []
        for transport in Transport.allCases {
            let asked = survey?.plan.ports[transport] ?? PortSet()
            let left = PortSet([0...UInt16.max]).subtracting(asked)
            for (stance, ports) in flows.flatMap({
                policy.parts(of: left, over: transport, from: $0)
            }) {
                let expectation: Expectation
                switch stance {
                case .open(let one): expectation = one
                case .undecided(let one) where one.isOpen: expectation = one
                case .undecided, .closed, .undeclared: continue
                }
                let found = Reconciliation.UnaskedPorts(
                    expectation: expectation, transport: transport, ports: ports)
                if !unasked.contains(found) { unasked.append(found) }
            }
        }
        return unasked
    }

    /// The different sources from which the targets of `survey` are asked; of every family when
    /// there is no target.
    private func flows(of survey: Survey?) -> [FlowSource] {
        let targets = survey?.plan.targets.map(\.first) ?? []
        let destinations =
            targets.isEmpty ? [.v4(0), .v6(high: 0, low: 0)] : targets
        return destinations.reduce(into: []) { flows, destination in
            let flow = FlowSource(toward: destination, from: sources, at: vantage)
            if !flows.contains(flow) { flows.append(flow) }
        }
    }
}

extension IPAddress {
    /// Whether the address is in fe80::/10 and means nothing without a zone (RFC 4291, 2.5.6).
    package var isLinkLocal: Bool {
        guard case .v6(let high, _) = self else { return false }
        return high >> 54 == 0xfe80 >> 6
    }
}

extension Listener {
    /// The families of the destinations that reach this wildcard for certain.
    fileprivate var destinationFamilies: [IPAddress.Family] {
        switch family {
        case .ipv4: [.ipv4]
        case .ipv6: address.mappedIPv4 == nil ? [.ipv6] : [.ipv4]
        case .dual: address.mappedIPv4 == nil ? [.ipv4, .ipv6] : [.ipv4]
        case .ipv6OrDual: [.ipv6]
        }
    }
}
