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
    /// The listeners of this host's network namespace, by transport, port and address, and after
    /// them those of each other namespace.
    public var listeners: [Listener]
    /// Kernel settings that matter, by name, as the kernel shows them.
    ///
    /// What the host does not have or did not tell is not in it.
    public var sysctls: [Sysctl: String]
    /// Sockets that take something new, of which a report lost the address or the port.
    public var partialListeners: [PartialListener]
    /// Where several sources say different things of one socket.
    public var contradictions: [Contradiction]
    /// The other network namespaces of the host that were looked into.
    public var namespaces: [HostNamespace]
    /// What came of trying every port; nil when that was not asked for.
    public var verification: PortVerification?
    /// The firewall's rules, as the programs that list them printed them.
    public var rulesets: [RulesetText]
    /// What kind of system the host has; nil where nothing in the report tells.
    public var system: HostSystem?
    /// What the kernel had counted, for each network namespace of which that is known.
    public var counters: [KernelCounters]

    /// A report of the given parts.
    public init(
        hostname: String, collected: String, sources: [Source] = [], coverage: [CoverageGap] = [],
        addresses: [HostAddress] = [], listeners: [Listener] = [],
        sysctls: [Sysctl: String] = [:],
        partialListeners: [PartialListener] = [], contradictions: [Contradiction] = [],
        rulesets: [RulesetText] = [],
        namespaces: [HostNamespace] = [], verification: PortVerification? = nil,
        system: HostSystem? = nil,
        counters: [KernelCounters] = []
    ) {
        self.hostname = hostname
        self.collected = collected
        self.sources = sources
        self.coverage = coverage
        self.addresses = addresses
        self.listeners = listeners
        self.sysctls = sysctls
        self.partialListeners = partialListeners
        self.contradictions = contradictions
        self.namespaces = namespaces
        self.verification = verification
        self.rulesets = rulesets
        self.system = system
        self.counters = counters
    }

    /// Takes the firewall's rules out, which is then said in the coverage.
    public mutating func removeRulesets() {
        rulesets = []
        sources.removeAll { RulesetText.Kind(rawValue: $0.kind) != nil }
        coverage.removeAll { $0.subject == .firewall }
        coverage.append(.firewallNotRead)
    }

    /// Takes the rules of `firewall` over, and what it could not read of them.
    mutating func take(_ firewall: LiveFirewall) {
        rulesets = firewall.texts
        sources += firewall.texts.map { Source(kind: $0.kind.rawValue, origin: $0.origin) }
        coverage.removeAll { $0 == .firewallNotRead }
        coverage += firewall.gaps.map { CoverageGap(.firewall, reason: $0.explanation) }
    }

    /// One origin of facts in the report.
    public struct Source: Hashable, Sendable {
        /// What kind of source: `sock_diag`, `proc`, or a word of ``ReportFormat``.
        public var kind: String
        /// The file or command read.
        public var origin: String
        /// What became of the rows of a table; nil for what is none.
        public var rows: Rows?

        /// A source of the given parts.
        public init(kind: String, origin: String, rows: Rows? = nil) {
            self.kind = kind
            self.origin = origin
            self.rows = rows
        }

        /// What became of the rows of a table.
        public struct Rows: Hashable, Sendable {
            /// The line at which the table begins, counted from 1.
            public var firstLine: Int
            /// How many rows were understood.
            public var count: Int
            /// How many of those name no listener, by reason.
            public var skipped: [SkippedRow: Int]
            /// How many rows were not understood; each may hide a listener.
            public var unread: Int
            /// The first row that was not understood.
            public var firstUnread: ReportedLine?

            /// Rows of which nothing was passed over.
            public init(
                firstLine: Int, count: Int, skipped: [SkippedRow: Int] = [:], unread: Int = 0,
                firstUnread: ReportedLine? = nil
            ) {
                self.firstLine = firstLine
                self.count = count
                self.skipped = skipped
                self.unread = unread
                self.firstUnread = firstUnread
            }
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
    /// The transport that it is about; nil for both.
    public var transport: Transport?
    /// The family that it is about; nil for both.
    public var family: IPAddress.Family?

    /// Nobody read the firewall's rules.
    static let firewallNotRead = CoverageGap(.firewall, reason: "firewall rules were not read")

    /// A gap of the given parts.
    public init(
        _ subject: Subject, reason: String, transport: Transport? = nil,
        family: IPAddress.Family? = nil
    ) {
        self.subject = subject
        self.reason = reason
        self.transport = transport
        self.family = family
    }

    /// Whether it hides sockets of `transport` that take packets of `family`.
    func concerns(_ transport: Transport, _ family: IPAddress.Family) -> Bool {
        (self.transport ?? transport) == transport && (self.family ?? family) == family
    }
}
