/// What a request carries and its reply must give back: 32 bytes that nobody else can know.
///
/// Made from the scan's key, the endpoint and the request, so none has to be remembered.
public struct RequestToken: Hashable, Sendable {
    /// The bytes as four big-endian words.
    private let words: InlineArray<4, UInt64>

    /// The token of the request numbered `request` to `endpoint`, under `key`.
    public init(key: SipHash, endpoint: Endpoint, request: UInt8) {
        let place = UInt64(endpoint.port) << 16 | UInt64(request) << 8
        let (high, low) = endpoint.address.halves
        words = InlineArray { number in key.hash(high, low, place | UInt64(number)) }
    }

    /// A token of exactly these bytes, the first of 32 in the highest place of `first`.
    ///
    /// For tests that compare with bytes from elsewhere.
    package init(_ first: UInt64, _ second: UInt64, _ third: UInt64 = 0, _ fourth: UInt64 = 0) {
        words = [first, second, third, fourth]
    }

    /// The byte at `position`, 0 to 31.
    public subscript(position: Int) -> UInt8 {
        UInt8(truncatingIfNeeded: words[position / 8] >> UInt64(56 - position % 8 * 8))
    }

    /// The first bytes as a big-endian number: two for a `UInt16`, eight for a `UInt64`.
    public func number<Number: FixedWidthInteger & UnsignedInteger>(
        _ type: Number.Type = Number.self
    ) -> Number {
        Number(truncatingIfNeeded: words[0] >> UInt64(64 - Number.bitWidth))
    }

    /// Whether all bytes are the same.
    public static func == (left: RequestToken, right: RequestToken) -> Bool {
        left.words.indices.allSatisfy { left.words[$0] == right.words[$0] }
    }

    /// Feeds all bytes to `hasher`.
    public func hash(into hasher: inout Hasher) {
        for index in words.indices { hasher.combine(words[index]) }
    }
}

extension IPAddress {
    /// The address in two words; IPv4 as its mapped IPv6 form (RFC 4291, 2.5.5.2).
    fileprivate var halves: (high: UInt64, low: UInt64) {
        switch self {
        case .v4(let bits): (0, 0xffff_0000_0000 | UInt64(bits))
        case .v6(let high, let low): (high, low)
        }
    }
}
