import Prober

/// The facts about many endpoints, by place and port.
struct EndpointMap {
    /// Where endpoints are: an address, as a vantage sees it.
    struct Place: Hashable {
        /// What the vantage is called; nil where it does not matter.
        var vantage: String?
        var address: IPAddress
        var transport: Transport
    }

    private var entries: [Place: [(ports: ClosedRange<UInt16>, facts: EndpointFacts)]] = [:]
    private var covered: [Place: PortSet] = [:]

    /// The places that the map has.
    var places: [Place] { Array(entries.keys) }

    /// Adds what is known of `ports`; what was added before stays.
    mutating func add(_ facts: EndpointFacts, _ ports: PortSet, at place: Place) {
        let known = covered[place] ?? PortSet()
        let new = known.isEmpty ? ports : ports.subtracting(known)
        covered[place] = known.isEmpty ? ports : known.union(new)
        entries[place, default: []] += new.ranges.map { ($0, facts) }
    }

    /// The ranges of `place`, ascending, without overlap.
    func ranges(at place: Place) -> [(ports: ClosedRange<UInt16>, facts: EndpointFacts)] {
        (entries[place] ?? []).sorted { $0.ports.lowerBound < $1.ports.lowerBound }
    }
}
