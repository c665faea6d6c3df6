import Prober

// What the JSON of a finding has of each view: outside, listener, policy.

struct PolicyText: Encodable {
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

struct OutsideText: Encodable {
    var states: [String]
    var evidence: [EvidenceText]
    var attempts: UInt16

    init(_ finding: Finding) {
        states = finding.states.map(\.rawValue)
        evidence = (finding.sighting?.evidence ?? []).map { EvidenceText($0) }
        attempts = finding.sighting?.attempts ?? 0
    }
}

struct ViewText: Encodable {
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

struct ListenerText: Encodable {
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

struct OwnerText: Encodable {
    var pid: Int32
    var name: String
    var user: String?
    var command: String?
}
