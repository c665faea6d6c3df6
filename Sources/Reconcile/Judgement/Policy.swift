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

    /// What the policy says of one endpoint from one vantage.
    public enum Stance: Hashable, Sendable {
        /// Declared to be reachable.
        case open(Expectation)
        /// Declared to be unreachable.
        case closed(Expectation)
        /// Not declared, so not meant to be reachable.
        case undeclared
        /// This declaration holds for some sources only, and where the probes came from is not
        /// known.
        case undecided(Expectation)

        /// How the stance counts, without what it quotes.
        enum Meaning: Hashable {
            case open, closed, undeclared, undecided
        }

        /// How it counts: a rest that is written out says no more than the default does.
        var meaning: Meaning {
            switch self {
            case .open: .open
            case .closed(let expectation): expectation.isRest ? .undeclared : .closed
            case .undeclared: .undeclared
            case .undecided: .undecided
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
    /// The sources it speaks of; empty means every source.
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
}
