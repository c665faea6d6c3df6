/// The X Display Manager Control Protocol, version 1 (X.Org).
extension DatagramRequest {
    /// Asks whether the host would manage a display.
    static let xdmcp = DatagramRequest(
        .xdmcp, "whether it would manage a display", specification: "XDMCP 1.1, 4 (Query, Willing)",
        proof: "a display manager answers us; logins over it are not encrypted",
        write: { bytes, _ in bytes.append(hex: "0001 0002 0001 00") },  // no authentication names
        recognise: { reply, _ in
            guard reply.number(at: 0) == UInt16(1), let code: UInt16 = reply.number(at: 2),
                reply.number(at: 4) == UInt16(truncatingIfNeeded: reply.byteCount - 6)
            else { return .unrecognised }
            // Willing has three texts, each behind its length, Unwilling has two.
            var offset = 6
            switch code {
            case 5, 6:
                for _ in 0..<(code == 5 ? 3 : 2) {
                    guard let length: UInt16 = reply.number(at: offset) else {
                        return .unrecognised
                    }
                    offset += 2 + Int(length)
                }
                return offset == reply.byteCount ? .valid : .unrecognised
            default: return .unrecognised
            }
        })
}
