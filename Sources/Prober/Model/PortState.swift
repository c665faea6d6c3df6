/// What the evidence says about an endpoint.
///
/// Derived, never stored.
public enum PortState: String, Hashable, Sendable, CaseIterable {
    case open
    case closed
    case filtered
    case openOrFiltered = "open|filtered"
    /// The probe failed on this side, or was never sent: nothing is known of the endpoint.
    case notTested = "not-tested"

    /// The state that `evidence` proves for an endpoint of `transport` at `target`.
    ///
    /// A firewall can send any ICMP error, so over TCP none means closed: only a reset does.
    /// Over UDP port-unreachable is how a host says closed (RFC 1122, 4.1.3.1), but only when
    /// the host itself says it.
    public init(explaining evidence: Evidence, over transport: Transport, at target: IPAddress) {
        switch evidence {
        case .handshake, .exchange, .reply: self = .open
        case .reset: self = .closed
        case .icmp(let error, let reporter):
            let isFromHost = error.isPortUnreachable && reporter == target
            self = transport == .udp && isFromHost ? .closed : .filtered
        case .unanswered: self = .openOrFiltered
        case .silence: self = transport == .udp ? .openOrFiltered : .filtered
        case .localFailure: self = .notTested
        }
    }
}
