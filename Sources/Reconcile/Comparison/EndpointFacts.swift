import Prober

/// What one side of a comparison says of endpoints.
public struct EndpointFacts: Hashable, Sendable {
    /// Whether they could be reached.
    public var reach: Reach
    /// The code of the finding; nil where nothing was judged.
    public var code: String?
    /// Who takes what comes there; nil where nobody knows or nobody does.
    public var owner: String?
    /// The rule that decides; nil where none is known to.
    public var rule: String?

    /// Whether endpoints could be reached, as far as a comparison asks.
    public enum Reach: String, Hashable, Sendable, CaseIterable {
        /// Reached.
        case open
        /// Refused or stopped.
        case shut
        /// Silence over UDP, which may mean either.
        case undecided
        /// Repeated probes disagree.
        case unstable
        /// Not tested, or nobody asked.
        case untested
    }

    /// Facts of the given parts.
    public init(_ reach: Reach, code: String? = nil, owner: String? = nil, rule: String? = nil) {
        self.reach = reach
        self.code = code
        self.owner = owner
        self.rule = rule
    }

    /// What is said of endpoints that one side does not have.
    static let missing = EndpointFacts(.untested)
}

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
