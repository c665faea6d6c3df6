/// The services that answer any datagram with text: systat, daytime, qotd and chargen.
///
/// Nothing of the request comes back, so their replies are known by the sender and by their shape.
extension DatagramRequest {
    /// Asks who is logged in (RFC 866).
    static let systat = DatagramRequest(
        .systat, "who is logged in", specification: "RFC 866",
        proof: "a service tells strangers who is logged in", traits: .amplifies,
        write: writeLineEnd, recognise: { reply, _ in reply.isPlainText ? .valid : .unrecognised })

    /// Asks for the date and time as a line of text (RFC 867).
    static let daytime = DatagramRequest(
        .daytime, "the date and time as a line", specification: "RFC 867",
        proof: "a daytime service answers us",
        write: writeLineEnd,
        recognise: { reply, _ in
            // The form is free, but a time of day has a colon, and nobody writes a page of it.
            let isTime = reply.byteCount <= 128 && reply.isPlainText
            return isTime && reply.position(of: ":") != nil ? .valid : .unrecognised
        })

    /// Asks for the quotation of the day (RFC 865).
    static let quoteOfTheDay = DatagramRequest(
        .qotd, "the quotation of the day", specification: "RFC 865",
        proof: "a quotation service answers us", traits: .amplifies,
        write: writeLineEnd,
        recognise: { reply, _ in
            reply.byteCount <= 512 && reply.isPlainText ? .valid : .unrecognised
        })

    /// Asks for characters, up to 512 of them (RFC 864).
    static let chargen = DatagramRequest(
        .chargen, "up to 512 characters", specification: "RFC 864",
        proof: "a character generator answers us, which can be turned against others",
        traits: .amplifies,
        write: writeLineEnd,
        recognise: { reply, _ in
            reply.byteCount <= 512 && reply.isPlainText ? .valid : .unrecognised
        })

    /// What the request says does not matter; a line end is what a person at a terminal would send.
    private static let writeLineEnd: Writer = { bytes, _ in bytes.append(text: "\r\n") }
}
