/// The Time Protocol (RFC 868).
extension DatagramRequest {
    /// Asks for the seconds since 1900.
    static let time = DatagramRequest(
        .time, "the seconds since 1900", specification: "RFC 868",
        proof: "a time service answers us",
        write: { bytes, _ in bytes.append(text: "\r\n") },
        recognise: { reply, _ in
            guard let seconds: UInt32 = reply.number(at: 0), isThisCentury(seconds) else {
                return .unrecognised
            }
            // GNU inetutils sends a C `long` of eight bytes, of which four are zero.
            let isLong = reply.byteCount == 8 && reply.number(at: 4) == UInt32(0)
            return reply.byteCount == 4 || isLong ? .valid : .unrecognised
        })

    /// Whether the time is from 2000 to 2071; the number of 32 bits begins anew in 2036.
    private static func isThisCentury(_ seconds: UInt32) -> Bool {
        seconds >= 3_155_673_600 || seconds < 1_104_537_600
    }
}
