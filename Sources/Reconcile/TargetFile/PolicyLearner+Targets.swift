import Prober

extension PolicyLearner {
    /// The targets: one for each set of ports that is open at some addresses.
    ///
    /// Addresses of which nothing but the family tells what is open are one target.
    var targets: [LearnedPolicy.Target] {
        let all =
            survey.map { TargetSet($0.plan.targets) }
            ?? TargetSet(addresses.filter { !$0.isUnspecified }.map { AddressRange($0) })
        var groups: [PortSpec: [IPAddress]] = [:]
        for (address, ports) in open where ports.count > 0 {
            groups[ports, default: []].append(address)
        }
        let opening = TargetSet(groups.values.joined().map { AddressRange($0) })
        let quiet = all.subtracting(opening)
        var parts = groups.map {
            (ports: $0.key, addresses: TargetSet($0.value.map { AddressRange($0) }))
        }
        if !quiet.isEmpty { parts.append((PortSpec(), quiet)) }
        parts.sort {
            ($0.addresses.ranges.first?.first ?? .v4(0))
                < ($1.addresses.ranges.first?.first ?? .v4(0))
        }
        if let families = Self.families(of: parts) {
            return [target(families, at: all.union(opening))]
        }
        return parts.enumerated().map { number, part in
            target([nil: part.ports], at: part.addresses, isFirst: number == 0)
        }
    }

    /// The ports by family, where `parts` differ in nothing but that.
    private static func families(
        of parts: [(ports: PortSpec, addresses: TargetSet)]
    ) -> [IPAddress.Family?: PortSpec]? {
        var families: [IPAddress.Family?: PortSpec] = [:]
        for (ports, addresses) in parts {
            for family in Set(addresses.ranges.map(\.family)) {
                guard families.updateValue(ports, forKey: family) == nil else { return nil }
            }
        }
        guard let four = families[.ipv4], let six = families[.ipv6] else {
            return [nil: families.values.first ?? PortSpec()]
        }
        var common = PortSpec()
        for transport in Transport.allCases {
            common[transport] = four[transport].intersection(six[transport])
        }
        return [nil: common, .ipv4: four.subtracting(common), .ipv6: six.subtracting(common)]
    }

    private func target(
        _ families: [IPAddress.Family?: PortSpec], at addresses: TargetSet, isFirst: Bool = true
    ) -> LearnedPolicy.Target {
        let order: [IPAddress.Family?] = [nil, .ipv4, .ipv6]
        let entries = order.flatMap { family in
            self.entries(for: families[family] ?? PortSpec(), family)
        }
        return LearnedPolicy.Target(
            addresses: addresses, entries: entries, leftOut: isFirst ? omissions : [])
    }

    /// The declarations for `ports`, one for each of who holds them.
    private func entries(
        for ports: PortSpec, _ family: IPAddress.Family?
    ) -> [LearnedPolicy.Entry] {
        var entries: [LearnedPolicy.Entry] = []
        for transport in Transport.allCases {
            for port in ports[transport] {
                let entry = self.entry(transport, port, family)
                let alike = entries.firstIndex { other in
                    var neutral = other
                    neutral.ports = entry.ports
                    return neutral == entry
                }
                if let alike {
                    entries[alike].ports = entries[alike].ports.union(entry.ports)
                } else {
                    entries.append(entry)
                }
            }
        }
        return entries
    }

    private func entry(
        _ transport: Transport, _ port: UInt16, _ family: IPAddress.Family?
    ) -> LearnedPolicy.Entry {
        let place = Place(transport: transport, port: port)
        let listeners = holders[place] ?? []
        let words = listeners.map(\.holderWord)
        let expected = words.compactMap { $0.flatMap { ExpectedHolder($0) } }
        let isCertain =
            !unclear.contains(place)
            && listeners.allSatisfy { listener in
                expected.contains { $0.holds(listener) == true }
            }
        return LearnedPolicy.Entry(
            transport: transport, ports: PortSet(ports: [port]), family: family,
            holders: Self.phrases(of: listeners),
            expectedHolders: isCertain ? Self.unique(expected) : [],
            isSensitive: Severity.sensitivePorts[transport].contains(port))
    }

    /// What listens on ports that nothing was declared for.
    private var omissions: [LearnedPolicy.Omission] {
        var omissions: [LearnedPolicy.Omission] = []
        for transport in Transport.allCases {
            let declared = open.values.reduce(PortSet()) { $0.union($1[transport]) }
            let missing = index.ports(over: transport).union(failing[transport])
                .subtracting(declared)
            for port in missing {
                let all = (host?.listeners ?? []).filter {
                    $0.transport == transport && $0.port == port
                }
                // What others have on the same port is no matter of the host's own.
                let own = all.filter { $0.namespace == nil }
                let listeners = own.isEmpty ? all : own
                let omission = LearnedPolicy.Omission(
                    reason: reason(for: listeners, transport, port), transport: transport,
                    ports: PortSet(ports: [port]), holders: Self.phrases(of: listeners))
                let alike = omissions.firstIndex { other in
                    other.reason == omission.reason && other.transport == transport
                        && other.holders == omission.holders
                }
                if let alike {
                    omissions[alike].ports = omissions[alike].ports.union(omission.ports)
                } else {
                    omissions.append(omission)
                }
            }
        }
        return omissions.sorted { $0.reason.rawValue < $1.reason.rawValue }
    }

    private func reason(
        for listeners: [Listener], _ transport: Transport, _ port: UInt16
    ) -> LearnedPolicy.Omission.Reason {
        if failing[transport].contains(port) { return .failing }
        if listeners.contains(where: { $0.namespace != nil }) { return .namespace }
        if !listeners.isEmpty, listeners.allSatisfy(index.isLoopbackOnly) { return .loopback }
        return survey == nil && ruleset != nil || survey == nil && host?.ruleset != nil
            ? .stopped : .notSeen
    }

    private static func phrases(of listeners: [Listener]) -> [String] {
        unique(listeners.map(\.holderPhrase))
    }

    private static func unique<Element: Equatable>(_ elements: [Element]) -> [Element] {
        elements.reduce(into: []) { all, one in
            if !all.contains(one) { all.append(one) }
        }
    }
}

extension Listener {
    /// Who holds the socket and where it is bound, as a phrase that stays the same for as long as the
    /// service does: it has no process ids.
    var holderPhrase: String {
        var parts = owners.map(\.name).filter { !$0.isEmpty }.reduce(into: [String]()) {
            all, name in
            if !all.contains(name) { all.append(name) }
        }.prefix(3).map(\.shortened)
        if parts.isEmpty, let program { parts.append(program.shortened) }
        if parts.isEmpty { parts.append("owner not seen") }
        if let unit { parts.append("unit \(unit.shortened)") }
        if let container { parts.append("container \(container.prefix(12))") }
        if let namespace { parts.append("network namespace \(namespace.shortened)") }
        let place =
            address.destination.isUnspecified
            ? (family == .dual
                ? "every address" : "every \(family == .ipv4 ? "IPv4" : "IPv6") address")
            : "\(address)"
        return parts.joined(separator: ", ") + ", on " + place
    }
}
