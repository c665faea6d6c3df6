// What receipts settle: what became of the probes on the host itself, against every other view.

extension Verdict {
    /// What a receipt settles; nil where it leaves the verdict to the other views.
    ///
    /// What holds still for no view, or was not tested, stays so: no receipt makes it pass.
    static func settled(
        _ outside: OutsideView, _ inside: InsideView, _ effect: FirewallEffect,
        _ mark: ListenerMark, _ receipt: ReceiptView
    ) -> [Verdict]? {
        if inside == .changed || effect == .interferes { return nil }
        return switch outside {
        case .open: reachable(inside, effect, mark, receipt)
        case .closed, .rejectedByHost: refused(outside, inside, effect, receipt)
        case .silent: silent(inside, effect, mark, receipt)
        case .openOrFiltered: ambiguous(inside, effect, mark, receipt)
        // That no probe came, or no answer came back, is known then, and no more than that.
        case .unreachable:
            receipt == .neverArrived || receipt == .answered ? [.blockedBeforeHost] : nil
        case .openAmongAll, .rejectedOnTheWay, .rejectedBeforeHost, .unstable, .unstableOpen,
            .notTested, .predicted:
            nil
        }
    }

    /// What is to be said of something reachable: whether the host is what answered.
    ///
    /// If it is not, nothing of the host explains the answer. If it is, its rules did let the probes
    /// past, even if nothing listens.
    private static func reachable(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark,
        _ receipt: ReceiptView
    ) -> [Verdict]? {
        // Whoever probes the host from itself meets no box on the way.
        if inside == .ownLoopback { return nil }
        return switch receipt {
        case .unknown, .disputed, .arrived: nil
        case .neverArrived, .ignored, .refused, .stopped, .noPort: [.phantom]
        case .answered, .delivered, .queueFull:
            switch inside {
            case .elsewhere, .none: effect.isStop ? [attributed(inside, mark), .bypassed] : nil
            case .wildcard, .address, .ownLoopback, .loopbackOnly, .namespace, .unknown, .changed:
                nil
            }
        }
    }

    /// What is to be said of a refusal: whether it is the host's.
    private static func refused(
        _ outside: OutsideView, _ inside: InsideView, _ effect: FirewallEffect,
        _ receipt: ReceiptView
    ) -> [Verdict]? {
        switch receipt {
        case .unknown, .disputed, .arrived: nil
        case .neverArrived, .ignored: contained(inside, .refusedElsewhere)
        case .stopped:
            switch effect {
            case .unknown: stopped(inside)
            case .accepts, .acceptsByPort: [.contradicted]
            // What drops says nothing, so that the refusal came from elsewhere.
            case .drops: stopped(inside) + [.refusedElsewhere]
            case .refusesAsSeen, .refusesLikeClosed, .refusesOtherwise, .translates,
                .translatesHere, .translatesToNamespace, .translatesToLoopback,
                .translatesToNothing, .interferes:
                nil
            }
        case .refused, .noPort, .delivered, .queueFull, .answered:
            if effect.isStop, receipt.isPastRules {
                [.contradicted]
            } else if receipt == .answered {
                effect.isTranslation ? nil : contained(inside, .refusedElsewhere)
            } else if outside == .closed, receipt == .noPort, inside == .unknown,
                !effect.isTranslation
            {
                [unserved(.none, effect)]
            } else {
                nil
            }
        }
    }

    /// What is to be said of no answer over TCP from a host that is alive.
    private static func silent(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark,
        _ receipt: ReceiptView
    ) -> [Verdict]? {
        switch receipt {
        // That nothing came back from the host is what was seen; why is for the other views.
        case .unknown, .disputed, .arrived, .ignored: nil
        case .neverArrived: contained(inside, .blockedUpstream)
        case .stopped: stoppedInSilence(inside, effect, mark)
        case .answered: effect.isStop ? [.contradicted] : [.answerLost]
        case .refused: refusedInSilence(inside, effect, mark)
        case .noPort: effect.isStop ? [.contradicted] : refusedInSilence(inside, effect, mark)
        case .delivered:
            if effect.isStop {
                [.contradicted]
            } else {
                effect == .unknown ? elsewhere(inside) : nil
            }
        case .queueFull:
            if effect.isStop {
                [.contradicted]
            } else {
                effect.isTranslation || !inside.mayTake ? nil : [.stalled]
            }
        }
    }

    /// What is to be said of silence over UDP.
    ///
    /// A socket that got the datagrams is as reachable as one that answers: who sends them needs no
    /// answer to do harm.
    private static func ambiguous(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark,
        _ receipt: ReceiptView
    ) -> [Verdict]? {
        switch receipt {
        case .unknown, .disputed: nil
        case .neverArrived: contained(inside, .blockedUpstream)
        case .arrived, .ignored:
            // A service that is silent and a layer below it that drops look alike from here on; where
            // nothing listens and the rules pass nothing on there is no such service.
            switch inside {
            case .loopbackOnly, .elsewhere, .none:
                effect.isAcceptance ? [unserved(inside, effect)] : nil
            case .wildcard, .address, .ownLoopback, .namespace, .unknown, .changed: nil
            }
        case .stopped: stoppedInSilence(inside, effect, mark)
        case .refused: refusedInSilence(inside, effect, mark)
        case .noPort:
            if effect.isStop {
                [.contradicted]
            } else {
                refusedInSilence(inside == .unknown ? .none : inside, effect, mark)
            }
        case .delivered: delivered(inside, effect, mark)
        case .queueFull: delivered(inside, effect, mark) + [.stalled]
        case .answered: delivered(inside, effect, mark) + [.answerLost]
        }
    }

    /// What is to be said of datagrams that reached a socket.
    private static func delivered(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark
    ) -> [Verdict] {
        let verdicts =
            reachable(inside, effect, mark, .delivered) ?? reachable(inside, effect, mark)
        return verdicts.map { $0 == .exposed ? .delivered : $0 }
    }

    /// What is to be said where a rule stopped the probes, and no answer was seen.
    private static func stoppedInSilence(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark
    ) -> [Verdict]? {
        switch effect {
        // Where they refuse, the refusal is lost, or was one more than the host sends.
        case .unknown, .drops, .refusesAsSeen, .refusesLikeClosed, .refusesOtherwise:
            stopped(inside)
        case .accepts, .acceptsByPort: [.contradicted]
        case .translates, .translatesHere, .translatesToNamespace, .translatesToLoopback,
            .translatesToNothing:
            dangling(mark)
        case .interferes: nil
        }
    }

    /// What is to be said where the host refused the probes, and no answer was seen.
    private static func refusedInSilence(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark
    ) -> [Verdict]? {
        switch effect {
        case .unknown, .accepts, .acceptsByPort: [unserved(inside, effect)]
        case .drops: [.contradicted]
        case .refusesAsSeen, .refusesLikeClosed, .refusesOtherwise: stopped(inside)
        case .translates, .translatesHere, .translatesToNamespace, .translatesToLoopback,
            .translatesToNothing:
            dangling(mark)
        case .interferes: nil
        }
    }

    /// Why a packet that arrives is refused, as far as listeners and rules tell.
    private static func unserved(_ inside: InsideView, _ effect: FirewallEffect) -> Verdict {
        inside == .none && effect == .acceptsByPort ? .staleAllow : unserved(inside)
    }

    /// `verdict`, behind what holds wherever the packets are stopped.
    private static func contained(_ inside: InsideView, _ verdict: Verdict) -> [Verdict] {
        inside == .loopbackOnly ? [.containedShut, verdict] : [verdict]
    }
}

extension InsideView {
    /// Whether a socket may take packets to the address.
    fileprivate var mayTake: Bool {
        switch self {
        case .wildcard, .address, .ownLoopback, .namespace, .unknown: true
        case .loopbackOnly, .elsewhere, .none, .changed: false
        }
    }
}

extension FirewallEffect {
    /// Whether they let it come to the host's own sockets.
    fileprivate var isAcceptance: Bool {
        switch self {
        case .accepts, .acceptsByPort: true
        case .unknown, .drops, .refusesAsSeen, .refusesLikeClosed, .refusesOtherwise, .translates,
            .translatesHere, .translatesToNamespace, .translatesToLoopback, .translatesToNothing,
            .interferes:
            false
        }
    }

    /// Whether they send it elsewhere.
    fileprivate var isTranslation: Bool {
        switch self {
        case .translates, .translatesHere, .translatesToNamespace, .translatesToLoopback,
            .translatesToNothing:
            true
        case .unknown, .accepts, .acceptsByPort, .drops, .refusesAsSeen, .refusesLikeClosed,
            .refusesOtherwise, .interferes:
            false
        }
    }
}
