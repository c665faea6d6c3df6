import Prober

/// Whether a reachable port is held by whom its owner declared.
enum Holding: Hashable, CaseIterable {
    /// The declaration names nobody, or there is none.
    case notAsked
    /// It is.
    case asDeclared
    /// Someone else holds it, or nobody on this host does.
    case someoneElse
    /// The host does not tell.
    case unknown

    /// What `inside` says of who holds ports under `stance`, where `verdict` was found.
    init(of stance: Policy.Stance, _ inside: ListenerView, _ verdict: Verdict) {
        guard case .open(let expectation) = stance, !expectation.holders.isEmpty else {
            self = .notAsked
            return
        }
        let holders = expectation.holders
        if verdict == .forwarded {
            // The sockets of the host itself never see what its rules send elsewhere.
            self = Self.held(by: holders, inside.listeners.filter { $0.namespace != nil })
            return
        }
        self =
            switch inside {
            case .listening(let listeners, _), .loopbackOnly(let listeners):
                Self.held(by: holders, listeners)
            case .changed: Self.held(by: holders, inside.listeners)
            case .elsewhere, .none: .someoneElse
            case .unknown: .unknown
            }
    }

    /// One that others hold beside the declared is held by someone else.
    private static func held(by holders: [ExpectedHolder], _ listeners: [Listener]) -> Holding {
        var holding = listeners.isEmpty ? Holding.unknown : .asDeclared
        for listener in listeners {
            let answers = holders.map { $0.holds(listener) }
            if answers.contains(true) { continue }
            guard answers.contains(nil) else { return .someoneElse }
            holding = .unknown
        }
        return holding
    }
}

extension Policy {
    /// The ruling on `verdict` under `stance`, where `inside` says who holds the port.
    func ruling(
        on verdict: Verdict, under stance: Stance, _ inside: ListenerView
    ) -> Ruling {
        var ruling = Ruling(on: verdict, under: stance)
        switch ruling.result {
        case .pass, .warn, .info:
            switch Holding(of: stance, inside, verdict) {
            case .notAsked, .asDeclared: break
            // What is strange for another reason keeps the code that says so.
            case .someoneElse: ruling = Ruling(ruling.result == .pass ? .e1 : ruling.code, .fail)
            case .unknown: ruling = Ruling(.u5, .inconclusive)
            }
        case .fail:
            let isUndeclared = ruling.code == .e1 && stance.meaning == .undeclared
            if isUndeclared, undeclared == .warn { ruling.result = .warn }
        case .inconclusive: break
        }
        return ruling
    }
}

extension Finding {
    /// Whether the port is held by whom its owner declared.
    var holding: Holding { Holding(of: stance, inside, verdict) }

    /// Who was declared to hold the port; empty when that is no matter of this finding.
    var declaredHolders: [ExpectedHolder] {
        guard case .open(let expectation) = stance else { return [] }
        return expectation.holders
    }
}
