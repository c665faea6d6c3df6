import Prober

extension PolicyLearner {
    /// What is open at an address, to all and to some.
    private typealias Openness = [Scope: PortSpec]

    /// The targets: one for each set of ports that is open at some addresses.
    ///
    /// Addresses of which nothing but the family tells what is open are one target.
    var targets: [LearnedPolicy.Target] {
        let all =
            survey.map { TargetSet($0.plan.targets) }
            ?? TargetSet(addresses.filter { !$0.isUnspecified }.map { AddressRange($0) })
        var each: [IPAddress: Openness] = [:]
        for (reached, ports) in open where ports.count > 0 {
            each[reached.address, default: [:]][reached.scope] = ports
        }
        var groups: [Openness: [IPAddress]] = [:]
        for (address, openness) in each { groups[openness, default: []].append(address) }
        let opening = TargetSet(each.keys.map { AddressRange($0) })
        let quiet = all.subtracting(opening)
        var parts = groups.map { openness, addresses in
            (ports: openness, addresses: TargetSet(addresses.map { AddressRange($0) }))
        }
        if !quiet.isEmpty { parts.append(([:], quiet)) }
        parts.sort { left, right in
            (left.addresses.ranges.first?.first ?? .v4(0))
                < (right.addresses.ranges.first?.first ?? .v4(0))
        }
        if let families = Self.families(of: parts) {
            return [target(families, at: all.union(opening))]
        }
        return parts.enumerated().map { number, part in
            target([nil: part.ports], at: part.addresses, isFirst: number == 0)
        }
    }

    /// What is open by family, where `parts` differ in nothing but that.
    private static func families(
        of parts: [(ports: Openness, addresses: TargetSet)]
    ) -> [IPAddress.Family?: Openness]? {
        var families: [IPAddress.Family?: Openness] = [:]
        for (ports, addresses) in parts {
            for family in Set(addresses.ranges.map(\.family)) {
                guard families.updateValue(ports, forKey: family) == nil else { return nil }
            }
        }
        guard let four = families[.ipv4], let six = families[.ipv6] else {
            return [nil: families.values.first ?? [:]]
        }
        // Sources are of one family, so only what is open to all can be common to both.
        var common = PortSpec()
        for transport in Transport.allCases {
            common[transport] = (four[.everybody] ?? PortSpec())[transport]
                .intersection((six[.everybody] ?? PortSpec())[transport])
        }
        func rest(_ openness: Openness) -> Openness {
            var rest = openness
            rest[.everybody] = openness[.everybody]?.subtracting(common)
            return rest
        }
        return [nil: [.everybody: common], .ipv4: rest(four), .ipv6: rest(six)]
    }

    private func target(
        _ families: [IPAddress.Family?: Openness], at addresses: TargetSet, isFirst: Bool = true
    ) -> LearnedPolicy.Target {
        let order: [IPAddress.Family?] = [nil, .ipv4, .ipv6]
        var entries: [LearnedPolicy.Entry] = []
        for family in order {
            let parts = (families[family] ?? [:]).sorted { left, right in
                let (first, second) = (left.key.from, right.key.from)
                return first.count < second.count
                    || first.count == second.count
                        && (first.first?.first ?? .v4(0)) < (second.first?.first ?? .v4(0))
            }
            for (scope, ports) in parts { entries += self.entries(for: ports, family, scope) }
        }
        let joined = Self.joiningSources(entries)
        // The first entry that covers an endpoint decides.
        return LearnedPolicy.Target(
            addresses: addresses, entries: joined.filter { !$0.isOpen } + joined.filter(\.isOpen),
            leftOut: isFirst ? omissions : [])
    }

    /// `entries`, where those that differ in nothing but their sources are one.
    private static func joiningSources(
        _ entries: [LearnedPolicy.Entry]
    ) -> [LearnedPolicy.Entry] {
        var joined: [LearnedPolicy.Entry] = []
        var places: [LearnedPolicy.Entry: Int] = [:]
        for entry in entries {
            var neutral = entry
            neutral.from = []
            if !entry.from.isEmpty, let place = places[neutral] {
                joined[place].from += entry.from
                continue
            }
            if !entry.from.isEmpty { places[neutral] = joined.count }
            joined.append(entry)
        }
        return joined
    }

    /// The declarations for `ports`, one for each of who holds them.
    private func entries(
        for ports: PortSpec, _ family: IPAddress.Family?, _ scope: Scope
    ) -> [LearnedPolicy.Entry] {
        let single = Transport.allCases.flatMap { transport in
            ports[transport].map { (entry(transport, $0, family, scope), $0) }
        }
        return Self.joiningPorts(single).map { entry, ports in
            var entry = entry
            entry.ports = ports
            return entry
        }
    }

    /// The ports of what is alike together, in the order of the first of each.
    private static func joiningPorts<Kind: Hashable>(
        _ single: [(Kind, UInt16)]
    ) -> [(Kind, PortSet)] {
        var order: [Kind] = []
        var ports: [Kind: [UInt16]] = [:]
        for (kind, port) in single {
            if ports[kind] == nil { order.append(kind) }
            ports[kind, default: []].append(port)
        }
        return order.map { ($0, PortSet(ports: ports[$0] ?? [])) }
    }

    /// What is declared of a port, with the ports still to be filled in.
    private func entry(
        _ transport: Transport, _ port: UInt16, _ family: IPAddress.Family?, _ scope: Scope
    ) -> LearnedPolicy.Entry {
        var entry = LearnedPolicy.Entry(
            isOpen: !scope.isClosed, transport: transport, ports: PortSet(),
            // Sources tell the family themselves.
            family: scope.from.isEmpty ? family : nil, from: scope.from,
            isOfVantage: scope.isOfVantage, holders: [], expectedHolders: [], isSensitive: false)
        // Whom rules keep out they keep from whoever listens.
        if scope.isClosed { return entry }
        let place = Place(transport: transport, port: port)
        let listeners = holders[place] ?? []
        let words = listeners.map(\.holderWord)
        let expected = words.compactMap { $0.flatMap { ExpectedHolder($0) } }
        let isCertain =
            !unclear.contains(place)
            && listeners.allSatisfy { listener in
                expected.contains { $0.holds(listener) == true }
            }
        entry.holders = Self.phrases(of: listeners)
        if isCertain { entry.expectedHolders = Self.unique(expected) }
        entry.isSensitive = Severity.sensitivePorts[transport].contains(port)
        return entry
    }

    /// What listens on ports that nothing was declared for.
    private var omissions: [LearnedPolicy.Omission] {
        let everyListener = Dictionary(grouping: host?.listeners ?? []) {
            Place(transport: $0.transport, port: $0.port)
        }
        let single = Transport.allCases.flatMap { transport in
            let declared = open.values.reduce(PortSet()) { $0.union($1[transport]) }
            let missing = index.ports(over: transport).union(failing[transport])
                .subtracting(declared)
            return missing.map { port in
                let all = everyListener[Place(transport: transport, port: port)] ?? []
                // What others have on the same port is no matter of the host's own.
                let own = all.filter { $0.namespace == nil }
                let listeners = own.isEmpty ? all : own
                return (
                    LearnedPolicy.Omission(
                        reason: reason(for: listeners, transport, port), transport: transport,
                        ports: PortSet(), holders: Self.phrases(of: listeners)), port
                )
            }
        }
        return Self.joiningPorts(single).map { omission, ports in
            var omission = omission
            omission.ports = ports
            return omission
        }.sorted { $0.reason.rawValue < $1.reason.rawValue }
    }

    private func reason(
        for listeners: [Listener], _ transport: Transport, _ port: UInt16
    ) -> LearnedPolicy.Omission.Reason {
        if failing[transport].contains(port) { return .failing }
        if listeners.contains(where: { $0.namespace != nil }) { return .namespace }
        if !listeners.isEmpty, listeners.allSatisfy(index.isLoopbackOnly) { return .loopback }
        if undecided[transport].contains(port) { return .undecided }
        let hasRules = ruleset != nil || host?.ruleset != nil
        return survey == nil && hasRules ? .stopped : .notSeen
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
