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

private struct ReconciliationText: Encodable {
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

private struct VantageText: Encodable {
    var name: String
    var addresses: [String]

    init(_ vantage: Vantage) {
        name = vantage.name
        addresses = vantage.addresses.map(\.description)
    }
}

private struct ScanText: Encodable {
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

private struct SummaryText: Encodable {
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

private struct NoteText: Encodable {
    var code: String?
    var text: String
}

private struct UnprobedText: Encodable {
    var listener: ListenerText
    var missing: String
    var undecided: Bool
}

private struct UnaskedText: Encodable {
    var transport: String
    var ports: String
    var location: String?
    var reason: String?
}

private struct FindingText: Encodable {
    var code: String
    var name: String
    var address: String
    var transport: String
    var port: UInt16?
    var ports: String
    var count: UInt128
    var outside: OutsideText
    var listener: ViewText
    var firewall: FirewallText
    var policy: PolicyText
    var result: String
    var severity: String
    var explanation: String
    var causes: [String]
    var actions: [ActionText]
    var verdict: String
    /// Adds to another finding, so that its endpoints are not counted.
    var supplement: Bool?
    var predicted: Bool?
    var tentative: Bool?
    var forwardedTo: TargetText?
    var counterpart: CounterpartText?

    init(_ finding: Finding, on host: RemedyHost) {
        verdict = finding.verdict.rawValue
        supplement = finding.isSupplement ? true : nil
        predicted = finding.isPredicted ? true : nil
        tentative = finding.isTentative ? true : nil
        forwardedTo = finding.target.map { TargetText($0) }
        counterpart = finding.counterpart.map { CounterpartText($0) }
        code = finding.code.rawValue
        name = finding.code.name
        address = finding.addresses.description
        transport = finding.transport.rawValue
        port = finding.ports.count == 1 ? finding.ports[0] : nil
        ports = finding.ports.description
        count = finding.endpointCount
        outside = OutsideText(finding)
        listener = ViewText(finding.inside)
        firewall = FirewallText(finding.firewall)
        policy = PolicyText(finding.stance)
        result = finding.result.rawValue
        severity = finding.severity.rawValue
        explanation = finding.explanation
        causes = finding.causes.map(\.explanation)
        actions = finding.remedies(on: host).map { ActionText($0) }
    }
}

private struct ActionText: Encodable {
    struct StepText: Encodable {
        var command: String?
        var shell: String?
        var file: String?
        var line: String?
        var note: String?

        init(_ step: Remedy.Step) {
            note = step.note
            switch step.deed {
            case .run(let command):
                self.command = command.text
                shell = command.shell.rawValue
            case .write(let line, let file):
                self.line = line
                self.file = file
            }
        }
    }

    var kind: String
    var text: String
    var steps: [StepText]

    init(_ remedy: Remedy) {
        kind = remedy.action.kind
        text = remedy.explanation
        steps = remedy.steps.map { StepText($0) }
    }
}

/// Who is where the rules send packets.
private struct TargetText: Encodable {
    var address: String?
    var port: UInt16
    var place: String
    var namespace: String?
    var listeners: [ListenerText]

    init(_ target: ForwardTarget) {
        address = target.destination.address?.description
        port = target.port
        listeners = target.listeners.map { ListenerText($0) }
        switch target.place {
        case .here: place = "host"
        case .loopback: place = "loopback"
        case .namespace(let known, _):
            place = "namespace"
            namespace = known.name
        case .nothing(let known):
            place = "nothing"
            namespace = known?.name
        case .unknown: place = "unknown"
        }
    }
}

/// The same ports seen in another way.
private struct CounterpartText: Encodable {
    var address: String
    var vantage: VantageText?
    var verdict: String
    var evidence: [EvidenceOutput]
    var firewall: FirewallText

    init(_ other: Finding.Counterpart) {
        address = other.address.description
        vantage = other.vantage.map { VantageText($0) }
        verdict = other.verdict.rawValue
        evidence = (other.sighting?.evidence ?? []).map { EvidenceOutput($0) }
        firewall = FirewallText(other.firewall)
    }
}

private struct FirewallText: Encodable {
    struct RuleText: Encodable {
        var family: String
        var table: String
        var chain: String
        var handle: UInt64?
        var line: Int?
        var text: String

        init(_ rule: RuleReference) {
            family = rule.family.rawValue
            table = rule.table
            chain = rule.chain
            text = rule.text
            switch rule.place {
            case .handle(let handle): self.handle = handle
            case .line(let line): self.line = line
            case nil: break
            }
        }
    }

    var outcome: String
    var reasons: [String]?
    var reject: String?
    var to: String?
    var rules: [RuleText]?

    init(_ view: FirewallView) {
        switch view {
        case .undecided(let reasons):
            outcome = "undecided"
            self.reasons = reasons.map(\.word)
        case .decided(let action, let rules):
            outcome = action.word
            self.rules = rules.map { RuleText($0) }
            switch action {
            case .reject(let rejection): reject = rejection.word
            case .translate(let target): to = "\(target)"
            case .accept, .drop, .undecided: break
            }
        }
    }
}

private struct PolicyText: Encodable {
    struct LapsedText: Encodable {
        var declared: String
        var until: String
        var reason: String?
        var location: String?

        init(_ lapsed: LapsedException) {
            declared = lapsed.isOpen ? "open" : "closed"
            until = lapsed.until.description
            reason = lapsed.reason
            location = lapsed.location
        }
    }

    var stance: String
    var reason: String?
    var location: String?
    var by: [String]?
    var until: String?
    var lapsed: LapsedText?

    init(_ stance: Policy.Stance) {
        lapsed = stance.lapsed.map { LapsedText($0) }
        switch stance {
        case .open(let expectation):
            self.stance = "open"
            by = expectation.holders.isEmpty ? nil : expectation.holders.map(\.description)
            until = expectation.until?.description
            reason = expectation.reason
            location = expectation.location
        case .closed(let expectation):
            self.stance = expectation.isRest ? "undeclared" : "closed"
            reason = expectation.reason
            location = expectation.location
        case .undeclared: self.stance = "undeclared"
        case .undecided(let expectation):
            self.stance = "undecided"
            reason = expectation.reason
            location = expectation.location
        }
    }
}

private struct OutsideText: Encodable {
    var states: [String]
    var evidence: [EvidenceOutput]
    var attempts: UInt16

    init(_ finding: Finding) {
        states = finding.states.map(\.rawValue)
        evidence = (finding.sighting?.evidence ?? []).map { EvidenceOutput($0) }
        attempts = finding.sighting?.attempts ?? 0
    }
}

/// Evidence with the same keys as in a scan file.
private struct EvidenceOutput: Encodable {
    var kind: String
    var icmpType: UInt8?
    var icmpCode: UInt8?
    var reporter: String?
    var service: String?
    var reason: String?
    var controls: String?
    var call: String?
    var errno: String?

    init(_ evidence: Evidence) {
        switch evidence {
        case .handshake: kind = "handshake"
        case .reset: kind = "reset"
        case .reply(let known):
            kind = "reply"
            service = known?.rawValue
        case .silence: kind = "silence"
        case .unanswered(let silence):
            kind = "silence"
            reason = silence.reason?.rawValue
            controls = silence.controls.rawValue
        case .icmp(let error, let address):
            kind = "icmp"
            icmpType = error.type
            icmpCode = error.code
            reporter = address.description
        case .localFailure(let failure):
            kind = "local-failure"
            reason = LocalFailureReason(failure).rawValue
            switch failure {
            case .system(let name, let error):
                call = name.rawValue
                errno = error.symbol
            case .rejectedHere(let error):
                icmpType = error.type
                icmpCode = error.code
            case .selfConnect, .interrupted: break
            }
        }
    }
}

private struct ViewText: Encodable {
    var view: String
    var reasons: [String]?
    var listeners: [ListenerText]

    init(_ inside: ListenerView) {
        listeners = inside.listeners.map { ListenerText($0) }
        switch inside {
        case .listening: view = "listening"
        case .loopbackOnly: view = "loopback-only"
        case .inNamespace: view = "other-namespace"
        case .elsewhere: view = "elsewhere"
        case .none: view = "none"
        case .unknown(let doubts, _):
            view = "unknown"
            reasons = doubts.map(\.explanation)
        case .changed: view = "changed"
        }
    }
}

private struct ListenerText: Encodable {
    var transport: String
    var family: String
    var address: String
    var port: UInt16
    var device: String?
    var owners: [OwnerText]
    var unit: String?
    var container: String?
    var namespace: String?

    init(_ listener: Listener) {
        transport = listener.transport.rawValue
        family = listener.family.rawValue
        address = listener.address.description
        port = listener.port
        device = listener.device
        owners = listener.owners.map {
            OwnerText(pid: $0.pid, name: $0.name, user: $0.user, command: $0.command)
        }
        unit = listener.unit
        container = listener.container
        namespace = listener.namespace
    }
}

private struct OwnerText: Encodable {
    var pid: Int32
    var name: String
    var user: String?
    var command: String?
}
