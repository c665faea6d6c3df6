public import Prober

/// A way in which a finding may have come about.
public enum Cause: Hashable, Sendable {
    /// A container publishes the port.
    case publishedContainer(String)
    /// An installed package or a new unit started a service.
    case newService
    /// Something that was meant for this host alone is bound to every address.
    case boundToEveryAddress
    /// The service is meant, and the target file does not say so yet.
    case notDeclaredYet
    /// Something in front of the host answers for it: load balancer, NAT, SYN proxy.
    case answeredInFront
    /// The address leads to another host.
    case otherHost
    /// The listener is there, and the report could not see it.
    case listenerUnseen
    /// The listener is in another network namespace, which holds the address or is forwarded to.
    case otherNamespace
    /// The network stack answers without a socket: eBPF, IPVS.
    case answeredWithoutSocket
    /// The listener hides.
    case hiddenListener
    /// Packets are translated to loopback: DNAT or redirect, with route_localnet on.
    case translatedToLoopback
    /// A tunnel or relay passes connections on to loopback: ssh -g, socat, a proxy.
    case relayedToLoopback
    /// A box on the way sent this ICMP error.
    case blockedBy(IPAddress, ICMPError)
    /// The service crashed, or was stopped.
    case serviceStopped
    /// The service was never started, or is not enabled.
    case serviceNotStarted
    /// The service uses another port.
    case otherPort
    /// A listener has the port, for other destinations than this.
    case boundTo(Listener)
    /// The service was started anew between the report and the probe.
    case restarted
    /// A rule rejects with a reset.
    case rejectedWithReset
    /// The host's own rules filter.
    case filteredByHost
    /// Something on the way filters: a cloud group, a router.
    case filteredOnTheWay
    /// The host is down or has lost its network.
    case hostDown
    /// Everything that was asked is filtered.
    case everythingFiltered
    /// The address is wrong.
    case wrongAddress
    /// The service does not answer what it does not understand.
    case serviceSilent
    /// The port is closed, and the host's limit of ICMP errors kept it from saying so.
    case errorsLimited
    /// The port is closed, and the host says so of no port.
    case errorsWithheld
    /// The probe failed on this side.
    case probeFailed(LocalFailure)
    /// The view of the host is incomplete.
    case doubt(ListenerView.Doubt)
    /// The source of the probes is not known, and the declaration holds for some sources only.
    case sourceUnknown
    /// The path or the host drops some packets.
    case unstablePath
    /// The rules were read at another time than the probes were sent.
    case rulesOld
    /// The host sees the probes come from another address than was assumed.
    case otherSource
    /// A rule stops it.
    case stoppedBy(RuleReference)
    /// What a rule sends it to is gone, or is stopped on the way there.
    case targetGone
    /// A rule refuses, and the host's limit of errors kept the refusal from being sent.
    case refusalsLimited
    /// Others hold the port than those who are declared to.
    case heldBySomeoneElse([Listener], declared: [ExpectedHolder])
    /// The report does not say who holds the port.
    case holderUnknown
}

extension Finding {
    /// How it may have come about, the likeliest first; empty for what needs no explanation.
    public var causes: [Cause] {
        if let holdingCauses { return holdingCauses }
        return switch code {
        case .c1, .c2, .c3, .c4, .c5, .h1, .h2: []
        case .e1: exposureCauses
        case .e2: [.rulesOld, .otherSource, .answeredWithoutSocket, .answeredInFront]
        case .e3:
            inside.listeners.map { .boundTo($0) } + [
                .answeredInFront, .otherHost, .listenerUnseen, .otherNamespace,
                .answeredWithoutSocket, .hiddenListener,
            ]
        case .e6: [.translatedToLoopback, .relayedToLoopback]
        case .a1: deciders
        case .a2:
            blockers + boundElsewhere + (verdict == .blockedElsewhere ? [.filteredOnTheWay] : [])
        case .a8: [.targetGone]
        case .u7: [.rulesOld, .refusalsLimited, .otherHost]
        case .a3: [.serviceStopped, .serviceNotStarted, .otherPort]
        case .a4: inside.listeners.map { .boundTo($0) }
        case .a5: [.restarted, .rejectedWithReset, .otherHost, .otherNamespace]
        case .u1: blockers + boundElsewhere + filters
        case .u2: silenceCauses + filters
        case .u3: blockers + [.hostDown, .everythingFiltered, .wrongAddress]
        case .u4: [isInsideChanged ? .restarted : .unstablePath]
        case .u5: doubts
        case .u8: failures
        case .u9: [.sourceUnknown]
        }
    }

    private var exposureCauses: [Cause] {
        let containers = inside.listeners.compactMap { $0.container }.map {
            Cause.publishedContainer($0)
        }
        var causes = containers + [.newService]
        if case .listening(_, .wildcard) = inside { causes.append(.boundToEveryAddress) }
        if isInsideChanged { causes.append(.restarted) }
        return causes + [.notDeclaredYet] + doubts
    }

    /// Why an endpoint that no filter hides says nothing over UDP.
    private var silenceCauses: [Cause] {
        let closed: [Cause] =
            switch silence?.controls {
            case .answered, .notAsked, nil: []
            case .silent: [.errorsWithheld]
            case .limitSpent: [.errorsLimited]
            }
        return switch inside {
        case .listening: [.serviceSilent]
        case .loopbackOnly, .elsewhere, .none: closed + boundElsewhere
        case .unknown, .changed: [.serviceSilent] + closed
        }
    }

    private var blockers: [Cause] {
        (sighting?.evidence ?? []).compactMap { evidence in
            guard case .icmp(let error, let reporter) = evidence, verdict != .filtered else {
                return nil
            }
            return .blockedBy(reporter, error)
        }
    }

    /// Who may filter: the host too, unless its rules are known to let it in.
    private var filters: [Cause] {
        if case .decided(.accept, _) = firewall { return [.filteredOnTheWay] }
        return [.filteredByHost, .filteredOnTheWay]
    }

    /// The rule that decides, when it is known.
    private var deciders: [Cause] {
        guard case .decided(_, let rules) = firewall, let last = rules.last else { return [] }
        return [.stoppedBy(last)]
    }

    private var failures: [Cause] {
        (sighting?.evidence ?? []).compactMap { evidence in
            guard case .localFailure(let failure) = evidence else { return nil }
            return .probeFailed(failure)
        }
    }

    /// Listeners that a packet would not reach even if it arrived.
    private var boundElsewhere: [Cause] {
        switch inside {
        case .loopbackOnly(let listeners), .elsewhere(let listeners):
            listeners.map { .boundTo($0) }
        case .listening, .none, .unknown, .changed: []
        }
    }

    private var doubts: [Cause] {
        guard case .unknown(let doubts, _) = inside else { return [] }
        return doubts.map { .doubt($0) }
    }

    var isInsideChanged: Bool {
        if case .changed = inside { true } else { false }
    }
}
