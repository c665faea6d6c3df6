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

    /// What `inside` says of who holds ports under `stance`, or what is at `target`, where the rules
    /// send their packets.
    init(of stance: Policy.Stance, _ inside: ListenerView, _ target: ForwardTarget?) {
        guard case .open(let expectation) = stance, !expectation.holders.isEmpty else {
            self = .notAsked
            return
        }
        let holders = expectation.holders
        // The sockets of the host itself never see what its rules send elsewhere.
        if let target {
            self =
                switch target.place {
                case .here(let listeners), .loopback(let listeners), .namespace(_, let listeners):
                    Self.held(by: holders, listeners)
                case .nothing: .someoneElse
                case .unknown: .unknown
                }
            return
        }
        self =
            switch inside {
            case .listening(let listeners, _), .loopbackOnly(let listeners),
                .inNamespace(let listeners):
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

extension Finding {
    /// The codes of what is reachable though it need not be against the policy.
    private static let reachable: Set<FindingCode> = [
        .c1, .c1s, .c4, .c5, .e2, .e3, .e6, .e9, .u4, .u5,
    ]

    /// The finding as it counts under `policy`: by who holds the port, and by what the policy says
    /// of exposures that nobody declared.
    func counted(under policy: Policy) -> Finding {
        if isSupplement { return self }
        switch result {
        case .pass, .warn:
            guard Self.reachable.contains(code) else { return self }
            return switch holding {
            case .notAsked, .asDeclared: self
            // What is strange for another reason keeps the code that says so.
            case .someoneElse: ruled(Ruling(result == .pass ? .e1 : code, .fail))
            case .unknown: ruled(Ruling(.u5, .inconclusive))
            }
        case .fail:
            // An exception that ran out was written down: someone was to come back to it.
            let isUndeclared =
                (code == .e1 || code == .e9) && stance.meaning == .undeclared
                && stance.lapsed == nil
            return isUndeclared && policy.undeclared == .warn ? ruled(Ruling(code, .warn)) : self
        case .inconclusive, .info: return self
        }
    }

    private func ruled(_ ruling: Ruling) -> Finding {
        var finding = self
        finding.code = ruling.code
        finding.result = ruling.result
        let sensitive = ports.intersection(Severity.sensitivePorts[transport])
        finding.severity = Severity(
            of: ruling, under: stance, isSensitive: !sensitive.isEmpty)
        return finding
    }

    /// Whether the port is held by whom its owner declared.
    var holding: Holding { Holding(of: stance, inside, target) }

    /// Whether who holds the port decided how the finding counts.
    var isRuledByHolding: Bool {
        switch holding {
        case .notAsked, .asDeclared: false
        case .someoneElse, .unknown:
            Ruling(on: verdict, under: stance) != Ruling(code, result)
        }
    }

    /// Who was declared to hold the port; empty when that is no matter of this finding.
    var declaredHolders: [ExpectedHolder] {
        guard case .open(let expectation) = stance else { return [] }
        return expectation.holders
    }
}
