/// The outside and the inside of an endpoint compared, before anyone asks whether it was meant.
public enum Verdict: Hashable, Sendable, CaseIterable {
    /// Reachable, and a listener covers it.
    case exposed
    /// Reachable at a loopback address, where the listener is bound: only this host gets there.
    case containedOpen
    /// Reachable, though only loopback listens.
    case leaked
    /// Reachable, though nothing listens for that address.
    case phantom
    /// Reachable; who listens is not known.
    case openUnattributed
    /// Refused, and nothing has the port.
    case noService
    /// Refused, and a listener has the port for another address, family, device or namespace.
    case boundElsewhere
    /// Refused, though a listener covers it.
    case refusedDespiteListener
    /// Refused; who listens is not known.
    case refusedUnattributed
    /// Not reachable, and only loopback listens.
    case containedShut
    /// No answer, or an ICMP error of the host: who filters is not known.
    case filtered
    /// An ICMP error of a box on the way to a host that is alive.
    case blockedOnTheWay
    /// An ICMP error of a box on the way, and no sign of life from the host.
    case blockedBeforeHost
    /// No answer over UDP.
    case ambiguous
    /// No sign of life from the whole address.
    case unreachable
    /// The listener changed while the scan ran, or repeated probes disagree; never found open.
    case unstable
    /// The listener changed while the scan ran, and the probe found it open.
    case openWhileChanging
    /// Repeated probes disagree, and one of them found it open.
    case openAtTimes
    /// Never probed, or the probe failed on this side.
    case notTested
    /// Reachable, though the rules, which are fully known, stop it.
    case bypassed
    /// Reachable where the rules send it.
    case forwarded
    /// Stopped as the rules say.
    case filteredAsModelled
    /// Not reachable, and the rules say so too, but in another way than was seen.
    case contradicted
    /// The rules send it somewhere where nothing answers.
    case danglingTranslation
    /// Filtered, though the rules let it in: something else filters.
    case blockedElsewhere
    /// Refused because nothing listens, and a rule lets that port in.
    case staleAllow

    /// The verdict on an endpoint that is seen as `outside`, of which the host says `inside`, and
    /// with which the rules have this `effect`.
    public init(
        _ outside: OutsideView, _ inside: ListenerView, _ effect: FirewallEffect = .unknown
    ) {
        let verdict = Verdict(outside, inside: inside)
        self =
            switch outside {
            case .open: verdict.open(effect)
            case .closed: verdict.closed(effect)
            case .rejectedByHost: verdict.filtered(effect, asSeen: .refusesAsSeen)
            case .silent: verdict.filtered(effect, asSeen: .drops)
            case .openOrFiltered: verdict.ambiguous(effect)
            // What the rules do says nothing of a box on the way, or of what was not tested.
            case .rejectedOnTheWay, .unreachable, .rejectedBeforeHost, .unstable, .unstableOpen,
                .notTested:
                verdict
            }
    }

    /// The verdict as far as the outside and the listeners tell.
    private init(_ outside: OutsideView, inside: ListenerView) {
        self =
            switch (outside, inside) {
            case (.open, .listening(_, .wildcard)), (.open, .listening(_, .address)): .exposed
            case (.open, .listening(_, .loopback)): .containedOpen
            case (.open, .loopbackOnly): .leaked
            case (.open, .elsewhere), (.open, .none): .phantom
            case (.open, .unknown): .openUnattributed
            case (.open, .changed): .openWhileChanging

            case (.closed, .listening): .refusedDespiteListener
            case (.closed, .loopbackOnly): .containedShut
            case (.closed, .elsewhere): .boundElsewhere
            case (.closed, .none): .noService
            case (.closed, .unknown): .refusedUnattributed
            case (.closed, .changed): .unstable

            case (.rejectedByHost, .loopbackOnly), (.silent, .loopbackOnly): .containedShut
            case (.rejectedByHost, .changed), (.silent, .changed): .unstable
            case (.rejectedByHost, .listening), (.rejectedByHost, .elsewhere),
                (.rejectedByHost, .none), (.rejectedByHost, .unknown),
                (.silent, .listening), (.silent, .elsewhere), (.silent, .none),
                (.silent, .unknown):
                .filtered

            case (.rejectedOnTheWay, .changed): .unstable
            case (.rejectedOnTheWay, .listening), (.rejectedOnTheWay, .loopbackOnly),
                (.rejectedOnTheWay, .elsewhere), (.rejectedOnTheWay, .none),
                (.rejectedOnTheWay, .unknown):
                .blockedOnTheWay

            case (.openOrFiltered, .changed): .unstable
            case (.openOrFiltered, .listening), (.openOrFiltered, .loopbackOnly),
                (.openOrFiltered, .elsewhere), (.openOrFiltered, .none),
                (.openOrFiltered, .unknown):
                .ambiguous

            // Nothing was tested, or nothing holds still: what listens cannot change that.
            case (.unreachable, _): .unreachable
            case (.rejectedBeforeHost, _): .blockedBeforeHost
            case (.unstable, _): .unstable
            case (.unstableOpen, _): .openAtTimes
            case (.notTested, _): .notTested
            }
    }
}

extension Verdict {
    /// The verdict on something reachable.
    private func open(_ effect: FirewallEffect) -> Verdict {
        switch effect {
        case .unknown, .accepts, .acceptsByPort: self
        case .drops, .refusesAsSeen, .refusesOtherwise:
            self == .exposed || self == .openUnattributed ? .bypassed : self
        case .translates:
            [.exposed, .leaked, .phantom, .openUnattributed].contains(self) ? .forwarded : self
        }
    }

    /// The verdict on something refused.
    private func closed(_ effect: FirewallEffect) -> Verdict {
        if self == .unstable { return self }
        return switch effect {
        case .unknown, .accepts: self
        case .acceptsByPort: self == .noService ? .staleAllow : self
        case .refusesAsSeen: .filteredAsModelled
        case .drops, .refusesOtherwise: .contradicted
        case .translates: .danglingTranslation
        }
    }

    /// The verdict on something filtered, where the effect `seen` explains what was seen.
    private func filtered(_ effect: FirewallEffect, asSeen seen: FirewallEffect) -> Verdict {
        if self == .unstable { return self }
        return switch effect {
        case .unknown: self
        case .accepts, .acceptsByPort: self == .filtered ? .blockedElsewhere : self
        case seen: self == .filtered ? .filteredAsModelled : self
        case .drops, .refusesAsSeen, .refusesOtherwise: .contradicted
        case .translates: .danglingTranslation
        }
    }

    /// The verdict on silence over UDP.
    private func ambiguous(_ effect: FirewallEffect) -> Verdict {
        if self == .unstable { return self }
        return switch effect {
        case .unknown, .accepts, .acceptsByPort, .translates: self
        case .drops: .filteredAsModelled
        case .refusesAsSeen, .refusesOtherwise: .contradicted
        }
    }
}
