import Prober

/// What the probes of one endpoint come to, as far as a verdict asks.
public enum OutsideView: String, Hashable, Sendable, CaseIterable {
    /// The handshake was completed.
    case open
    /// The handshake was completed, as at nearly every other port of the address.
    case openAmongAll
    /// The host refused, and no ICMP error came with it.
    case closed
    /// An ICMP error of the host itself.
    case rejectedByHost
    /// An ICMP error of a box on the way to a host that is alive.
    case rejectedOnTheWay
    /// No answer, from a host that is alive.
    case silent
    /// No answer over UDP, which an open and a filtered port have in common.
    case openOrFiltered
    /// No answer, and no other port of the address gave a sign of life either.
    case unreachable
    /// An ICMP error of a box on the way, and no sign of life from the address.
    case rejectedBeforeHost
    /// Repeated probes disagree, and none found it open.
    case unstable
    /// Repeated probes disagree, and one found it open.
    case unstableOpen
    /// The probe failed on this side, or was never sent.
    case notTested
    /// Nobody means to probe it: the rules stand for what would be seen.
    case predicted

    /// What `evidence` comes to for an endpoint of `transport` at `address`.
    ///
    /// `isAlive` says whether any port of the address gave a sign of life; `isOfHost` tells the
    /// reporters that are the host itself.
    init(
        _ evidence: Evidence, over transport: Transport, at address: IPAddress, isAlive: Bool,
        isOfHost: (IPAddress) -> Bool
    ) {
        switch PortState(explaining: evidence, over: transport, at: address) {
        case .open: self = .open
        case .closed: self = .closed
        case .notTested: self = .notTested
        case .openOrFiltered: self = isAlive ? .openOrFiltered : .unreachable
        case .filtered:
            if case .icmp(let error, let reporter) = evidence {
                if isOfHost(reporter) {
                    self = .rejectedByHost
                } else if isAlive {
                    self = .rejectedOnTheWay
                } else {
                    self = error.isHostUnreachable ? .unreachable : .rejectedBeforeHost
                }
            } else {
                self = isAlive ? .silent : .unreachable
            }
        }
    }
}
