/// Where probes come from.
///
/// What a scan saw is true only for its vantage.
public struct Vantage: Hashable, Sendable {
    /// What the owner calls the place: a host name, or `namespace`.
    public var name: String
    /// The addresses that probes carry as their source, as far as they are known.
    public var addresses: [IPAddress]

    /// A vantage of the given parts.
    public init(name: String, addresses: [IPAddress]) {
        self.name = name
        self.addresses = addresses
    }
}
