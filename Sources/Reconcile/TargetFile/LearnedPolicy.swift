public import Prober

/// What is there today, as declarations that are still to be reviewed.
///
/// Nothing in it says that something is meant: it is where a review begins.
public struct LearnedPolicy: Hashable, Sendable {
    /// One host, or several alike.
    public struct Target: Hashable, Sendable {
        /// Its addresses; nil for this machine as the vantage sees it.
        public var addresses: TargetSet?
        /// What was found open, after what rules keep from some.
        public var entries: [Entry]
        /// What listens and was not declared.
        public var leftOut: [Omission]
    }

    /// Ports that are alike in everything that is known of them.
    public struct Entry: Hashable, Sendable {
        /// Whether they are open to the sources; otherwise the host's rules keep them from these.
        public var isOpen: Bool
        /// TCP or UDP.
        public var transport: Transport
        /// The ports.
        public var ports: PortSet
        /// The family at whose addresses alone they are open; nil for all addresses.
        public var family: IPAddress.Family?
        /// The sources that it is about; empty for all.
        public var from: [AddressRange]
        /// Whether the sources are but those that probed: the rules keep the ports from others, and
        /// name no range that tells from whom.
        public var isOfVantage: Bool
        /// Who listens, a phrase for each; empty when nobody knows.
        public var holders: [String]
        /// Who holds them, as a declaration names it; empty when nobody knows for certain.
        public var expectedHolders: [ExpectedHolder]
        /// Whether databases or remote administration have the ports by custom.
        public var isSensitive: Bool
    }

    /// A listener that nothing was declared for.
    public struct Omission: Hashable, Sendable {
        /// Why.
        public enum Reason: Int, Hashable, Sendable, CaseIterable {
            /// Only the host itself reaches it.
            case loopback
            /// The host's rules stop what comes to it.
            case stopped
            /// The host's rules do not tell whether others reach it.
            case undecided
            /// The scan did not ask its port or address, or found it not open.
            case notSeen
            /// It listens in another network namespace of the host.
            case namespace
            /// It would fail whatever is declared.
            case failing
        }

        /// Why nothing was declared.
        public var reason: Reason
        /// TCP or UDP.
        public var transport: Transport
        /// The ports.
        public var ports: PortSet
        /// Who listens, a phrase for each.
        public var holders: [String]
    }

    /// The targets, each of addresses at which the same is open.
    public var targets: [Target]
    /// The ports that were asked, or that anybody listens on.
    public var probe: PortSpec

    /// What `survey` found open, with what `host` says of who listens there.
    ///
    /// Without a survey, what listens for others and is not stopped by the rules counts as open.
    /// `isThisHost` says that the addresses are those of the prober's own link, or loopback, which
    /// are this machine's at that moment only.
    public init(
        of survey: Survey?, _ host: HostReport?, ruleset: Ruleset? = nil, isThisHost: Bool = false,
        isThroughOwnLink: Bool = false
    ) {
        var learner = PolicyLearner(
            survey, host, ruleset, isThroughOwnLink: isThroughOwnLink)
        learner.learn()
        probe = learner.probe
        targets = learner.targets
        if isThisHost, targets.count == 1 { targets[0].addresses = nil }
    }
}
