import Synchronization

/// The ports that the UDP sockets of a scan send from.
///
/// The engine's thread notes them before it sends, and the capture's thread asks: what another
/// program of this machine sends to an asked port is none of ours.
public final class DatagramPorts: Sendable {
    private let ports = Mutex<Set<UInt16>>([])

    /// No port yet.
    public init() {}

    /// Notes a port; it counts from now on.
    func add(_ port: UInt16) { _ = ports.withLock { $0.insert(port) } }

    /// Whether a socket of the scan sends, or has sent, from `port`.
    func contains(_ port: UInt16) -> Bool { ports.withLock { $0.contains(port) } }
}
