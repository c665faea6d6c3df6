import FoundationEssentials
import Prober

extension Reconciliation {
    /// The number of the format that ``json(target:failing:)`` writes.
    public static let format = 1

    /// The reconciliation as one line of JSON, as `docs/file-formats.md` describes it.
    ///
    /// Characters that could change a terminal, or hide or reorder text, are written as escapes.
    /// `rule` says what is a failure; the conclusion is by it.
    public func json(target: String? = nil, failing rule: FailureRule = .policy) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Every value below is a text, a whole number or a truth value: encoding cannot fail.
        let data = (try? encoder.encode(ReconciliationText(self, target, failing: rule))) ?? Data()
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 1)
        for scalar in String(decoding: data, as: UTF8.self).unicodeScalars {
            if scalar.isDeceptive {
                bytes += scalar.jsonEscape.utf8
            } else {
                bytes += UTF8.encode(scalar) ?? UTF8.EncodedScalar()
            }
        }
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }
}

struct ReconciliationText: Encodable {
    var type = "reconciliation"
    var format = Reconciliation.format
    var target: String?
    var mode: String
    var scan: ScanText?
    var from: VantageText?
    var findings: [FindingText]
    var notes: [NoteText]
    var unprobedListeners: [UnprobedText]
    var unaskedPorts: [UnaskedText]
    var uncoveredAddresses: [String]
    var uncoveredPorts: String
    var summary: SummaryText

    init(_ whole: Reconciliation, _ target: String?, failing rule: FailureRule) {
        self.target = target
        scan = whole.scan.map { ScanText($0) }
        switch whole.mode {
        case .observed: mode = "observed"
        case .predicted(let vantage):
            mode = "predicted"
            from = VantageText(vantage)
        }
        findings = whole.findings.map { FindingText($0, on: whole.remedyHost) }
        notes = whole.notes.map { NoteText(code: $0.code?.rawValue, text: $0.explanation) }
        unprobedListeners = whole.unprobedListeners.map {
            UnprobedText(
                listener: ListenerText($0.listener), missing: $0.missing.rawValue,
                undecided: $0.isOpenQuestion)
        }
        unaskedPorts = whole.unaskedPorts.map {
            UnaskedText(
                transport: $0.transport.rawValue, ports: $0.ports.description,
                location: $0.expectation.location, reason: $0.expectation.reason)
        }
        uncoveredAddresses = whole.uncoveredAddresses.ranges.map(\.description)
        uncoveredPorts = whole.uncoveredPorts.description
        summary = SummaryText(whole, failing: rule)
    }
}

struct ScanText: Encodable {
    var id: String
    var started: String
    var seed: UInt64
    var vantage: VantageText

    init(_ scan: Reconciliation.Scan) {
        id = scan.id
        started = scan.started
        seed = scan.seed
        vantage = VantageText(scan.vantage)
    }
}

struct SummaryText: Encodable {
    var complete: Bool
    var conclusion: String
    var requested: UInt128
    var endpoints: [String: UInt128]
    var findings: [String: Int]
    var unlocated: UInt128

    init(_ whole: Reconciliation, failing rule: FailureRule) {
        complete = whole.isComplete
        conclusion = whole.conclusion(failing: rule).word
        requested = whole.requestedCount
        endpoints = [:]
        findings = [:]
        for result in FindingResult.allCases {
            endpoints[result.rawValue] = whole.endpointCount(result)
            findings[result.rawValue] = whole.findingCount(result)
        }
        unlocated = whole.unlocatedCount
    }
}

struct NoteText: Encodable {
    var code: String?
    var text: String
}

struct UnprobedText: Encodable {
    var listener: ListenerText
    var missing: String
    var undecided: Bool
}

struct UnaskedText: Encodable {
    var transport: String
    var ports: String
    var location: String?
    var reason: String?
}
