public import Prober

/// Something an owner can do about a finding.
public enum Action: Hashable, Sendable {
    /// Find out which process has the port.
    case identify(Transport, PortSet)
    /// Stop the service, or remove it, if it is not needed.
    case stop(Service)
    /// Bind the service to a narrower address.
    case rebind(Service)
    /// Restrict by a rule who may reach the ports.
    case restrict(Transport, PortSet)
    /// Declare in the target file that the ports are meant to be open.
    case declare(Transport, PortSet)
    /// Declare in the target file that who holds the port is meant to.
    case declareHolder([Listener])
    /// Start the service, or repair it.
    case start
    /// Bind the service so that it takes packets to this address.
    case bind(Service, to: IPAddress)
    /// Take the declaration back.
    case undeclare(Expectation)
    /// Find out who answers before the host is changed.
    case findWhoAnswers(Endpoint?)
    /// Find and remove what forwards to loopback.
    case removeForwarding(Transport, PortSet)
    /// Look at the box that sent the error.
    case repairAt(IPAddress)
    /// Look at the host's rules, then at what is on the way.
    case checkFilters(Transport, PortSet)
    /// Ask fewer UDP ports, or raise the host's limit of ICMP errors.
    case askFewer
    /// Make sure that the host is up, and that the address is its own.
    case checkHost
    /// Scan again.
    case scanAgain
    /// Scan again from an address that the scan file can name.
    case nameSource
    /// Remove what made the probes fail here, then scan again.
    case repairHere(LocalFailure)
    /// Make a host report on the host and reconcile with it.
    case collectReport
    /// Make the host report again so that it sees what is missing.
    case completeReport(ListenerView.Doubt)
    /// Find out why the program takes no connections; no rule is to blame.
    case repairProgram(Service)
    /// Ask for an answer of the service itself, since a handshake proves nothing here.
    case askForData
    /// Take the host off the network and look at it from outside its system.
    case isolate(Transport, PortSet)
    /// Give the other family the rule that one has.
    case mirrorRule(RuleReference?, IPAddress.Family)
    /// Declare from where the ports are meant to be open.
    case declareSource(Transport, PortSet)
    /// Close the ports where the namespace is run, or in the chains for forwarded packets.
    case closeForwarding(Transport, PortSet)
    /// Start what the rules send packets to, or make a way there.
    case restoreTarget(ForwardTarget)
    /// Remove a rule that nothing needs.
    case removeRule(RuleReference)
    /// Scan again more slowly, from an address that no set of the host holds.
    case scanFromElsewhere(set: String?)
    /// Find out which descriptor or part of the kernel has the socket.
    case findHolder(Transport, PortSet)
    /// Look at what lies on the way to the host.
    case checkPath(Transport, PortSet)
    /// Look at what filters on the host and is no rule of its firewall.
    case checkLayers(Transport, PortSet)
    /// Look at what stops the host's answers.
    case checkWayBack(Transport, PortSet)
    /// Find out what the rules do in truth: probe, or give what is missing.
    case probe
}

extension Finding {
    /// What to do, in the order in which to try it; empty where nothing is to be done.
    public var actions: [Action] {
        if let holdingActions { return holdingActions }
        return switch code {
        case .c1, .c1s, .c2, .c3, .c4, .c5, .h3, .h4, .h6, .h7: []
        case .e1: isSentAway ? closingForwarded : closing
        case .e2: [.scanAgain, .checkFilters(transport, ports)]
        case .e3:
            searchForWhoAnswers + completions + (isMeant ? [] : [.declare(transport, ports)])
        case .e4: [.findWhoAnswers(nil), .askForData]
        case .e5: [.findHolder(transport, ports), .isolate(transport, ports)]
        case .e6: [.removeForwarding(transport, ports)] + closing
        case .e7: mirroring + rebindings
        case .e8: [.declareSource(transport, ports)]
        case .e9: closingForwarded
        case .e10: [.closeForwarding(transport, ports)]
        case .e11: rebindings
        case .a1: [.checkFilters(transport, ports)] + withdrawal
        case .a2:
            reporters.map { .repairAt($0) } + (isMeant ? placesToCheck : []) + rebinding
                + withdrawal
        case .a3: [.start] + withdrawal
        case .a4: rebinding + withdrawal
        case .a5: isMeant || result == .info ? [.scanAgain, .checkFilters(transport, ports)] : []
        case .a6: result == .pass ? [] : services.map { .repairProgram($0) } + withdrawal
        case .a7: services.map { .repairProgram($0) } + withdrawal
        case .a8: result == .pass ? [] : repairsOfTarget + withdrawal
        case .h1:
            [firewall.decidingRule.map { .removeRule($0) } ?? .checkFilters(transport, ports)]
        case .h2: [.checkFilters(transport, ports)]
        case .h5: verdict == .heldByKernel ? [] : [.findHolder(transport, ports)]
        case .u1:
            if verdict == .undetermined {
                [.probe] + withdrawal
            } else {
                isMeant ? rebinding + [.checkFilters(transport, ports)] + withdrawal : []
            }
        case .u2: silenceActions
        case .u3: reporters.map { .repairAt($0) } + [.checkHost, .scanAgain]
        case .u4: result == .pass ? [] : [.scanAgain]
        case .u5:
            verdict == .boundOrHidden
                ? [.findHolder(transport, ports)]
                : completions + (result == .fail ? [.start] + withdrawal : [])
        case .u6: [.scanFromElsewhere(set: trap)]
        case .u7: [.scanAgain]
        case .u8: failures.map { .repairHere($0) } + (failures.isEmpty ? [.scanAgain] : [])
        case .u9: [.nameSource]
        }
    }

    private var family: IPAddress.Family { addresses.first.destination.family }

    /// Treat both families alike.
    private var mirroring: [Action] {
        let isLetIn = causes.contains { if case .letInBy = $0 { true } else { false } }
        if isLetIn, let rule = firewall.decidingRule { return [.removeRule(rule)] }
        return [.mirrorRule(counterpart?.firewall.decidingRule, family)]
    }

    /// Bind what listens to fewer addresses.
    private var rebindings: [Action] {
        isBoundToLoopback ? [] : services.map { .rebind($0) }
    }

    /// Whether the rules send the packets to where those for the host's own packets see them no more.
    private var isSentAway: Bool {
        verdict == .forwarded && target?.destination.isHere == false
    }

    /// As for other exposures, but rules for the host's own packets close nothing.
    private var closingForwarded: [Action] {
        services.map { .stop($0) } + [.closeForwarding(transport, ports)]
            + (isMeant ? [] : [.declare(transport, ports)])
    }

    private var repairsOfTarget: [Action] {
        var actions: [Action] = []
        if let target { actions.append(.restoreTarget(target)) }
        if let rule = firewall.decidingRule { actions.append(.removeRule(rule)) }
        return actions.isEmpty ? [.checkFilters(transport, ports)] : actions
    }

    /// The set that holds the prober's address since the scan.
    private var trap: String? {
        for case .proberInSet(let name) in causes { return name }
        return nil
    }

    /// Identify the port, stop what has it, else rebind, else restrict, else declare.
    private var closing: [Action] {
        let services = services.isEmpty ? [Action.Service.unknown(transport, ports)] : services
        var actions: [Action] = services.compactMap { service in
            if case .unknown(let transport, let ports) = service {
                return .identify(transport, ports)
            }
            return nil
        }
        actions += services.map { .stop($0) }
        if !isBoundToLoopback { actions += services.map { .rebind($0) } }
        actions.append(.restrict(transport, ports))
        if !isMeant { actions.append(.declare(transport, ports)) }
        return actions
    }

    /// What settles the silence of a UDP endpoint, or makes up for it.
    private var silenceActions: [Action] {
        let filters: [Action] = isMeant ? [.checkFilters(transport, ports)] : []
        let asking: [Action] = silence?.controls == .limitSpent ? [.askFewer] : []
        return switch inside {
        case .listening, .inNamespace: isMeant ? filters : closing
        case .loopbackOnly, .elsewhere: rebinding + asking + withdrawal
        case .none: (isMeant ? [.start] : []) + asking + withdrawal
        case .unknown: completions + asking + filters
        case .changed: [.scanAgain]
        }
    }

    /// Where to look for who answers: on the host, or in front of it, where receipts tell.
    private var searchForWhoAnswers: [Action] {
        switch receipt {
        case .neverArrived, .ignored, .refused, .stopped, .noPort: [.checkPath(transport, ports)]
        case .answered, .delivered, .queueFull: [.findHolder(transport, ports)]
        case .unknown, .disputed, .arrived: [.findWhoAnswers(endpoint)]
        }
    }

    /// Whether there is no narrower address to bind to.
    private var isBoundToLoopback: Bool {
        switch inside {
        case .listening(_, .loopback), .loopbackOnly: true
        case .listening(_, .wildcard), .listening(_, .address), .inNamespace, .elsewhere, .none,
            .unknown, .changed:
            false
        }
    }

    /// What runs the listeners, each once.
    var services: [Action.Service] { reachedListeners.services }

    private var isMeant: Bool {
        switch stance.meaning {
        case .open: true
        case .closed, .undeclared, .undecided: false
        }
    }

    private var withdrawal: [Action] {
        switch stance {
        case .open(let expectation): [.undeclare(expectation)]
        case .closed, .undeclared, .undecided: []
        }
    }

    /// For listeners that a packet to this address does not reach.
    private var rebinding: [Action] {
        switch inside {
        case .loopbackOnly, .elsewhere:
            services.map { .bind($0, to: addresses.first) }
        case .listening, .inNamespace, .none, .unknown, .changed: []
        }
    }

    private var completions: [Action] {
        guard case .unknown(let doubts, _) = inside else { return [] }
        return doubts.map { doubt in
            switch doubt {
            case .noReport: .collectReport
            case .listenersMissing, .dualStackUnknown, .device, .addressNotOfHost,
                .hostAddressesUnknown, .manyAddresses, .partial:
                .completeReport(doubt)
            }
        }
    }

    private var reporters: [IPAddress] {
        causes.compactMap { cause in
            if case .blockedBy(let reporter, _) = cause { reporter } else { nil }
        }
    }

    private var failures: [LocalFailure] {
        causes.compactMap { cause in
            if case .probeFailed(let failure) = cause { failure } else { nil }
        }
    }
}

extension [Listener] {
    /// What runs them, each once.
    fileprivate var services: [Action.Service] {
        reduce(into: []) { services, listener in
            let service = Action.Service(running: listener)
            if !services.contains(service) { services.append(service) }
        }
    }
}

extension RuleReference {
    /// Whether packets of both address families meet it.
    var seesBothFamilies: Bool { family == .inet || family == .netdev }
}

extension FirewallView {
    /// The rule that decides; nil when it is not known, or none does.
    var decidingRule: RuleReference? {
        if case .decided(_, let rules) = self { rules.last } else { nil }
    }
}
