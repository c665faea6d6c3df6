import Prober

/// What rules do with packets from different sources.
struct SourceQuestions {
    private let firewall: FirewallModel
    private let pieces: [AddressRange]
    private let others: [IPAddress]

    /// Ports, and all pieces from which they fare in one way.
    typealias Part = (ports: PortSet, sources: TargetSet)

    /// Questions to `firewall` about `pieces`, in each of which all addresses fare alike, and about
    /// `others`, which stand for everybody that no rule names.
    init(_ firewall: FirewallModel, pieces: [AddressRange], others: [IPAddress]) {
        self.firewall = firewall
        self.pieces = pieces
        self.others = others
    }

    /// Those of `ports` that the rules do not let everybody reach, though they tell `own` from others.
    func ports(
        _ ports: PortSet, keptFromOthersThan own: [IPAddress], over transport: Transport,
        at address: IPAddress
    ) -> PortSet {
        let ofOwn = views(of: ports, over: transport, at: address, from: own)
        return views(of: ports, over: transport, at: address, from: others)
            .reduce(into: PortSet()) { kept, view in
                guard !view.0.isPass else { return }
                let alike = ofOwn.filter { $0.0 == view.0 }.reduce(PortSet()) { $0.union($1.1) }
                kept = kept.union(view.1.subtracting(alike))
            }
    }

    /// Those of `ports` that the rules do not stop for everybody that they do not name.
    func passing(_ ports: PortSet, over transport: Transport, at address: IPAddress) -> PortSet {
        views(of: ports, over: transport, at: address, from: others)
            .reduce(PortSet()) { $1.0.isStop ? $0 : $0.union($1.1) }
    }

    /// `ports`, parted by the sources from which the rules do with them what `holds` says; those for
    /// which there is none have an empty set.
    func parts(
        of ports: PortSet, over transport: Transport, at address: IPAddress,
        where holds: (FirewallView) -> Bool
    ) -> [Part] {
        guard !ports.isEmpty else { return [] }
        var parts: [(ports: PortSet, sources: [AddressRange])] = [(ports, [])]
        for piece in pieces where piece.family == address.destination.family {
            // The first address of a network is seldom a host's.
            let source = IPAddress(piece.family, number: piece.first.number + min(piece.span, 1))
            // From the host to itself, nobody named comes.
            guard FlowSource(toward: address, from: [source]).addresses == [source] else {
                continue
            }
            let held = views(of: ports, over: transport, at: address, from: [source])
                .reduce(PortSet()) { holds($1.0) ? $0.union($1.1) : $0 }
            parts = parts.flatMap { part in
                [
                    (part.ports.intersection(held), part.sources + [piece]),
                    (part.ports.subtracting(held), part.sources),
                ].filter { !$0.0.isEmpty }
            }
        }
        return parts.map { ($0.ports, TargetSet($0.sources)) }
    }

    private func views(
        of ports: PortSet, over transport: Transport, at address: IPAddress,
        from sources: [IPAddress]
    ) -> [(FirewallView, PortSet)] {
        guard !ports.isEmpty else { return [] }
        return firewall.views(
            of: ports, over: transport, at: address,
            from: FlowSource(toward: address, from: sources))
    }
}

extension [AddressRange] {
    /// The same addresses, cut wherever one of the ranges begins or ends.
    var pieces: [AddressRange] {
        IPAddress.Family.allCases.flatMap { family in
            let own = filter { $0.family == family }
            let starts = Set(own.flatMap { [$0.first.number, $0.last.number &+ 1] }).sorted()
            return TargetSet(own).ranges.flatMap { range in
                let cuts = starts.filter { $0 > range.first.number && $0 <= range.last.number }
                return zip([range.first.number] + cuts, cuts.map { $0 - 1 } + [range.last.number])
                    .compactMap { first, last in
                        AddressRange(
                            IPAddress(family, number: first),
                            through: IPAddress(family, number: last))
                    }
            }
        }
    }
}

extension FirewallView {
    /// Whether the rules let the packet in for certain, here or where they send it.
    var isPass: Bool {
        guard case .decided(let action, _) = self else { return false }
        return switch action {
        case .accept, .translate: true
        case .drop, .reject, .undecided: false
        }
    }

    /// Whether the rules stop the packet for certain.
    var isStop: Bool {
        guard case .decided(let action, _) = self else { return false }
        return switch action {
        case .drop, .reject: true
        case .accept, .translate, .undecided: false
        }
    }
}
