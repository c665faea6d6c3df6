/// What a request is made for: whom it asks, from where, and what its reply must give back.
public struct RequestContext: Sendable {
    /// The endpoint asked.
    public var endpoint: Endpoint
    /// The address the request leaves from; the wildcard of the family when it is not known.
    public var source: IPAddress
    /// What the reply must give back.
    public var token: RequestToken

    /// A context of the given parts.
    public init(endpoint: Endpoint, source: IPAddress, token: RequestToken) {
        self.endpoint = endpoint
        self.source = source
        self.token = token
    }
}
