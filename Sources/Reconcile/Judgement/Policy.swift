public import Prober

/// What the owner declared about one target.
///
/// Only policy says whether a verdict is bad.
public struct Policy: Hashable, Sendable {
    /// The declarations, in the order they were written; the first that covers an endpoint decides.
    public var expectations: [Expectation]
    /// How an exposure that nobody declared counts.
    public var undeclared: UndeclaredRule

    /// A policy of `expectations`.
    ///
    /// What none of them covers is not meant to be reachable.
    public init(_ expectations: [Expectation] = [], undeclared: UndeclaredRule = .fail) {
        self.expectations = expectations
        self.undeclared = undeclared
    }

    /// How an exposure that nobody declared counts.
    public enum UndeclaredRule: String, Hashable, Sendable, CaseIterable {
        /// As against the policy.
        case fail
        /// As worth a look: for a first inventory, before everything is declared.
        case warn
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
    /// The vantages it speaks of, by name; empty means every vantage.
    public var vantages: [String]
    /// The family of the addresses it speaks of; nil means both.
    public var family: IPAddress.Family?
    /// Who may hold the ports, any of them; empty means anyone.
    public var holders: [ExpectedHolder]
    /// The last day on which it holds; nil means that it does not end.
    public var until: CalendarDay?
    /// Why the owner wants it so.
    public var reason: String?
    /// Where it is written, as `file:line:column`.
    public var location: String?
    /// Whether it stands for everything that is probed, and names no ports of its own.
    public var isRest: Bool
    /// Whether its last day is over, so that it decides nothing any more.
    var isOver = false
    /// The exception that covered the same ports until its last day was over.
    public internal(set) var lapsed: LapsedException?

    /// An expectation of the given parts.
    public init(
        isOpen: Bool, ports: PortSpec, from: [AddressRange] = [], vantages: [String] = [],
        family: IPAddress.Family? = nil, holders: [ExpectedHolder] = [], until: CalendarDay? = nil,
        reason: String? = nil, location: String? = nil, isRest: Bool = false
    ) {
        self.isOpen = isOpen
        self.ports = ports
        self.from = from
        self.vantages = vantages
        self.family = family
        self.holders = holders
        self.until = until
        self.reason = reason
        self.location = location
        self.isRest = isRest
    }
}

/// A declaration whose last day is over.
public struct LapsedException: Hashable, Sendable {
    /// What it declared.
    public var isOpen: Bool
    /// The last day on which it held.
    public var until: CalendarDay
    /// Why the owner wanted it so.
    public var reason: String?
    /// Where it is written, as `file:line:column`.
    public var location: String?
}
