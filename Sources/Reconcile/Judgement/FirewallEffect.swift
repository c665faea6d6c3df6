import Prober

/// What the rules do, as far as a verdict asks.
public enum FirewallEffect: String, Hashable, Sendable, CaseIterable {
    case unknown
    case accepts
    /// They accept by a rule that names the port.
    case acceptsByPort
    case drops
    /// They refuse, and what was seen is that refusal.
    case refusesAsSeen
    /// They refuse as a closed port would, and what was seen is that refusal.
    case refusesLikeClosed
    case refusesOtherwise
    /// They send the packet to another address or port, and who is there is not known.
    case translates
    /// They send it to another port or address of this host, where something listens.
    case translatesHere
    /// They send it to where something listens in another namespace of this host.
    case translatesToNamespace
    /// They send it to loopback, where something listens.
    case translatesToLoopback
    /// They send it to where nothing listens.
    case translatesToNothing
    /// They stop it since the scan, because it put its own source into a set.
    case interferes

    /// What `view` comes to where `evidence` was seen; `target` is where it sends the packet.
    init(_ view: FirewallView, seen evidence: [Evidence], target: ForwardTarget? = nil) {
        switch view {
        case .undecided(let reasons):
            let isInterfered = reasons.contains { reason in
                if case .interfered = reason { true } else { false }
            }
            self = isInterfered ? .interferes : .unknown
        case .decided(let action, let rules):
            switch action {
            case .accept: self = rules.contains(where: \.acceptsPort) ? .acceptsByPort : .accepts
            case .drop: self = .drops
            case .translate: self = target.map { FirewallEffect($0.place) } ?? .translates
            case .undecided: self = .unknown
            case .reject(let rejection):
                guard evidence.contains(where: { $0.isOf(rejection) }) else {
                    self = .refusesOtherwise
                    return
                }
                self = rejection.looksClosed ? .refusesLikeClosed : .refusesAsSeen
            }
        }
    }

    /// Whether they let nothing through.
    var isStop: Bool {
        switch self {
        case .drops, .refusesAsSeen, .refusesLikeClosed, .refusesOtherwise: true
        case .unknown, .accepts, .acceptsByPort, .translates, .translatesHere,
            .translatesToNamespace, .translatesToLoopback, .translatesToNothing, .interferes:
            false
        }
    }

    private init(_ place: ForwardTarget.Place) {
        self =
            switch place {
            case .here: .translatesHere
            case .loopback: .translatesToLoopback
            case .namespace: .translatesToNamespace
            case .nothing: .translatesToNothing
            case .unknown: .translates
            }
    }
}

extension Rejection {
    /// Whether scanners that do not read ICMP errors take it for a closed port.
    var looksClosed: Bool {
        switch self {
        case .tcpReset: true
        case .icmp(let error): error.isPortUnreachable
        }
    }
}

extension Evidence {
    /// Whether this is what `rejection` looks like from outside.
    fileprivate func isOf(_ rejection: Rejection) -> Bool {
        switch self {
        case .reset: rejection == .tcpReset
        case .icmp(let error, _): rejection == .icmp(error)
        case .handshake, .exchange, .reply, .silence, .unanswered, .localFailure: false
        }
    }
}
