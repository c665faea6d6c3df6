public import Prober

/// What a host says of itself at one moment.
public struct HostReport: Hashable, Sendable {
    /// The host's own name.
    public var hostname: String
    /// When the report was made, as RFC 3339 text in UTC.
    public var collected: String
    /// Where each part came from.
    public var sources: [Source]
    /// What could not be seen, and why.
    ///
    /// Empty means everything was seen.
    public var coverage: [CoverageGap]
    /// The addresses the host answers to, loopback included.
    public var addresses: [HostAddress]
    /// The listeners of this host's network namespace, by transport, port and address.
    public var listeners: [Listener]
    /// The firewall's rules, as the programs that list them printed them.
    public var rulesets: [RulesetText]

    /// A report of the given parts.
    public init(
        hostname: String, collected: String, sources: [Source] = [], coverage: [CoverageGap] = [],
        addresses: [HostAddress] = [], listeners: [Listener] = [], rulesets: [RulesetText] = []
    ) {
        self.hostname = hostname
        self.collected = collected
        self.sources = sources
        self.coverage = coverage
        self.addresses = addresses
        self.listeners = listeners
        self.rulesets = rulesets
    }

    /// One origin of facts in the report.
    public struct Source: Hashable, Sendable {
        /// What kind of source: `sock_diag`, `proc`, `host-report`.
        public var kind: String
        /// The file or command read.
        public var origin: String

        /// A source of the given parts.
        public init(kind: String, origin: String) {
            self.kind = kind
            self.origin = origin
        }
    }
}

/// An address of a host and the interface that holds it.
public struct HostAddress: Hashable, Sendable {
    /// The address, without a zone.
    public var address: IPAddress
    /// The length of its network prefix, in bits.
    public var prefixLength: Int
    /// The interface's name.
    public var interface: String

    /// An address of the given parts.
    public init(_ address: IPAddress, prefixLength: Int, interface: String) {
        self.address = address
        self.prefixLength = prefixLength
        self.interface = interface
    }
}

/// Something a report could not see.
///
/// What it hides is unknown, never absent.
public struct CoverageGap: Hashable, Sendable {
    /// What part of the picture is missing.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
        /// Listeners as such: sockets may exist that the report does not have.
        case listeners
        /// Owners: sockets are there, but who holds them was not visible.
        case owners
        /// Whether an IPv6 wildcard takes IPv4 too, and which device a socket is bound to.
        case binding
        /// Other network namespaces of the host.
        case namespaces
        /// The host's own addresses.
        case addresses
        /// The firewall's rules.
        case firewall
    }

    /// What is missing.
    public var subject: Subject
    /// Why, as a sentence without a full stop.
    public var reason: String

    /// A gap of the given parts.
    public init(_ subject: Subject, reason: String) {
        self.subject = subject
        self.reason = reason
    }
}
