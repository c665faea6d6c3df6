import FoundationEssentials
public import Prober

extension FindingsFile {
    /// The findings file in `bytes`: an object for each target, each on a line of its own, or one
    /// object that may be spread over lines.
    ///
    /// - Throws: ``InputError`` about `source` when they are no such file, or are cut off.
    public init(parsing bytes: [UInt8], source: String) throws(InputError) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"))
            .filter { !$0.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") } }
        self.source = source
        results = []
        let isSpread = lines.count > 1 && !(lines[0].last == UInt8(ascii: "}"))
        if isSpread || lines.isEmpty {
            results.append(try Self.result(in: bytes, source))
        } else {
            for line in lines { results.append(try Self.result(in: Array(line), source)) }
        }
    }

    private static let remedy =
        "Give what `prober check --format json` or `prober reconcile --format json` wrote."

    private static func result(
        in text: [UInt8], _ source: String
    ) throws(InputError) -> RecordedResult {
        do {
            let object = try JSONDecoder().decode(ResultText.self, from: Data(text))
            return object.result
        } catch let problem as ScanLineProblem {
            throw error(problem, source)
        } catch DecodingError.dataCorrupted(let context) where context.codingPath.isEmpty {
            let fault = JSONFault(in: text).error(source, remedy: remedy)
            // What is not JSON at all has a remedy about another file there.
            throw InputError(
                source, line: fault.line, column: fault.column, problem: fault.problem,
                remedy: fault.line == nil ? remedy : fault.remedy)
        } catch {
            throw InputError(
                source, problem: "this is no findings file: \(Self.place(error))", remedy: remedy)
        }
    }

    private static func error(_ problem: ScanLineProblem, _ source: String) -> InputError {
        let text =
            switch problem {
            case .format(let format):
                "the findings file has format \(format), and this version reads "
                    + "\(Reconciliation.format)"
            case .missing(let key): "this is no findings file: \"\(key)\" is missing"
            case .value(let found, let wanted):
                "this is no findings file: \"\(found.shortened)\" is not \(wanted)"
            case .contradiction(let sentence): "this is no findings file: \(sentence)"
            }
        return InputError(source, problem: text, remedy: remedy)
    }

    private static func place(_ error: any Error) -> String {
        func path(_ keys: [any CodingKey]) -> String {
            keys.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "\"\(path(context.codingPath + [key]))\" is missing"
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context), DecodingError.dataCorrupted(let context):
            let place = path(context.codingPath)
            return place.isEmpty
                ? "it is not an object" : "\"\(place)\" has a value of the wrong kind"
        case _: return "it cannot be read"
        }
    }
}

/// What tells a findings file from others, and its parts as they are written.
private struct ResultText: Decodable {
    let result: RecordedResult

    private enum Key: String, CodingKey {
        case type, format, target, scan, from, findings, notes, summary
        case unprobed = "unprobed_listeners"
        case unasked = "unasked_ports"
        case addresses = "uncovered_addresses"
        case ports = "uncovered_ports"
    }

    private struct Scan: Decodable {
        var id: String
        var started: String
        var seed: UInt64
        var vantage: VantageText
    }

    private struct Note: Decodable {
        var text: String
    }

    private struct Unprobed: Decodable {
        var listener: RecordedListenerText
    }

    private struct Unasked: Decodable {
        var transport: String
        var ports: String
    }

    private struct Summary: Decodable {
        var complete: Bool
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        let type = try object.decodeIfPresent(String.self, forKey: .type)
        guard type == "reconciliation" else {
            throw ScanLineProblem.value(type ?? "", "the type \"reconciliation\"")
        }
        let format = try object.decode(Int.self, forKey: .format)
        guard format == Reconciliation.format else { throw ScanLineProblem.format(format) }
        let scan = try object.decodeIfPresent(Scan.self, forKey: .scan)
        var unasked = PortSpec()
        for part in try object.decode([Unasked].self, forKey: .unasked) {
            let transport = try RecordedFindingText.transport(part.transport)
            unasked[transport] = unasked[transport].union(try ScanLine.ports(part.ports))
        }
        result = RecordedResult(
            target: try object.decodeIfPresent(String.self, forKey: .target),
            scan: try scan.map { scan in
                Reconciliation.Scan(
                    id: scan.id, started: scan.started, seed: scan.seed,
                    vantage: try scan.vantage.vantage())
            },
            assumedVantage: try object.decodeIfPresent(VantageText.self, forKey: .from)?.vantage(),
            findings: try object.decode([RecordedFindingText].self, forKey: .findings).map(
                \.finding),
            notes: try object.decode([Note].self, forKey: .notes).map(\.text),
            unprobedListeners: try object.decode([Unprobed].self, forKey: .unprobed)
                .map(\.listener.listener),
            unaskedPorts: unasked,
            uncoveredAddresses: try object.decode([String].self, forKey: .addresses)
                .map { try RecordedFindingText.range($0) },
            uncoveredPorts: try object.decode(String.self, forKey: .ports),
            isComplete: try object.decode(Summary.self, forKey: .summary).complete)
    }
}
