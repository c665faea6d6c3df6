import Prober

// What the JSON of a reconciliation has for one finding.

struct FindingText: Encodable {
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
    var forwardedTo: ForwardTargetText?
    var counterpart: CounterpartText?
    var receipts: [ReceiptText]?

    init(_ finding: Finding, on host: RemedyHost) {
        verdict = finding.verdict.rawValue
        supplement = finding.isSupplement ? true : nil
        predicted = finding.isPredicted ? true : nil
        tentative = finding.isTentative ? true : nil
        forwardedTo = finding.target.map { ForwardTargetText($0) }
        counterpart = finding.counterpart.map { CounterpartText($0) }
        receipts = finding.receipts.isEmpty ? nil : finding.receipts.map { ReceiptText($0) }
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

struct ActionText: Encodable {
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
struct ForwardTargetText: Encodable {
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
struct CounterpartText: Encodable {
    var address: String
    var vantage: VantageText?
    var verdict: String
    var evidence: [EvidenceText]
    var firewall: FirewallText

    init(_ other: Finding.Counterpart) {
        address = other.address.description
        vantage = other.vantage.map { VantageText($0) }
        verdict = other.verdict.rawValue
        evidence = (other.sighting?.evidence ?? []).map { EvidenceText($0) }
        firewall = FirewallText(other.firewall)
    }
}

struct FirewallText: Encodable {
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
