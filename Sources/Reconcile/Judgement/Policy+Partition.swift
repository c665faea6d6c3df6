import Prober

extension Policy {
    /// `ports` in parts of one stance each, for probes that come from `source`.
    ///
    /// Every port is in exactly one part, with the stance of the first expectation that speaks of
    /// it; the work grows with the expectations, not the ports. An expectation of which it is not
    /// known whether it speaks of the source leaves the port undecided. Where that is the rest it
    /// does not matter: what is not declared is judged alike.
    func parts(
        of ports: PortSet, over transport: Transport, from source: FlowSource
    ) -> [(stance: Stance, ports: PortSet)] {
        var parts: [(stance: Stance, ports: PortSet)] = []
        var over: [(expectation: Expectation, ports: PortSet)] = []
        var rest = ports
        for expectation in expectations where !rest.isEmpty {
            let coverage = expectation.coverage(of: source)
            if expectation.isOver {
                let covered = rest.intersection(expectation.ports[transport])
                if coverage != .notCovered, !covered.isEmpty { over.append((expectation, covered)) }
                continue
            }
            let stance: Stance
            switch coverage {
            case .covered: stance = expectation.isOpen ? .open(expectation) : .closed(expectation)
            case .unknown where !expectation.isRest: stance = .undecided(expectation)
            case .unknown, .notCovered: continue
            }
            let left = rest.subtracting(expectation.ports[transport])
            guard left.count < rest.count else { continue }
            let covered = rest.subtracting(left)
            parts.append((stance, covered))
            rest = left
        }
        if !rest.isEmpty { parts.append((.undeclared, rest)) }
        return over.isEmpty ? parts : parts.flatMap { Self.noting(over, in: $0) }
    }

    /// `part`, split by the first of `over` that spoke of its ports until its last day.
    private static func noting(
        _ over: [(expectation: Expectation, ports: PortSet)],
        in part: (stance: Stance, ports: PortSet)
    ) -> [(stance: Stance, ports: PortSet)] {
        var parts: [(stance: Stance, ports: PortSet)] = []
        var rest = part.ports
        for (expectation, ports) in over where !rest.isEmpty {
            let spoken = rest.intersection(ports)
            guard !spoken.isEmpty else { continue }
            parts.append((part.stance.following(expectation), spoken))
            rest = rest.subtracting(spoken)
        }
        if !rest.isEmpty { parts.append((part.stance, rest)) }
        return parts
    }
}
