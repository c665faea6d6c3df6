import Prober

extension Finding {
    /// What was found, as one sentence.
    public var explanation: String {
        if let holdingExplanation { return holdingExplanation }
        let text =
            isPredicted ? "Not probed; by the rules: \(comparison.withSmallInitial)" : comparison
        guard code == .u9 else { return text }
        return text.dropLast()
            + "; whether that is meant depends on where the probes come from, which is not known."
    }

    /// What comes of comparing the views, as one sentence.
    private var comparison: String {
        switch verdict {
        case .exposed:
            switch stance.meaning {
            case .open: "Reachable, as declared."
            case .closed: "Reachable, but declared closed."
            case .undeclared: "Reachable, but not declared."
            case .undecided: "Reachable."
            }
        case .delivered: deliveryExplanation
        case .containedOpen:
            switch stance.meaning {
            case .open, .undeclared, .undecided:
                "Bound to loopback: only this host reaches it."
            case .closed: "Open, but declared closed; only this host reaches it."
            }
        case .neglected:
            isDeclaredOpen
                ? "A connection is completed, as declared, but the program does not serve it."
                : "Reachable and not declared open, though the program serves no connection."
        case .hidden:
            sighting == nil
                ? "Taken, though no list of the host's sockets has it."
                : "Reachable, and no list of the host's sockets has it, though the port is taken."
        case .namespaceExposed: "Reachable: a listener of another network namespace has it."
        case .allOpen:
            "Open, like nearly every other port of the address, which proves nothing of this one."
        case .stalled:
            isDeclaredOpen
                ? "Declared open, but the listener takes nothing more, which looks like a filter."
                : "No answer: the listener takes nothing more, which looks like a filter."
        case .interfered: "The host's rules stop the prober since it scans, so this was not tested."
        case .undetermined: "What would be seen cannot be told."
        case .listenerUndetermined: "Let in, and whether anything listens is not known."
        case .forwardedToNamespace:
            isDeclaredOpen
                ? "Reachable, as declared, in another network namespace of the host."
                : "Reachable in another network namespace, where the host's rules send it."
        case .latent: "A listener takes packets to every address, and only the rules keep them off."
        case .shadowed: "What holds the port never gets the packets: the rules send them past it."
        case .placeholder: "What holds the port only keeps it."
        case .looksClosed:
            "Refused by a rule in a way that looks like a closed port to many scanners."
        case .familyGap:
            "Reachable over \(familyName), and stopped over the other address family."
        case .sourceScoped: "Reachable from here and not from elsewhere, as the rules say."
        case .clientSocket: "A client's socket, which looks like a listener."
        case .heldByKernel: "The kernel itself holds the socket."
        case .ownerless: "No process holds the socket, and nothing in the kernel is known to."
        case .reserved: "The port is kept free of sockets; nothing listens."
        case .boundOrHidden:
            "Taken by a socket that does not listen, or by one that hides: this kernel does not tell."
        case .leaked: "Reachable, though the only listener is bound to loopback."
        case .phantom: phantomExplanation
        case .openUnattributed:
            switch stance.meaning {
            case .open: "Reachable, as declared; who listens is not known."
            case .closed: "Reachable, but declared closed; who listens is not known."
            case .undeclared: "Reachable, but not declared; who listens is not known."
            case .undecided: "Reachable, without knowing who listens."
            }
        case .noService:
            isDeclaredOpen
                ? "Declared open, but \(refusal): nothing listens."
                : "\(refusal.withCapital): nothing listens."
        case .boundElsewhere:
            isDeclaredOpen
                ? "Declared open, but \(refusal): the listener takes nothing to this address."
                : "\(refusal.withCapital): nothing listens for this address."
        case .refusedDespiteListener:
            isDeclaredOpen
                ? "Declared open and listening, but \(refusal)."
                : "\(refusal.withCapital), though a listener takes packets to this address."
        case .refusedUnattributed:
            isDeclaredOpen
                ? "Declared open, but \(refusal); whether anything listens is not known."
                : "\(refusal.withCapital); whether anything listens is not known."
        case .containedShut:
            isDeclaredOpen
                ? "Declared open, but the listener is bound to loopback."
                : "Not reachable: the listener is bound to loopback."
        case .filtered:
            isDeclaredOpen
                ? "Declared open, but filtered; who filters is not known."
                : "Filtered; who filters is not known."
        case .blockedOnTheWay, .blockedBeforeHost:
            isDeclaredOpen
                ? "Declared open, but blocked on the way \(way) the host."
                : "Blocked on the way \(way) the host."
        case .ambiguous: silenceExplanation
        case .unreachable: "No port of the address gave a sign of life, so nothing was tested."
        case .unstable: "The answers or the listeners changed while the scan ran."
        case .openWhileChanging: "Reachable; the listener changed while the scan ran."
        case .openAtTimes: "Reachable at one time and not at another."
        case .bypassed: "Reachable, though the host's rules stop it."
        case .forwarded:
            isDeclaredOpen
                ? "Reachable, as declared, where the host's rules send it."
                : "Reachable where the host's rules send it, and not declared."
        case .filteredAsModelled:
            isDeclaredOpen
                ? "Declared open, but the host's own rules stop it\(confirmation)."
                : "Stopped by the host's own rules\(confirmation)."
        case .contradicted: contradictionExplanation
        case .danglingTranslation:
            "The host's rules send it somewhere else, and nothing answers from there."
        case .blockedElsewhere:
            isDeclaredOpen
                ? "Declared open, and the host's rules let it in, but \(otherFilter) filters it."
                : "The host's rules let it in, and \(otherFilter) filters it."
        case .blockedUpstream:
            isDeclaredOpen
                ? "Declared open, but stopped on the way: the probes never came to the host."
                : "Stopped on the way: the probes never came to the host."
        case .refusedElsewhere:
            isDeclaredOpen
                ? "Declared open, but refused \(foreignRefusal)."
                : "Refused \(foreignRefusal)."
        case .answerLost:
            isDeclaredOpen
                ? "Declared open, and the host answers, but the answer is lost on the way back."
                : "The host answers, and the answer is lost on the way back."
        case .staleAllow:
            isDeclaredOpen
                ? "Declared open and let in by a rule, but nothing listens."
                : "\(refusal.withCapital): nothing listens, though a rule lets it in."
        case .notTested:
            sighting == nil
                ? "Never probed: the scan ended first." : "The probe failed on this side."
        }
    }

    private var familyName: String {
        addresses.first.destination.family == .ipv4 ? "IPv4" : "IPv6"
    }

    var isDeclaredOpen: Bool {
        switch stance.meaning {
        case .open: true
        case .closed, .undeclared, .undecided: false
        }
    }
}

extension String {
    /// The same with a small first letter.
    fileprivate var withSmallInitial: String { prefix(1).lowercased() + dropFirst() }

    /// The same with a capital.
    var withCapital: String { prefix(1).uppercased() + dropFirst() }
}
