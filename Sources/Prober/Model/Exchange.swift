/// What came of waiting for the first byte on an open connection, and then of asking for one.
///
/// A handshake proves no more than that something answers handshakes. Bytes prove a service.
public enum Exchange: String, Hashable, Sendable, CaseIterable {
    /// Bytes came unasked.
    case banner
    /// Bytes came after a request.
    case reply
    /// The other side ended the connection after a request, without a byte.
    case hungUp = "hung-up"
    /// The other side closed the connection at once, unasked and without a byte.
    case closed
    /// The other side reset the connection at once, unasked and without a byte.
    case reset
    /// Nothing came, even after a request.
    case silent

    /// Whether there is surely a service, and not only something that answers handshakes.
    public var isProof: Bool {
        switch self {
        case .banner, .reply: true
        case .hungUp, .closed, .reset, .silent: false
        }
    }

    /// Whether connections are ended before anything can be said on them.
    public var endsAtOnce: Bool {
        switch self {
        case .closed, .reset: true
        case .banner, .reply, .hungUp, .silent: false
        }
    }
}
