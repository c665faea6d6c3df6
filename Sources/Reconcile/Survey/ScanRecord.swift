import FoundationEssentials
public import Prober

/// One line of a scan file.
public enum ScanRecord: Hashable, Sendable {
    /// The first line: who asked what from where.
    case scan(Header)
    /// One endpoint in a row of its own, as every open one has.
    case result(Endpoint, Evidence, attempts: UInt16, roundTrip: Duration?, time: String?)
    /// Endpoints of one address that were all seen alike.
    ///
    /// Groups add up: several of one address and state may occur in a file.
    case group(ObservationGroup)
    /// What was found out about the way to a host; after all rows.
    case path(PathFacts)
    /// What random ports of a host with an open one did; after all rows.
    case decoys(DecoyFacts)
    /// What was seen on the wire of endpoints of one address; after all rows.
    ///
    /// Groups add up, and an endpoint may be in several.
    case wire(WireGroup)
    /// How a capture beside the scan went; after all rows.
    case capture(CaptureFacts)
    /// The last line: how the scan ended.
    case end(Ending)

    /// The number of the format that is written, and the only one that is read.
    public static let format = 1

    /// Who asked what from where.
    public struct Header: Hashable, Sendable {
        /// What tells this scan from every other.
        public var id: String
        /// When the scan began, as RFC 3339 text in UTC.
        public var started: String
        /// Where the probes come from.
        public var vantage: Vantage
        /// The seed of the probe order.
        public var seed: UInt64
        /// What is asked.
        public var plan: SurveyPlan
        /// What probes can be known by on the host; nil in files that do not say it.
        public var traces: ProbeTraces?

        /// A header of the given parts.
        public init(
            id: String, started: String, vantage: Vantage, seed: UInt64, plan: SurveyPlan
        ) {
            self.id = id
            self.started = started
            self.vantage = vantage
            self.seed = seed
            self.plan = plan
        }
    }

    /// How a scan ended, and what it adds up to.
    public struct Ending: Hashable, Sendable {
        /// Whether every endpoint was probed.
        public var isComplete: Bool
        /// How many endpoints have each state; they add up to what was requested.
        public var totals: SurveyTotals
        /// Why endpoints were not tested, and how many each.
        public var notTested: [LocalFailureReason: UInt128]
        /// How many packets asked.
        public var probeCount: UInt64
        /// What happened in the UDP part beside its outcomes; nil for a scan without one.
        public var datagrams: DatagramFacts?
        /// How long the scan took; files carry microseconds.
        public var elapsed: Duration
        /// When the scan was over, as RFC 3339 text in UTC; nil in files that do not say it.
        public var ended: String?

        /// An ending of the given parts.
        public init(
            isComplete: Bool, totals: SurveyTotals,
            notTested: [LocalFailureReason: UInt128] = [:], probeCount: UInt64,
            datagrams: DatagramFacts? = nil, elapsed: Duration
        ) {
            self.isComplete = isComplete
            self.totals = totals
            self.notTested = notTested
            self.probeCount = probeCount
            self.datagrams = datagrams
            self.elapsed = elapsed
        }
    }
}

extension ScanRecord {
    /// The row in one line of a scan file, its line feed left out; nil for what is no row in the very
    /// form that is written.
    public init?(row bytes: ArraySlice<UInt8>) {
        guard let record = ScanRowParser.record(in: bytes) else { return nil }
        self = record
    }

    /// The record in one line of a scan file, its line feed left out; nil for what is none, or of a
    /// type that is not known here.
    init?(line bytes: ArraySlice<UInt8>) {
        if let row = Self(row: bytes) {
            self = row
            return
        }
        guard let record = (try? JSONDecoder().decode(ScanLine.self, from: Data(bytes)))?.record
        else { return nil }
        self = record
    }
}

extension ScanRecord {
    /// What a row says, as a group; nil for what is no row.
    public var group: ObservationGroup? {
        switch self {
        case .result(let endpoint, let evidence, let attempts, let roundTrip, _):
            ObservationGroup(
                endpoint.address, endpoint.transport, PortSet(ports: [endpoint.port]), evidence,
                attempts: attempts, roundTrip: roundTrip)
        case .group(let group): group
        case .scan, .path, .decoys, .wire, .capture, .end: nil
        }
    }
}
