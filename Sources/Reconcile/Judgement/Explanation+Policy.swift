import Prober

extension Finding {
    /// What is wrong with who holds the port, as one sentence; nil where nothing is.
    var holdingExplanation: String? {
        guard isRuledByHolding else { return nil }
        let names = declaredHolders.map(\.description).joined(separator: " or ").shortened
        if holding == .unknown {
            return "Reachable, as declared; whether \(names) holds it is not known."
        }
        return inside.listeners.isEmpty
            ? "Reachable, as declared, but \(names) does not hold it."
            : "Reachable, as declared, but someone else than \(names) holds it."
    }

    /// How it came about that the wrong one holds the port, or that nobody knows; nil where that is
    /// not what was found.
    var holdingCauses: [Cause]? {
        guard isRuledByHolding else { return nil }
        return holding == .unknown
            ? [.holderUnknown] + doubts.map { .doubt($0) }
            : [.heldBySomeoneElse(inside.listeners, declared: declaredHolders)]
    }

    /// What to do about it; nil where that is not what was found.
    var holdingActions: [Action]? {
        guard isRuledByHolding else { return nil }
        guard holding != .unknown else { return [.collectReport] }
        let stopping = services.map { Action.stop($0) }
        return (stopping.isEmpty ? [.identify(transport, ports)] : stopping)
            + [.declareHolder(inside.listeners)]
    }

    private var doubts: [ListenerView.Doubt] {
        guard case .unknown(let doubts, _) = inside else { return [] }
        return doubts
    }
}

extension Expectation {
    /// The sources and vantages that it speaks of, as a phrase.
    var scope: String {
        let places = vantages.map { "vantage \($0)" }.joined(separator: " or ")
        let sources = from.isEmpty ? "" : TargetSet(from).abbreviated
        return [sources, places].filter { !$0.isEmpty }.joined(separator: " at ")
    }

    /// What else it says, as the end of a phrase.
    var terms: String {
        let holder =
            holders.isEmpty
            ? "" : ", held by " + holders.map(\.description).joined(separator: " or ").shortened
        return holder + (until.map { " until \($0)" } ?? "")
    }
}

extension LapsedException {
    /// What it said and that it is over, as a phrase.
    public var explanation: String {
        "an exception\(location.map { " at \($0)" } ?? "") that declared it "
            + "\(isOpen ? "open" : "closed") ran out on \(until)"
            + (reason.map { ": \($0)" } ?? "")
    }
}
