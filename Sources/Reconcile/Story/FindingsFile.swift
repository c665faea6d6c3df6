public import Prober

/// A findings file, as `prober check` and `prober reconcile` write it with `--format json`.
public struct FindingsFile: Hashable, Sendable {
    /// The file as the user named it.
    public var source: String
    /// What was found about each target, in the order of the file; at least one.
    public var results: [RecordedResult]
}

/// What was found about one target, as far as its file tells.
public struct RecordedResult: Hashable, Sendable {
    /// What the owner calls the target; nil where it was judged without a target file.
    public var target: String?
    /// The scan that was judged; nil where there was none.
    public var scan: Reconciliation.Scan?
    /// Where packets were taken to come from, where none were sent and the rules were followed.
    public var assumedVantage: Vantage?
    /// The findings.
    public var findings: [RecordedFinding]
    /// What holds for the host as a whole, a sentence each.
    public var notes: [String]
    /// Listeners that no probe could have reached.
    public var unprobedListeners: [Listener]
    /// Ports that were declared open and that nobody asked about.
    public var unaskedPorts: PortSpec
    /// Addresses of the target that no scan has.
    public var uncoveredAddresses: [AddressRange]
    /// Ports that the target asks to probe and that no scan has.
    public var uncoveredPorts: String
    /// Whether the scan ended and probed every endpoint.
    public var isComplete: Bool

    /// Where its packets came from, or were taken to.
    public var vantage: Vantage? { scan?.vantage ?? assumedVantage }
}

/// One finding of a file.
///
/// Words that a later version may add to are kept as they stand.
public struct RecordedFinding: Hashable, Sendable {
    /// Its code and its name.
    public var code: String
    /// The name that goes with the code.
    public var name: String
    /// What comes of comparing the views, as one word; empty when the file does not tell.
    public var verdict: String
    /// The address; a range only for endpoints that were never probed.
    public var addresses: AddressRange
    /// The transport.
    public var transport: Transport
    /// The ports.
    public var ports: PortSet
    /// The states that were seen: one, or several when repeated probes disagree.
    public var states: [PortState]
    /// What was seen; empty when nothing was asked.
    public var evidence: [Evidence]
    /// The fewest packets that asked any of the ports.
    public var attempts: UInt16
    /// What the host says of who listens: `listening`, `none`, `unknown` and others.
    public var view: String
    /// Why that is not known.
    public var doubts: [String]
    /// The sockets that have the port, whether they take what comes there or not.
    public var listeners: [Listener]
    /// What the host's rules do.
    public var firewall: Firewall
    /// What became of the probes on the host, some sentences for each receipt.
    public var receipts: [String]
    /// What was declared.
    public var policy: Declaration
    /// How it counts: `fail`, `warn`, `inconclusive`, `info` or `pass`.
    public var result: String
    /// How bad it is.
    public var severity: String
    /// What was found, as a sentence.
    public var explanation: String
    /// How it may have come about, a sentence each.
    public var causes: [String]
    /// What to do, in order.
    public var actions: [Advice]
    /// Whether it adds to what another finding says of the same ports.
    public var isSupplement: Bool
    /// Whether no packet was sent, and the rules stand for what would be seen.
    public var isPredicted: Bool

    /// Something to do.
    public struct Advice: Hashable, Sendable {
        /// What, as a sentence.
        public var text: String
        /// How: commands and lines to write, each with its note.
        public var steps: [String]
    }

    /// What the host's rules do with a packet to it.
    public struct Firewall: Hashable, Sendable {
        /// `accept`, `drop`, `reject`, `translate` or `undecided`.
        public var outcome: String
        /// Why that is not decided.
        public var reasons: [String]
        /// What the sender gets of a reject.
        public var reject: String?
        /// Where a translation sends it.
        public var target: String?
        /// The rules that lead there, the one that decides last.
        public var rules: [Rule]

        /// A rule and where it stands.
        public struct Rule: Hashable, Sendable {
            /// The family of its table.
            public var family: String
            /// The table.
            public var table: String
            /// The chain.
            public var chain: String
            /// The rule as its administrator would write it.
            public var text: String
        }
    }

    /// What was declared of it.
    public struct Declaration: Hashable, Sendable {
        /// `open`, `closed`, `undeclared` or `undecided`.
        public var stance: String
        /// Why.
        public var reason: String?
        /// Where it is written.
        public var location: String?
        /// Who may hold the ports.
        public var holders: [String]
        /// The last day on which it holds.
        public var until: String?
        /// The exception that held until its last day was over, as a phrase.
        public var lapsed: String?
    }
}
