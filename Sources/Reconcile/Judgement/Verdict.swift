/// The outside and the inside of an endpoint compared, before anyone asks whether it was meant.
///
/// The firewall is unknown in all of them: its rules are not read yet.
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

    /// The verdict on an endpoint that is seen as `outside`, and of which the host says `inside`.
    public init(_ outside: OutsideView, _ inside: ListenerView) {
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
