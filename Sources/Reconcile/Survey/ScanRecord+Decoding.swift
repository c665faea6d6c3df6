import FoundationEssentials
import Prober
import SystemPackage

/// A line of a scan file as it is read: a record, or one of a type that later versions added.
struct ScanLine: Decodable {
    /// The record; nil for a type that is not known here.
    let record: ScanRecord?

    private enum Key: String, CodingKey {
        case type, format, id, started, vantage, seed, plan, address, transport, port, ports, count
        case state, evidence, attempts, time, complete, totals, probes, datagrams
        case open, first, last, hosts, answered, silent, lost, confidence, traces, ended
        case roundTrip = "rtt_us"
        case notTested = "not_tested"
        case elapsed = "elapsed_s"
    }

    init(from decoder: any Decoder) throws {
        let line = try decoder.container(keyedBy: Key.self)
        switch try line.decode(String.self, forKey: .type) {
        case "scan": record = .scan(try Self.header(line))
        case "result": record = try Self.result(line)
        case "group": record = .group(try Self.group(line))
        case "path": record = .path(try Self.path(line))
        case "decoys":
            record = .decoys(
                DecoyFacts(
                    address: try Self.address(line.decode(String.self, forKey: .address)),
                    ports: try Self.ports(line.decode(String.self, forKey: .ports)),
                    open: try line.decode(Int.self, forKey: .open)))
        case "wire": record = .wire(try WireGroupText(from: decoder).group())
        case "capture": record = .capture(try CaptureFactsText(from: decoder).facts())
        case "end": record = .end(try Self.ending(line))
        case _: record = nil
        }
    }

    private static func header(
        _ line: KeyedDecodingContainer<Key>
    ) throws -> ScanRecord.Header {
        let format = try line.decode(Int.self, forKey: .format)
        guard format == ScanRecord.format else { throw ScanLineProblem.format(format) }
        var header = ScanRecord.Header(
            id: try line.decode(String.self, forKey: .id),
            started: try line.decode(String.self, forKey: .started),
            vantage: try line.decode(VantageText.self, forKey: .vantage).vantage(),
            seed: try line.decode(UInt64.self, forKey: .seed),
            plan: try line.decode(PlanText.self, forKey: .plan).plan)
        header.traces = try line.decodeIfPresent(TracesText.self, forKey: .traces)?.traces
        return header
    }

    private static func result(_ line: KeyedDecodingContainer<Key>) throws -> ScanRecord {
        let target = try address(line.decode(String.self, forKey: .address))
        let transport = try transport(line)
        let evidence = try evidence(line, over: transport, at: target)
        return .result(
            Endpoint(target, transport, try line.decode(UInt16.self, forKey: .port)), evidence,
            attempts: try attempts(line, of: evidence),
            roundTrip: try roundTrip(line),
            time: try line.decodeIfPresent(String.self, forKey: .time))
    }

    private static func group(_ line: KeyedDecodingContainer<Key>) throws -> ObservationGroup {
        let target = try address(line.decode(String.self, forKey: .address))
        let transport = try transport(line)
        let text = try line.decode(String.self, forKey: .ports)
        let ports = try ports(text)
        guard ports.count == (try line.decode(Int.self, forKey: .count)) else {
            throw ScanLineProblem.contradiction(
                "\"count\" is not the number of ports in \"\(text)\"")
        }
        let evidence = try evidence(line, over: transport, at: target)
        return ObservationGroup(
            target, transport, ports, evidence, attempts: try attempts(line, of: evidence),
            roundTrip: try roundTrip(line))
    }

    private static func path(_ line: KeyedDecodingContainer<Key>) throws -> PathFacts {
        PathFacts(
            first: try address(line.decode(String.self, forKey: .first)),
            last: try address(line.decode(String.self, forKey: .last)),
            hosts: try line.decode(UInt128.self, forKey: .hosts),
            answered: try line.decode(Int.self, forKey: .answered),
            silent: try line.decode(Int.self, forKey: .silent),
            lost: try line.decode(UInt64.self, forKey: .lost), roundTrip: try roundTrip(line),
            confidence: try line.decodeIfPresent(Double.self, forKey: .confidence))
    }

    private static func ending(
        _ line: KeyedDecodingContainer<Key>
    ) throws -> ScanRecord.Ending {
        let numbers = try line.decode([String: UInt128].self, forKey: .totals)
        guard let requested = numbers["requested"] else {
            throw ScanLineProblem.missing("totals.requested")
        }
        var counts: [PortState: UInt128] = [:]
        for state in PortState.allCases {
            guard let count = numbers[state.rawValue] else {
                throw ScanLineProblem.missing("totals.\(state.rawValue)")
            }
            counts[state] = count
        }
        let totals = SurveyTotals(requested: requested, counts: counts)
        guard totals.sum == requested else {
            throw ScanLineProblem.contradiction(
                "the totals add up to \(totals.sum), but the scan is of "
                    + requested.counting("endpoint"))
        }
        let reasons = try line.decodeIfPresent([String: UInt128].self, forKey: .notTested) ?? [:]
        var notTested: [LocalFailureReason: UInt128] = [:]
        for (word, count) in reasons {
            notTested[LocalFailureReason(rawValue: word) ?? .failed, default: 0] &+= count
        }
        let elapsed = try line.decode(Double.self, forKey: .elapsed)
        guard (0...1e12).contains(elapsed) else {
            throw ScanLineProblem.value("\(elapsed)", "a number of seconds")
        }
        var ending = ScanRecord.Ending(
            isComplete: try line.decode(Bool.self, forKey: .complete), totals: totals,
            notTested: notTested, probeCount: try line.decode(UInt64.self, forKey: .probes),
            datagrams: try line.decodeIfPresent(DatagramFactsText.self, forKey: .datagrams)?.facts,
            elapsed: .microseconds(Int64((elapsed * 1_000_000).rounded())))
        ending.ended = try line.decodeIfPresent(String.self, forKey: .ended)
        return ending
    }

    private static func transport(_ line: KeyedDecodingContainer<Key>) throws -> Transport {
        let text = try line.decode(String.self, forKey: .transport)
        guard let transport = Transport(rawValue: text) else {
            throw ScanLineProblem.value(text, "a transport, tcp or udp")
        }
        return transport
    }

    /// How many packets asked; none only where the probe failed on this side.
    private static func attempts(
        _ line: KeyedDecodingContainer<Key>, of evidence: Evidence
    ) throws -> UInt16 {
        let attempts = try line.decode(UInt16.self, forKey: .attempts)
        guard attempts > 0 || evidence.needsNoAttempt else {
            throw ScanLineProblem.contradiction("\"attempts\" is 0, but something was seen")
        }
        return attempts
    }

    private static func roundTrip(_ line: KeyedDecodingContainer<Key>) throws -> Duration? {
        try line.decodeIfPresent(UInt32.self, forKey: .roundTrip).map { .microseconds(Int64($0)) }
    }

    /// The evidence, after making sure that it proves the state that the line names.
    private static func evidence(
        _ line: KeyedDecodingContainer<Key>, over transport: Transport, at target: IPAddress
    ) throws -> Evidence {
        let evidence = try line.decode(EvidenceText.self, forKey: .evidence).evidence(at: target)
        let stated = try line.decode(String.self, forKey: .state)
        let proved = PortState(explaining: evidence, over: transport, at: target)
        guard stated == proved.rawValue else {
            throw ScanLineProblem.contradiction(
                "the state is \"\(stated)\", but the evidence proves \"\(proved.rawValue)\"")
        }
        return evidence
    }

    static func address(_ text: String) throws(ScanLineProblem) -> IPAddress {
        guard let address = IPAddress(text) else { throw .value(text, "an IP address") }
        return address
    }

    static func ports(_ text: String) throws(ScanLineProblem) -> PortSet {
        var ranges: [ClosedRange<UInt16>] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = item.split(separator: "-", omittingEmptySubsequences: false)
                .map { UInt16(decimal: $0) }
            guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1],
                low <= high
            else { throw .value(text, "ports, as in 22,80,8000-8100") }
            ranges.append(low...high)
        }
        return PortSet(ranges)
    }
}

/// What is wrong with a line that is well-formed JSON.
enum ScanLineProblem: Error {
    case format(Int)
    case missing(String)
    case value(String, String)
    case contradiction(String)
}

extension Evidence {
    /// Whether it can come of a probe that sent nothing.
    var needsNoAttempt: Bool {
        switch self {
        case .localFailure: true
        // Of a host without a neighbour it is known without asking.
        case .icmp(let error, _): error.isHostUnreachable
        case .handshake, .exchange, .reset, .reply, .silence, .unanswered: false
        }
    }
}

/// What happened beside the outcomes, as it is written.
private struct DatagramFactsText: Decodable {
    var facts: DatagramFacts

    private enum Key: String, CodingKey {
        case controls, resent, unexpected
        case controlsAnswered = "controls_answered"
        case wrongToken = "wrong_token"
        case kernelDrops = "kernel_drops"
        case sourcePorts = "source_ports"
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        func count(_ key: Key) throws -> UInt64 { try object.decode(UInt64.self, forKey: key) }
        facts = DatagramFacts()
        facts.controls = try count(.controls)
        facts.controlsAnswered = try count(.controlsAnswered)
        facts.resent = try count(.resent)
        facts.unexpected = try count(.unexpected)
        facts.wrongToken = try count(.wrongToken)
        facts.kernelDrops = try count(.kernelDrops)
        let ports = try object.decodeIfPresent(String.self, forKey: .sourcePorts)
        facts.sourcePorts = try ports.map(ScanLine.ports) ?? PortSet()
    }
}
