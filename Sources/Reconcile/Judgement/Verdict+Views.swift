// Each outside that can be compared, against every inside and every effect of the rules.

extension Verdict {
    /// What is to be said of something reachable.
    static func reachable(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark
    ) -> [Verdict] {
        if inside == .changed {
            return effect.isStop ? [.openWhileChanging, .bypassed] : [.openWhileChanging]
        }
        if inside == .ownLoopback { return [.containedOpen] }
        let shadow: [Verdict] = mark.isPlaceholder ? [.shadowed] : []
        return switch effect {
        case .unknown, .accepts, .acceptsByPort, .interferes: [attributed(inside, mark)]
        case .drops, .refusesAsSeen, .refusesLikeClosed, .refusesOtherwise:
            switch inside {
            case .wildcard, .address, .unknown: [.bypassed]
            case .loopbackOnly: [.leaked, .bypassed]
            case .namespace: [.namespaceExposed, .bypassed]
            case .elsewhere, .none, .changed, .ownLoopback: [attributed(inside, mark)]
            }
        case .translates, .translatesHere: [.forwarded] + shadow
        case .translatesToNamespace: [.forwardedToNamespace] + shadow
        case .translatesToLoopback: [.forwarded, .leaked] + shadow
        case .translatesToNothing: [.phantom]
        }
    }

    /// Who answers, as far as the listeners tell.
    static func attributed(_ inside: InsideView, _ mark: ListenerMark) -> Verdict {
        switch inside {
        case .wildcard, .address: mark == .neglected ? .neglected : .exposed
        case .ownLoopback: .containedOpen
        case .loopbackOnly: .leaked
        case .namespace: .namespaceExposed
        case .elsewhere: .phantom
        case .none: mark == .hidden ? .hidden : .phantom
        case .unknown: .openUnattributed
        case .changed: .openWhileChanging
        }
    }

    /// What is to be said of something refused.
    static func refused(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark
    ) -> [Verdict] {
        if inside == .changed { return [mark == .client ? .clientSocket : .unstable] }
        return switch effect {
        case .unknown, .accepts: [unserved(inside)]
        case .acceptsByPort: [inside == .none ? .staleAllow : unserved(inside)]
        case .refusesAsSeen: stopped(inside)
        case .refusesLikeClosed: stopped(inside) + [.looksClosed]
        case .drops, .refusesOtherwise: [.contradicted]
        case .translates, .translatesHere, .translatesToNamespace, .translatesToLoopback,
            .translatesToNothing:
            dangling(mark)
        case .interferes: [.interfered]
        }
    }

    /// Why a packet that arrives is refused, as far as the listeners tell.
    static func unserved(_ inside: InsideView) -> Verdict {
        switch inside {
        case .wildcard, .address, .ownLoopback, .namespace: .refusedDespiteListener
        case .loopbackOnly: .containedShut
        case .elsewhere: .boundElsewhere
        case .none: .noService
        case .unknown: .refusedUnattributed
        case .changed: .unstable
        }
    }

    /// What is to be said of an ICMP error of the host itself.
    static func rejected(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark
    ) -> [Verdict] {
        if inside == .changed { return [.unstable] }
        return switch effect {
        case .unknown: [inside == .loopbackOnly ? .containedShut : .filtered]
        case .accepts, .acceptsByPort: elsewhere(inside)
        case .refusesAsSeen: stopped(inside)
        case .refusesLikeClosed: stopped(inside) + [.looksClosed]
        case .drops, .refusesOtherwise: [.contradicted]
        case .translates, .translatesHere, .translatesToNamespace, .translatesToLoopback,
            .translatesToNothing:
            dangling(mark)
        case .interferes: [.interfered]
        }
    }

    /// What is to be said of no answer from a host that is alive.
    ///
    /// A listener that takes nothing more explains the silence, unless the rules do.
    static func silent(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark
    ) -> [Verdict] {
        if inside == .changed { return [.unstable] }
        return switch effect {
        case .unknown:
            if mark.isStalled {
                [.stalled]
            } else {
                [inside == .loopbackOnly ? .containedShut : .filtered]
            }
        case .accepts, .acceptsByPort: mark.isStalled ? [.stalled] : elsewhere(inside)
        case .drops: stopped(inside)
        case .refusesAsSeen, .refusesLikeClosed, .refusesOtherwise: [.contradicted]
        case .translates, .translatesHere, .translatesToNamespace, .translatesToLoopback,
            .translatesToNothing:
            dangling(mark)
        case .interferes: [.interfered]
        }
    }

    /// What is to be said of silence over UDP.
    static func ambiguous(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark
    ) -> [Verdict] {
        if inside == .changed { return [mark == .client ? .clientSocket : .unstable] }
        return switch effect {
        case .unknown, .accepts, .acceptsByPort, .translates, .translatesHere,
            .translatesToNamespace, .translatesToLoopback:
            [.ambiguous]
        case .drops: stopped(inside)
        case .refusesAsSeen, .refusesLikeClosed, .refusesOtherwise: [.contradicted]
        case .translatesToNothing: dangling(mark)
        case .interferes: [.interfered]
        }
    }

    /// What would be seen, where the rules stand for the probes.
    static func predicted(
        _ inside: InsideView, _ effect: FirewallEffect, _ mark: ListenerMark
    ) -> [Verdict] {
        if inside == .changed { return [.unstable] }
        let shadow: [Verdict] = mark.isPlaceholder ? [.shadowed] : []
        return switch effect {
        case .unknown, .interferes, .translates: [.undetermined]
        case .accepts, .acceptsByPort:
            switch inside {
            case .wildcard, .address: [.exposed]
            case .ownLoopback: [.containedOpen]
            case .namespace: [.namespaceExposed]
            case .none: [effect == .acceptsByPort ? .staleAllow : .noService]
            case .unknown: [.listenerUndetermined]
            case .loopbackOnly, .elsewhere, .changed: [unserved(inside)]
            }
        case .drops, .refusesAsSeen, .refusesLikeClosed, .refusesOtherwise: stopped(inside)
        case .translatesHere: [.forwarded] + shadow
        case .translatesToNamespace: [.forwardedToNamespace] + shadow
        case .translatesToLoopback: [.forwarded, .leaked] + shadow
        case .translatesToNothing: dangling(mark)
        }
    }

    /// What the rules stop: a wildcard behind them needs only one rule less to be reachable.
    static func stopped(_ inside: InsideView) -> [Verdict] {
        switch inside {
        case .wildcard: [.filteredAsModelled, .latent]
        case .loopbackOnly: [.containedShut, .filteredAsModelled]
        case .address, .ownLoopback, .namespace, .elsewhere, .none, .unknown, .changed:
            [.filteredAsModelled]
        }
    }

    /// What is filtered though the rules let it in.
    static func elsewhere(_ inside: InsideView) -> [Verdict] {
        inside == .loopbackOnly ? [.containedShut, .blockedElsewhere] : [.blockedElsewhere]
    }

    /// What the rules send to where nothing answers.
    static func dangling(_ mark: ListenerMark) -> [Verdict] {
        [.danglingTranslation] + (mark.isPlaceholder ? [.placeholder] : [])
    }
}
