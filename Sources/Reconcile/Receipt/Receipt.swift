public import Prober

/// What the inside shows of the probes of endpoints at one address that fared alike.
///
/// A receipt tells what became of probes on the host itself, where from outside there is only silence
/// or an answer that anyone on the way could have given. No receipt is no evidence: an endpoint without
/// one was not looked for.
public struct Receipt: Hashable, Sendable {
    /// The address that was probed, as the packets carry it.
    public var address: IPAddress
    /// The transport of the probes.
    public var transport: Transport
    /// The ports, at least one.
    public var ports: PortSet
    /// What became of the probes.
    public var fate: Fate
    /// What the host sent back to them, where that was watched; nil where it was not.
    public var answer: Answer?
    /// What shows it.
    public var proofs: [Proof]

    /// A receipt of the given parts.
    public init(
        _ address: IPAddress, _ transport: Transport, _ ports: PortSet, _ fate: Fate,
        answer: Answer? = nil, proofs: [Proof]
    ) {
        self.address = address
        self.transport = transport
        self.ports = ports
        self.fate = fate
        self.answer = answer
        self.proofs = proofs
    }

    /// What became of probes on the host.
    public enum Fate: Hashable, Sendable {
        /// They never came to the host's interface.
        case neverArrived
        /// They came to the interface; what became of them there was not seen.
        case arrived
        /// A rule of the host's firewall stopped them.
        case stopped(RuleReference)
        /// They came past the firewall to a port where nothing listens.
        case noPort
        /// They reached the socket.
        case delivered
        /// They reached the socket, and it had no room for them.
        case queueFull
    }

    /// What a host sent back to probes.
    public enum Answer: String, Hashable, Sendable, CaseIterable {
        /// Nothing.
        case nothing
        /// The second segment of a handshake.
        case handshake
        /// A reset.
        case reset
        /// A datagram.
        case datagram
        /// An ICMP error.
        case icmpError = "icmp-error"
    }

    /// What shows the fate of probes.
    public enum Proof: Hashable, Sendable {
        /// A counter of the kernel rose by `rise` while `probes` packets were sent.
        case counter(KernelCounter, rise: UInt64, probes: UInt64)
        /// The counter of the rule that decides rose by `rise` while `probes` packets were sent.
        case ruleCounter(RuleReference, rise: UInt64, probes: UInt64)
        /// The bytes that wait at the listener's socket, and the datagrams that it dropped, rose.
        case socket(queuedBytes: UInt64, drops: UInt64, probes: UInt64)
        /// So many of the probes were captured at `interface` of the host.
        case captured(packets: UInt64, interface: String)
    }
}
