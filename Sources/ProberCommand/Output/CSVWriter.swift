import Prober
import Reconcile

/// What a scan finds, as comma-separated values (RFC 4180): a header, and an endpoint on a row as soon
/// as it is known.
///
/// Rows are for what is open or may be, as `nmap --open` has it; for every endpoint when asked.
struct CSVWriter: ScanWriter {
    private let isEach: Bool
    private let start: ScanStart
    private let services: ServiceTable
    private var bytes: [UInt8] = []

    /// The names of the columns.
    static let header = [
        "address", "transport", "port", "state", "name", "evidence", "detail", "reporter",
        "attempts", "rtt_us", "time",
    ]

    /// Rows of a scan that began at `start`, of every endpoint when `isEach`.
    init(
        each isEach: Bool, start: ScanStart, services: ServiceTable = InputFile.services()
    ) {
        self.isEach = isEach
        self.start = start
        self.services = services
        bytes += Self.row(Self.header).utf8
    }

    mutating func add(_ known: ResumableScan, write: ([UInt8]) throws -> Void) throws {
        try known.forEachRow { record in
            switch record {
            case .result(let endpoint, let evidence, let attempts, let roundTrip, let time):
                add(endpoint, evidence, attempts: attempts, roundTrip: roundTrip, time: time)
            case .group(let group):
                for port in group.ports {
                    add(
                        Endpoint(group.address, group.transport, port), group.evidence,
                        attempts: group.attempts, roundTrip: group.roundTrip, time: nil)
                }
            case .scan, .path, .decoys, .wire, .capture, .end: break
            }
            if bytes.count >= 65_536 { try write(takeBytes()) }
        }
    }

    mutating func add(_ batch: [Observation], elapsed: Duration) {
        let start = start
        for observation in batch {
            add(
                observation.endpoint, observation.evidence, attempts: observation.attempts,
                roundTrip: observation.roundTrip, time: start.text(at: observation.sentAt))
        }
    }

    mutating func end(
        _ tally: ScanTally, elapsed: Duration, write: ([UInt8]) throws -> Void
    ) {}

    mutating func takeBytes() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    private mutating func add(
        _ endpoint: Endpoint, _ evidence: Evidence, attempts: UInt16, roundTrip: Duration?,
        time: @autoclosure () -> String?
    ) {
        let state = PortState(
            explaining: evidence, over: endpoint.transport, at: endpoint.address)
        guard isEach || state.mayBeOpen else { return }
        let words = EvidenceWords(evidence)
        bytes +=
            Self.row([
                endpoint.address.description, endpoint.transport.rawValue, "\(endpoint.port)",
                state.rawValue, services.name(of: endpoint.port, over: endpoint.transport) ?? "",
                words.kind, words.detail, words.reporter, "\(attempts)",
                roundTrip.map { "\($0.wholeMicroseconds)" } ?? "", time() ?? "",
            ]).utf8
    }

    /// The cells as a row with its line end.
    static func row(_ cells: [String]) -> String {
        cells.map(cell).joined(separator: ",") + "\r\n"
    }

    /// One cell: quoted where RFC 4180 says so, and defused where a spreadsheet would take it for a
    /// formula.
    static func cell(_ text: String) -> String {
        let first = text.unicodeScalars.first
        let isFormula = first.map { "=+-@\t\r".unicodeScalars.contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        let needsQuotes = safe.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
        guard needsQuotes else { return safe }
        // Readers go by code points: a quote with a combining mark behind it is a quote to them.
        let doubled = safe.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
        return "\"" + doubled + "\""
    }
}

extension PortState {
    /// Whether the endpoint is open, or silence leaves that open.
    fileprivate var mayBeOpen: Bool {
        switch self {
        case .open, .openOrFiltered: true
        case .closed, .filtered, .notTested: false
        }
    }
}

/// Evidence in the words of a scan file, a cell each.
private struct EvidenceWords {
    let kind: String
    var detail = ""
    var reporter = ""

    init(_ evidence: Evidence) {
        switch evidence {
        case .handshake: kind = "handshake"
        case .exchange(let exchange):
            kind = "handshake"
            detail = exchange.rawValue
        case .reset: kind = "reset"
        case .silence: kind = "silence"
        case .unanswered(let silence):
            kind = "silence"
            detail = silence.reason?.rawValue ?? ""
        case .reply(let service):
            kind = "reply"
            detail = service?.rawValue ?? ""
        case .icmp(let error, let from):
            kind = "icmp"
            detail = "\(error.type)/\(error.code)"
            reporter = from.description
        case .localFailure(let failure):
            kind = "local-failure"
            detail = LocalFailureReason(failure).rawValue
        }
    }
}
