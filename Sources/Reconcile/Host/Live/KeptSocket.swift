import Prober

/// A socket that a file of the host says is kept for a service.
struct KeptSocket: Hashable {
    var transport: Transport
    /// The address to bind; nil for the wildcard, of whichever family.
    var address: IPAddress?
    var port: UInt16
    var activation: Activation

    /// Whether `listener` is it, as far as its place tells.
    func isAt(_ listener: Listener) -> Bool {
        guard transport == listener.transport, port == listener.port else { return false }
        guard let address else { return listener.address.isUnspecified }
        return address == listener.address
    }
}
