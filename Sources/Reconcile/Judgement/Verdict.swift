/// The outside and the inside of an endpoint compared, before anyone asks whether it was meant.
public enum Verdict: String, Hashable, Sendable, CaseIterable {
    /// Reachable, and a listener covers it.
    case exposed
    /// No answer, though datagrams come to the listener that covers it.
    case delivered
    /// Reachable, and the listener's program takes no connection.
    case neglected
    /// Reachable at a loopback address, where the listener is bound: only this host gets there.
    case containedOpen
    /// Reachable, though only loopback listens.
    case leaked
    /// Reachable, though nothing listens for that address.
    case phantom
    /// Reachable, though no list of the host's sockets has the port; and the port is taken.
    case hidden
    /// Reachable, in another namespace of the host, which has the address.
    case namespaceExposed
    /// Reachable; who listens is not known.
    case openUnattributed
    /// Open like every other port of the address, which proves nothing of this one.
    case allOpen
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
    /// No answer, because the listener takes nothing more.
    case stalled
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
    /// The host's rules stop the prober since it scans.
    case interfered
    /// Never probed, or the probe failed on this side.
    case notTested
    /// Not probed, and the rules do not tell what would be seen.
    case undetermined
    /// Not probed; the rules let it in, and who listens is not known.
    case listenerUndetermined
    /// Reachable, though the rules, which are fully known, stop it.
    case bypassed
    /// Reachable where the rules send it.
    case forwarded
    /// Reachable in another namespace of the host, where the rules send it.
    case forwardedToNamespace
    /// Stopped as the rules say.
    case filteredAsModelled
    /// Not reachable, and the rules say so too, but in another way than was seen.
    case contradicted
    /// The rules send it somewhere where nothing answers.
    case danglingTranslation
    /// Filtered, though the rules let it in: something else filters.
    case blockedElsewhere
    /// No answer, because the probes never came to the host.
    case blockedUpstream
    /// Refused in the host's name by something that is not the host.
    case refusedElsewhere
    /// No answer, though the host gave one: it is lost on the way back.
    case answerLost
    /// Refused because nothing listens, and a rule lets that port in.
    case staleAllow
    /// A listener takes packets to every address, and only the rules keep them away.
    case latent
    /// A program keeps the port, and never gets the packets: the rules send them elsewhere.
    case shadowed
    /// A program only keeps the port.
    case placeholder
    /// The rules refuse in a way that looks like a closed port to many scanners.
    case looksClosed
    /// One address family is reachable, and the other is stopped.
    case familyGap
    /// Reachable from one vantage and not from another, as the rules say.
    case sourceScoped
    /// A client's socket, which looks like a listener.
    case clientSocket
    /// A part of the kernel holds the socket.
    case heldByKernel
    /// No process holds the socket, and no part of the kernel that is known.
    case ownerless
    /// The port is taken, and kept free of others; nothing listens.
    case reserved
    /// The port is taken by a socket that does not listen, or by one that hides.
    case boundOrHidden

    /// Everything there is to say of an endpoint that is seen as `outside`, of which the host says
    /// `inside`, with which the rules have this `effect`, and of which a `receipt` tells.
    ///
    /// The first is the verdict; others add to it.
    static func all(
        _ outside: OutsideView, _ inside: InsideView, _ effect: FirewallEffect = .unknown,
        _ mark: ListenerMark = .none, _ receipt: ReceiptView = .unknown
    ) -> [Verdict] {
        settled(outside, inside, effect, mark, receipt) ?? all(outside, inside, effect, mark)
    }

    /// The same without any receipt.
    private static func all(
        _ outside: OutsideView, _ inside: InsideView, _ effect: FirewallEffect,
        _ mark: ListenerMark
    ) -> [Verdict] {
        switch outside {
        case .open: reachable(inside, effect, mark)
        // What was seen says nothing of the single port.
        case .openAmongAll: [.allOpen]
        case .closed: refused(inside, effect, mark)
        case .rejectedByHost: rejected(inside, effect, mark)
        case .silent: silent(inside, effect, mark)
        case .openOrFiltered: ambiguous(inside, effect, mark)
        case .predicted: predicted(inside, effect, mark)
        // What the rules do says nothing of a box on the way.
        case .rejectedOnTheWay: inside == .changed ? [.unstable] : [.blockedOnTheWay]
        case .rejectedBeforeHost: [.blockedBeforeHost]
        // Nothing was tested, or nothing holds still: what listens cannot change that.
        case .unreachable: effect == .interferes ? [.interfered] : [.unreachable]
        case .unstable: effect == .interferes ? [.interfered] : [.unstable]
        case .unstableOpen: [.openAtTimes]
        case .notTested: [.notTested]
        }
    }
}
