/// A datagram without data, which UDP allows (RFC 768).
extension DatagramRequest {
    /// Asks nothing: for ports where a service takes no question, or is not to be asked one.
    ///
    /// A closed port says so all the same.
    static let empty = DatagramRequest(
        .discard, "nothing", specification: "RFC 768",
        proof: "something sends datagrams back",
        write: { _, _ in }, recognise: { _, _ in .unrecognised })
}
