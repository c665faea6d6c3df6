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
    /// A rule of the host would stop it too, if it came as far as that.
    case wouldBeStoppedBy(RuleReference)
    /// Nothing listens where a rule sends it.
    case nothingAtTarget(ForwardTarget)
    /// Something listens where a rule sends it: the way there, or back, is closed.
    case wayToTargetClosed(ForwardTarget)
    /// As many connections wait to be accepted as may.
    case queueFull(Listener)
    /// The socket only keeps the port, and a filter on it takes nothing in.
    case takesNothing(Listener)
    /// The program does not accept connections.
    case notAccepting(Listener)
    /// Something in front answers for every port: SYN proxy, tarpit, captive portal.
    case answersForEveryPort
    /// Something near the prober answers for every port: a proxy that it goes through.
    case proberBehindProxy
    /// Something keeps the socket out of the host's lists.
    case keptOutOfLists
    /// The rule that stops the other family does not see this one.
    case rulesOfOneFamily(RuleReference?)
    /// A rule that both families meet refuses with an error of the other, which does nothing here.
    case refusalOfOtherFamily(RuleReference)
    /// One socket takes packets of both families.
    case takesBothFamilies(Listener)
    /// A rule lets in this source.
    case letInBy(RuleReference)
    /// From another vantage a rule stops it.
    case stoppedElsewhere(Vantage?, RuleReference)
    /// Another network namespace has the address, or rules send the packets there.
    case inNamespace(String)
    /// A program keeps the port, and rules carry the packets past it.
    case keptByPlaceholder(Listener)
    /// The kernel chose the port for a client.
    case chosenForClient(Listener)
    /// A part of the kernel listens.
    case kernel(KernelHolder)
    /// No process has the socket open: it is on its way between two, or with io_uring alone.
    case noProcess
    /// The kernel was told to keep the port free.
    case reservedPort
    /// A socket is bound to the port, and does not listen.
    case boundOnly
    /// The prober's own address is in this set since the scan.
    case proberInSet(String)
    /// Something on the host filters that is no rule of its firewall.
    case filteredInHost
    /// A program at the host's network driver, before anything else sees a packet.
    case stoppedAtDriver
    /// The host's answer is stopped on its way back.
    case answerStopped
    /// The socket had no room for what came.
    case hadNoRoom(Listener)
}

extension Finding {
    /// How it may have come about, the likeliest first; empty for what needs no explanation.
    public var causes: [Cause] {
        if let holdingCauses { return holdingCauses }
        return switch code {
        case .c1, .c3, .c4, .c5, .h2, .h3: []
        case .c1s: deliveryCauses
        case .c2, .h1: refusalCauses
        case .e1: exposureCauses
        case .e2:
            [.rulesOld, .otherSource, .answeredWithoutSocket]
                + (receipt.isPastRules ? [] : [.answeredInFront])
        case .e3: phantomCauses
        case .e4: [.answersForEveryPort, .proberBehindProxy]
        case .e5: [.keptOutOfLists, .noProcess, .boundOnly]
        case .e6: [.translatedToLoopback, .relayedToLoopback]
        case .e7: gapCauses
        case .e8: scopeCauses
        case .e9: namespaceCauses
        case .e10, .h7: inside.listeners.map { .keptByPlaceholder($0) }
        case .e11: [.boundToEveryAddress] + deciders
        case .a1: deciders
        case .a2:
            blockers + boundElsewhere + blockCauses + furtherStops
        case .a3: [.serviceStopped, .serviceNotStarted, .otherPort]
        case .a4: inside.listeners.map { .boundTo($0) }
        case .a5: receipt.isRefusalOfHost ? [.restarted, .otherNamespace] : refusers
        case .a6: stallCauses
        case .a7: inside.listeners.map { .notAccepting($0) }
        case .a8: targetCauses
        case .h4: inside.listeners.map { .chosenForClient($0) }
        case .h5:
            verdict == .heldByKernel
                ? inside.listeners.compactMap(\.kernelHolder).map { .kernel($0) } : [.noProcess]
        case .h6: [.reservedPort]
        case .u1: blockers + boundElsewhere + (verdict == .undetermined ? [] : filters)
        case .u2: silenceCauses + filters
        case .u3:
            blockers
                + (verdict == .blockedBeforeHost && receipt != .unknown
                    ? blockCauses : [.hostDown, .everythingFiltered, .wrongAddress])
        case .u4: [isInsideChanged ? .restarted : .unstablePath]
        case .u5: verdict == .boundOrHidden ? [.boundOnly, .keptOutOfLists] : doubts
        case .u6: traps
        case .u7: contradictionCauses
        case .u8: failures
        case .u9: [.sourceUnknown]
        }
    }

    private var exposureCauses: [Cause] {
        let containers = reachedListeners.compactMap { $0.container }.map {
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
        case .listening, .inNamespace: [.serviceSilent]
        case .loopbackOnly, .elsewhere, .none: closed + boundElsewhere
        case .unknown, .changed: [.serviceSilent] + closed
        }
    }

    private var refusers: [Cause] {
        [.restarted, .rejectedWithReset, .otherHost, .otherNamespace]
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
        (firewall.isAccept ? [] : [.filteredByHost]) + otherFilters
    }

    /// The rule that decides, when it is known: the one that stopped the probes before the one that
    /// should.
    private var deciders: [Cause] {
        let stopping = stoppingRules
        if !stopping.isEmpty { return stopping.map { .stoppedBy($0) } }
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
        case .listening, .inNamespace, .none, .unknown, .changed: []
        }
    }

    private var doubts: [Cause] {
        guard case .unknown(let doubts, _) = inside else { return [] }
        return doubts.map { .doubt($0) }
    }

    /// Why one family gets through and the other does not.
    private var gapCauses: [Cause] {
        let dual = inside.listeners.filter { $0.family == .dual }.map {
            Cause.takesBothFamilies($0)
        }
        guard case .decided(let action, let rules)? = counterpart?.firewall else {
            return [.rulesOfOneFamily(nil), .filteredOnTheWay] + dual
        }
        guard let rule = rules.last, rule.seesBothFamilies else {
            return [.rulesOfOneFamily(rules.last)] + dual
        }
        if case .reject(.icmp) = action { return [.refusalOfOtherFamily(rule)] + dual }
        // Both families meet the rule, so one of them was let in before.
        return (firewall.decidingRule.map { [.letInBy($0)] } ?? []) + dual
    }

    /// The rules that tell the vantages apart.
    private var scopeCauses: [Cause] {
        var causes: [Cause] = []
        if case .decided(_, let rules) = firewall, let rule = rules.last {
            causes.append(.letInBy(rule))
        }
        if case .decided(_, let rules)? = counterpart?.firewall, let rule = rules.last {
            causes.append(.stoppedElsewhere(counterpart?.vantage, rule))
        }
        return causes
    }

    /// How a listener in another namespace comes to be reachable.
    private var namespaceCauses: [Cause] {
        let listeners = target.map(\.listeners) ?? inside.listeners
        let containers = listeners.compactMap(\.container).reduce(into: [String]()) { all, id in
            if !all.contains(id) { all.append(id) }
        }
        let names = listeners.compactMap(\.namespace).reduce(into: [String]()) { all, name in
            if !all.contains(name) { all.append(name) }
        }
        return containers.map { .publishedContainer($0) } + names.map { .inNamespace($0) }
    }

    /// Why nothing comes back from where the rules send it.
    private var targetCauses: [Cause] {
        guard let target else { return [.targetGone] }
        if !stoppingRules.isEmpty { return deciders }
        return switch target.place {
        case .nothing: [.nothingAtTarget(target)]
        case .here, .loopback, .namespace: [.wayToTargetClosed(target), .restarted]
        case .unknown: [.targetGone]
        }
    }

    /// Rules of the host that would stop what a box on the way has stopped before.
    private var furtherStops: [Cause] {
        guard verdict != .blockedElsewhere, verdict != .answerLost, receipt != .stopped,
            case .decided(let action, let rules) = firewall,
            let rule = rules.last
        else { return [] }
        return switch action {
        case .drop, .reject: [.wouldBeStoppedBy(rule)]
        case .accept, .translate, .undecided: []
        }
    }

    /// The sets that hold the prober's own address since the scan.
    private var traps: [Cause] {
        guard case .undecided(let reasons) = firewall else { return [] }
        return reasons.compactMap { reason in
            if case .interfered(let name) = reason { .proberInSet(name) } else { nil }
        }
    }

    var isInsideChanged: Bool {
        if case .changed = inside { true } else { false }
    }
}
