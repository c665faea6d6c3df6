import Prober

// How what receipts tell narrows down the ways in which a finding may have come about.
extension Finding {
    /// The rules that stopped the probes, each once.
    var stoppingRules: [RuleReference] {
        receipts.reduce(into: []) { rules, account in
            guard case .stopped(let rule) = account.fate, !rules.contains(rule) else { return }
            rules.append(rule)
        }
    }

    /// Why a listener that gets datagrams is not heard.
    var deliveryCauses: [Cause] {
        switch receipt {
        // What adds to the finding says it.
        case .answered, .queueFull: []
        case .unknown, .disputed, .neverArrived, .arrived, .ignored, .refused, .stopped, .noPort,
            .delivered:
            [.serviceSilent]
        }
    }

    /// Why nobody heard that a port is closed; empty where it was heard.
    var refusalCauses: [Cause] {
        guard isSilent else { return [] }
        switch transport {
        case .tcp: return [.answerStopped]
        case .udp:
            switch silence?.controls {
            case .silent: return [.errorsWithheld]
            case .answered, .limitSpent, .notAsked, nil: return [.errorsLimited]
            }
        }
    }

    /// Who may have answered where nothing on the host explains it.
    var phantomCauses: [Cause] {
        switch receipt {
        // A program at the driver answers before anything else of the host sees a packet.
        case .neverArrived: [.answeredInFront, .otherHost, .answeredWithoutSocket]
        case .ignored, .refused, .stopped, .noPort: [.answeredInFront, .otherHost]
        case .answered, .delivered, .queueFull:
            inside.listeners.map { .boundTo($0) } + [
                .answeredWithoutSocket, .listenerUnseen, .otherNamespace, .hiddenListener,
            ]
        case .unknown, .disputed, .arrived:
            inside.listeners.map { .boundTo($0) } + [
                .answeredInFront, .otherHost, .listenerUnseen, .otherNamespace,
                .answeredWithoutSocket, .hiddenListener,
            ]
        }
    }

    /// Where something stops what the host's rules do not, as far as receipts tell.
    var blockCauses: [Cause] {
        if verdict == .blockedElsewhere { return otherFilters }
        if verdict == .blockedUpstream { return [.filteredOnTheWay, .stoppedAtDriver] }
        if verdict == .answerLost { return [.answerStopped] }
        guard verdict == .refusedElsewhere || verdict == .blockedBeforeHost else { return [] }
        return switch receipt {
        case .answered: [.answerStopped]
        case .ignored, .stopped: [.otherHost, .filteredOnTheWay]
        case .neverArrived:
            [.filteredOnTheWay, verdict == .refusedElsewhere ? .otherHost : .wrongAddress]
        case .unknown, .disputed, .arrived, .refused, .noPort, .delivered, .queueFull: []
        }
    }

    /// Who may filter beside the host's rules.
    var otherFilters: [Cause] {
        switch receipt {
        case .ignored, .refused: [.filteredInHost]
        case .arrived: [.filteredInHost, .answerStopped]
        case .delivered: [.answerStopped]
        case .unknown, .disputed, .neverArrived, .stopped, .noPort, .queueFull, .answered:
            [.filteredOnTheWay]
        }
    }

    /// Why a listener takes nothing more.
    var stallCauses: [Cause] {
        inside.listeners.map { listener in
            if listener.isBlindPlaceholder { return .takesNothing(listener) }
            let isFull = listener.queue?.isFull ?? false
            return receipt == .queueFull && !isFull ? .hadNoRoom(listener) : .queueFull(listener)
        }
    }

    /// Why the rules, as they were read, do something else than what was seen.
    var contradictionCauses: [Cause] {
        switch receipt {
        case .stopped where firewall.isAccept:
            stoppingRules.map { .stoppedBy($0) } + [.rulesOld, .otherSource]
        case .refused, .noPort, .delivered, .queueFull, .answered: [.rulesOld, .otherSource]
        case .ignored: [.rulesOld, .refusalsLimited]
        case .unknown, .disputed, .neverArrived, .arrived, .stopped:
            [.rulesOld, .refusalsLimited, .otherHost]
        }
    }

    /// Where to look for what stops the probes, or the answers.
    var placesToCheck: [Action] {
        let causes = blockCauses
        let isKnown = receipt != .unknown && receipt != .disputed
        var places: [Action] = []
        if causes.contains(.filteredInHost) { places.append(.checkLayers(transport, ports)) }
        if causes.contains(.filteredOnTheWay), isKnown {
            places.append(.checkPath(transport, ports))
        }
        if causes.contains(.answerStopped) { places.append(.checkWayBack(transport, ports)) }
        return places
    }
}

extension ReceiptView {
    /// Whether the host itself refused the probes, and no rule of it.
    var isRefusalOfHost: Bool {
        switch self {
        case .refused, .noPort: true
        case .unknown, .disputed, .neverArrived, .arrived, .ignored, .answered, .stopped,
            .delivered, .queueFull:
            false
        }
    }
}
