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
}

extension Finding {
    /// What to do, in the order in which to try it; empty where nothing is to be done.
    public var actions: [Action] {
        if let holdingActions { return holdingActions }
        return switch code {
        case .c1, .c2, .c3, .c4, .c5: []
        case .e2: [.scanAgain, .checkFilters(transport, ports)]
        case .a1: [.checkFilters(transport, ports)] + withdrawal
        case .a8: [.checkFilters(transport, ports)] + withdrawal
        case .h1, .h2: [.checkFilters(transport, ports)]
        case .u7: [.scanAgain]
        case .e1: closing
        case .e3:
            [.findWhoAnswers(endpoint)] + completions
                + (isMeant ? [] : [.declare(transport, ports)])
        case .e6: [.removeForwarding(transport, ports)] + closing
        case .a2: reporters.map { .repairAt($0) } + rebinding + withdrawal
        case .a3: [.start] + withdrawal
        case .a4: rebinding + withdrawal
        case .a5: isMeant || result == .info ? [.scanAgain, .checkFilters(transport, ports)] : []
        case .u1: isMeant ? rebinding + [.checkFilters(transport, ports)] + withdrawal : []
        case .u2: silenceActions
        case .u3: reporters.map { .repairAt($0) } + [.checkHost, .scanAgain]
        case .u4: result == .pass ? [] : [.scanAgain]
        case .u5: completions + (result == .fail ? [.start] + withdrawal : [])
        case .u9: [.nameSource]
        case .u8: failures.map { .repairHere($0) } + (failures.isEmpty ? [.scanAgain] : [])
        }
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
        case .listening: isMeant ? filters : closing
        case .loopbackOnly, .elsewhere: rebinding + asking + withdrawal
        case .none: (isMeant ? [.start] : []) + asking + withdrawal
        case .unknown: completions + asking + filters
        case .changed: [.scanAgain]
        }
    }

    /// Whether there is no narrower address to bind to.
    private var isBoundToLoopback: Bool {
        switch inside {
        case .listening(_, .loopback), .loopbackOnly: true
        case .listening(_, .wildcard), .listening(_, .address), .elsewhere, .none, .unknown,
            .changed:
            false
        }
    }

    /// What runs the listeners, each once.
    var services: [Action.Service] {
        inside.listeners.reduce(into: []) { services, listener in
            let service = Action.Service(running: listener)
            if !services.contains(service) { services.append(service) }
        }
    }

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
        case .listening, .none, .unknown, .changed: []
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
