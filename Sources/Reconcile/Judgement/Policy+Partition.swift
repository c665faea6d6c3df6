import Prober

extension Policy {
    /// `ports` in parts of one stance each, as seen from a vantage with `sources` as its addresses.
    ///
    /// Every port is in exactly one part, with the stance that
    /// ``stance(on:_:from:)`` gives it; the work grows with the expectations, not the ports.
    func parts(
        of ports: PortSet, over transport: Transport, from sources: [IPAddress]
    ) -> [(stance: Stance, ports: PortSet)] {
        var parts: [(stance: Stance, ports: PortSet)] = []
        var rest = ports
        for expectation in expectations where !rest.isEmpty && expectation.covers(sources) {
            let left = rest.subtracting(expectation.ports[transport])
            guard left.count < rest.count else { continue }
            let covered = rest.subtracting(left)
            parts.append((expectation.isOpen ? .open(expectation) : .closed(expectation), covered))
            rest = left
        }
        if !rest.isEmpty { parts.append((.undeclared, rest)) }
        return parts
    }
}
