/// What a datagram is, to the request it may answer.
public enum ReplyMatch: Hashable, Sendable {
    /// A reply to this very request.
    case valid
    /// A reply in the protocol of the request, but to another one: its token is not ours.
    case wrongToken
    /// Not a reply in the protocol of the request.
    case unrecognised
}
