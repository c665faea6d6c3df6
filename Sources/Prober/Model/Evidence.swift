public import SystemPackage

/// What was seen of one endpoint.
///
/// A state is derived from it; see ``PortState``.
public enum Evidence: Hashable, Sendable {
    /// The TCP connection was established.
    case handshake
    /// The TCP connection was established, and this is what came of waiting and asking on it.
    case exchange(Exchange)
    /// A TCP reset: the kernel refused the connection and its error queue held no ICMP error.
    case reset
    /// An ICMP error about our packet, and the address that sent it.
    case icmp(ICMPError, reporter: IPAddress)
    /// A datagram came back, and the service when it is a valid reply to a request of ours.
    case reply(DatagramService?)
    /// No answer to any attempt.
    case silence
    /// No answer to any request over UDP, and what that silence is worth.
    case unanswered(Silence)
    /// The probe could not be sent or finished here; it says nothing about the endpoint.
    case localFailure(LocalFailure)
}

/// Why a probe failed on this side.
public enum LocalFailure: Hashable, Sendable {
    /// A system call failed for good, after the retries that such a failure deserves.
    case system(SystemCallName, Errno)
    /// This machine's own firewall or routing rejected the packet on its way out.
    case rejectedHere(ICMPError)
    /// The kernel joined the probing socket to itself each time it was tried.
    case selfConnect
    /// The scan was stopped before the probe had its answer.
    case interrupted
}

/// A system call a probe makes.
public enum SystemCallName: String, Hashable, Sendable {
    case socket, setsockopt, bind, connect, setns, unshare, open
    case send = "sendmmsg"
    case epollCreate = "epoll_create1"
    case epollControl = "epoll_ctl"
    case signalDescriptor = "signalfd"
    case eventDescriptor = "eventfd"
    case threadCreate = "pthread_create"
}
