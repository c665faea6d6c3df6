public import Prober

// The sentences that people read, made from values in one place. They may hold text from the host
// or the network as it is; whoever shows them escapes it for where they are shown.

extension String {
    /// The text, cut with an ellipsis where it is too long to be read in a sentence.
    ///
    /// Command lines and reasons come from a host, which may send any amount.
    var shortened: String { count <= 200 ? self : prefix(199) + "…" }
}

extension Finding {
    /// What was seen, as a phrase; `the host itself` stands for the address of the finding.
    public var sightingExplanation: String {
        guard let sighting else { return "nothing, because no probe was sent" }
        return sighting.evidence.map { evidence in
            switch evidence {
            case .icmp(let error, let reporter) where reporter == addresses.first:
                "\(error) from the host itself"
            case .silence:
                "no answer to \(sighting.attempts.counting("attempt"))"
            case .unanswered(let silence):
                "no answer to \(sighting.attempts.counting("request"))\(silence.explanation)"
            case .handshake, .exchange, .reset, .reply, .icmp, .localFailure: evidence.explanation
            }
        }.joined(separator: ", and at another time ")
    }
}

extension Finding.Counterpart {
    /// What was seen there and what the rules do, as a phrase.
    public var explanation: String {
        let seen = sighting?.evidence.map(\.explanation).joined(separator: ", and at another time ")
        let parts = [seen, firewall.explanation].compactMap { $0 }.joined(separator: "; ")
        return "\(address)" + (vantage.map { " from \($0.explanation)" } ?? "") + ": " + parts
    }
}

extension Exchange {
    /// What came of the talk, as a phrase.
    public var explanation: String {
        switch self {
        case .banner: "then bytes, unasked"
        case .reply: "then a reply to a request"
        case .hungUp: "ended after a request, without a byte"
        case .closed: "closed at once"
        case .reset: "reset at once"
        case .silent: "then silence, even after a request"
        }
    }
}

extension Evidence {
    /// What was seen, as a phrase.
    public var explanation: String {
        switch self {
        case .handshake: "TCP handshake"
        case .exchange(let exchange): "TCP handshake, \(exchange.explanation)"
        case .reset: "TCP reset"
        case .icmp(let error, let reporter): "\(error) from \(reporter)"
        case .reply(let service?): "\(service.rawValue) reply"
        case .reply(nil): "reply that no request of ours explains"
        case .silence: "no answer"
        case .unanswered(let silence): "no answer\(silence.explanation)"
        case .localFailure(let failure): failure.explanation
        }
    }
}

extension Silence {
    /// What the silence is worth, as the end of a phrase; empty when nobody knows.
    public var explanation: String {
        let controlText: String? =
            switch controls {
            case .notAsked: nil
            case .answered: "a closed port would have answered, so this one is open or filtered"
            case .silent: "this host does not say when a port is closed"
            case .limitSpent: "the host's limit of ICMP errors kept it from saying more in time"
            }
        let expectation =
            isExpected ? "a service of this port may say nothing to a stranger" : nil
        return [expectation, controlText].compactMap { $0 }.map { "; \($0)" }.joined()
    }
}

extension LocalFailure {
    /// Why a probe failed here, as a phrase.
    public var explanation: String {
        switch self {
        case .system(let call, let error):
            "\(call.rawValue) failed here: \(error.symbol), \(LocalFailureReason(self).words)"
        case .rejectedHere(let error): "rejected by this machine itself: \(error)"
        case .selfConnect: "the kernel joined the probe to itself"
        case .interrupted: "the scan was stopped before an answer came"
        }
    }
}

extension LocalFailureReason {
    fileprivate var words: String {
        switch self {
        case .noDescriptors: "too few file descriptors"
        case .noRoute: "no route"
        case .notPermitted: "not permitted"
        case .noAddress: "no local address or port left"
        case .noBuffers: "no memory for it"
        case .rejectedHere: "rejected by this machine itself"
        case .selfConnect: "joined to itself"
        case .interrupted: "interrupted"
        case .failed: "an unexpected error"
        }
    }
}

extension ListenerView {
    /// What the host says, as a phrase.
    public var explanation: String {
        switch self {
        case .listening(let listeners, _): Self.list(listeners)
        case .loopbackOnly(let listeners): "only on loopback: " + Self.list(listeners)
        case .inNamespace(let listeners): "in another namespace: " + Self.list(listeners)
        case .elsewhere(let listeners): "for other destinations only: " + Self.list(listeners)
        case .none: "nothing has the port"
        case .unknown(let doubts, let listeners):
            "not known: " + doubts.map(\.explanation).joined(separator: "; ")
                + (listeners.isEmpty ? "" : " (" + Self.list(listeners) + ")")
        case .changed(let before, let after):
            "before the scan " + Self.list(before) + ", after it " + Self.list(after)
        }
    }

    private static func list(_ listeners: [Listener]) -> String {
        listeners.isEmpty ? "nothing" : listeners.map(\.explanation).joined(separator: "; ")
    }
}

extension ListenerView.Doubt {
    /// Why it cannot be told who listens, as a phrase.
    public var explanation: String {
        switch self {
        case .noReport: "there is no host report"
        case .listenersMissing(let reason): "the host report misses listeners: \(reason.shortened)"
        case .dualStackUnknown:
            "the report does not say whether the IPv6 wildcard takes IPv4 too"
        case .device(let name):
            "the socket takes only what comes in through \(name), which does not hold the address"
        case .addressNotOfHost:
            "the address is none of the host's, so something translates it on the way"
        case .manyAddresses: "it was not asked for each of many addresses"
        case .hostAddressesUnknown: "the report does not say which addresses the host has"
        case .partial(let listener): "the report shows a part only of \(listener.explanation)"
        }
    }
}

extension PartialListener {
    /// What is known of the socket, as a phrase: `*:kshell2/tcp`, `redes2.info:68/udp`.
    public var explanation: String {
        let host =
            switch address {
            case .whole(let address): "\(address)"
            case .wildcard: "*"
            case .cut(let text): "\(text.shortened)…"
            case .name(let name): name.shortened
            case .notShown: "?"
            }
        let port =
            switch port {
            case .number(let number): "\(number)"
            case .name(let name, _): name.shortened
            case .cut(let digits, _): "\(digits)…"
            }
        return "\(host):\(port)/\(transport?.rawValue ?? "?")"
    }
}

extension Listener {
    /// The socket, who holds it and what runs it, as a phrase.
    public var explanation: String {
        var parts = ["\(socketText)/\(transport.rawValue)"]
        if let device { parts[0] += " through \(device)" }
        let shown = owners.prefix(3).map { owner in
            let user = owner.user.map { ", user \($0.shortened)" } ?? ""
            return owner.name.isEmpty
                ? "process \(owner.pid)\(user)"
                : "\(owner.name.shortened) (pid \(owner.pid)\(user))"
        }
        parts += shown
        if owners.count > shown.count { parts.append("\(owners.count - shown.count) more") }
        if let program, owners.isEmpty {
            parts.append("program \(program.shortened)")
        } else if owners.isEmpty {
            parts.append(userID.map { "owner not seen, user id \($0)" } ?? "owner not seen")
        }
        if let unit { parts.append("unit \(unit)") }
        if let container { parts.append("container \(container.prefix(12))") }
        if let namespace { parts.append("network namespace \(namespace)") }
        return parts.joined(separator: ", ")
    }

    /// The address and port bound to, as `0.0.0.0:22` or `[::]:22`.
    private var socketText: String {
        switch address {
        case .v4: "\(address):\(port)"
        case .v6: "[\(address)]:\(port)"
        }
    }
}

extension Policy.Stance {
    /// What was declared, why and where, as a phrase.
    public var explanation: String {
        switch self {
        case .open(let expectation):
            "declared open" + expectation.terms + expectation.note()
                + (expectation.lapsed.map { "; \($0.explanation)" } ?? "")
        case .closed(let expectation):
            (expectation.isRest ? "not declared, so closed like the rest" : "declared closed")
                + expectation.note() + (expectation.lapsed.map { "; \($0.explanation)" } ?? "")
        case .undeclared: "not declared"
        case .undecided(let expectation):
            "declared \(expectation.isOpen ? "open" : "closed") from "
                + expectation.scope + " only" + expectation.note(after: ",")
        }
    }
}

extension Expectation {
    fileprivate func note(after separator: String = "") -> String {
        (location.map { "\(separator) at \($0)" } ?? "") + (reason.map { ": \($0)" } ?? "")
    }
}

extension TargetSet {
    fileprivate var noun: String { count == 1 ? "address" : "addresses" }

    /// The first ranges, and how many more there are.
    var abbreviated: String {
        let shown = ranges.prefix(5).map(\.description).joined(separator: ", ")
        return ranges.count > 5 ? "\(shown) and \(ranges.count - 5) more" : shown
    }
}

extension FirewallView.Reason {
    /// Why it cannot be told what the rules do, as a phrase.
    public var explanation: String {
        switch self {
        case .rulesNotRead: "the firewall's rules were not read"
        case .manyAddresses: "it was not asked for each of many addresses"
        case .changed: "the firewall's rules changed while the scan ran"
        case .notAsked: "it is about a socket, whatever packets come"
        case .interfered(let name):
            "the prober's address is in the set \(name.shortened) since the scan, and rules stop it"
        case .unknown(let unknown): unknown.explanation
        }
    }
}

extension Reconciliation.HostNote {
    /// What holds for the host, as a sentence.
    public var explanation: String {
        switch self {
        case .firewallUndetermined(let reason):
            "Who filters is not known: \(reason.explanation)."
        case .noFilter(let isIPv6):
            "Nothing filters what comes to the host over \(isIPv6 ? "IPv6" : "IPv4")."
        case .inventoryIncomplete(let gaps):
            "The host report does not see everything: "
                + gaps.map { "\($0.subject.rawValue), because \($0.reason.shortened)" }
                .joined(separator: "; ") + "."
        case .predicted(let vantage, let addresses):
            "Nothing was probed: the rules stand for what \(vantage.explanation) would see of "
                + "\(addresses.abbreviated)."
        case .noHostReport: "Who listens is not known: there is no host report."
        case .scanFileCut(let line):
            "The scan file has no end record"
                + (line.map { ", and its last line (\($0)) was cut and left out" } ?? "")
                + ": the scan was killed, or the file lost its end."
        case .addressesNotScanned(let addresses):
            "Nothing passes: no scan has the declared \(addresses.noun) \(addresses.abbreviated)."
        case .addressesWithoutSource(let addresses):
            "Nothing passes: no packet to \(addresses.abbreviated) was followed, because no source "
                + "that was asked from has its family."
        case .portsNotScanned(let ports):
            "Nothing passes: the target asks to probe more ports than the scan has: "
                + "\(ports.description.shortened)."
        case .addressesNotDeclared(let addresses):
            "The target does not have the scanned \(addresses.noun) \(addresses.abbreviated), "
                + "judged by its declarations all the same."
        case .hostNotAsked(let reason):
            "What the host says of itself is not known: \(reason.shortened)."
        case .probedDirectly(let reason):
            "Probed directly instead of from a namespace, because \(reason.shortened); this is no view from "
                + "outside."
        }
    }
}

extension FirewallView {
    /// What the rules do, as a phrase; nil when they were not read.
    public var explanation: String? {
        switch self {
        case .undecided([.rulesNotRead]), .undecided([.manyAddresses]), .undecided([.notAsked]):
            return nil
        case .undecided(let reasons):
            return "undecided, because " + reasons.map(\.explanation).joined(separator: "; ")
        case .decided(let action, let rules):
            let place = rules.last.map { rule in
                let number =
                    switch rule.place {
                    case .handle(let handle): " handle \(handle)"
                    case .line(let line): " line \(line)"
                    case nil: ""
                    }
                return " by \(rule.family.rawValue) \(rule.table) \(rule.chain)\(number): "
                    + rule.text.shortened
            }
            return action.explanation + (place ?? "")
        }
    }
}

extension FirewallAction {
    /// What happens, as a phrase.
    public var explanation: String {
        switch self {
        case .accept: "accepted"
        case .drop: "dropped"
        case .reject(let rejection): "rejected (\(rejection.word))"
        case .translate(let target): "translated to \(target)"
        case .undecided: "undecided"
        }
    }
}
