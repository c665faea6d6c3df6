public import Prober

/// What the owner declared about one target.
///
/// Only policy says whether a verdict is bad.
public struct Policy: Hashable, Sendable {
    /// The declarations, in the order they were written; the first that covers an endpoint decides.
    public var expectations: [Expectation]

    /// A policy of `expectations`.
    ///
    /// What none of them covers is not meant to be reachable.
    public init(_ expectations: [Expectation] = []) {
        self.expectations = expectations
    }

    /// What was declared of `port` as seen from a vantage with `sources` as its addresses.
    ///
    /// An expectation with a `from` list covers a vantage only when one of `sources` lies in it;
    /// a vantage whose addresses are not known is covered by none of those.
    public func stance(
        on transport: Transport, _ port: UInt16, from sources: [IPAddress]
    ) -> Stance {
        for expectation in expectations
        where expectation.ports[transport].contains(port) && expectation.covers(sources) {
            return expectation.isOpen ? .open(expectation) : .closed(expectation)
        }
        return .undeclared
    }

    /// What the policy says of one endpoint from one vantage.
    public enum Stance: Hashable, Sendable {
        /// Declared to be reachable.
        case open(Expectation)
        /// Declared to be unreachable.
        case closed(Expectation)
        /// Not declared, so not meant to be reachable.
        case undeclared

        /// How the stance counts, without what it quotes.
        enum Meaning: Hashable {
            case open, closed, undeclared
        }

        /// How it counts: a rest that is written out says no more than the default does.
        var meaning: Meaning {
            switch self {
            case .open: .open
            case .closed(let expectation): expectation.isRest ? .undeclared : .closed
            case .undeclared: .undeclared
            }
        }
    }
}

/// One declaration of a policy.
public struct Expectation: Hashable, Sendable {
    /// Whether the ports are meant to be reachable; otherwise they are meant not to be.
    public var isOpen: Bool
    /// The ports it speaks of.
    public var ports: PortSpec
    /// The vantages it speaks of, by source address; empty means every vantage.
    public var from: [AddressRange]
    /// Why the owner wants it so.
    public var reason: String?
    /// Where it is written, as `file:line:column`.
    public var location: String?
    /// Whether it stands for everything that is probed, and names no ports of its own.
    public var isRest: Bool

    /// An expectation of the given parts.
    public init(
        isOpen: Bool, ports: PortSpec, from: [AddressRange] = [], reason: String? = nil,
        location: String? = nil, isRest: Bool = false
    ) {
        self.isOpen = isOpen
        self.ports = ports
        self.from = from
        self.reason = reason
        self.location = location
        self.isRest = isRest
    }

    /// Whether a vantage with `sources` as its addresses is spoken of.
    func covers(_ sources: [IPAddress]) -> Bool {
        from.isEmpty || sources.contains { source in from.contains { $0.contains(source) } }
    }
}
