/// What one UDP port is asked, request by request.
///
/// First come the requests that belong to the port, then those that every silent port gets, then
/// the ones of other services. A position in a sequence names one of them.
struct RequestSequence: Sendable {
    /// The requests by their number in ``RequestSequences/requests``; ``count`` of them.
    let requests: InlineArray<32, UInt8>
    /// How many requests there are.
    let count: Int
    /// How many of them belong to the port: the table's, or one for a port without an entry.
    let ownCount: Int
    /// How many belong to it or are asked of every silent port.
    let restCount: Int
    /// Whether the table has the port.
    let isListed: Bool
    /// Whether a working service of the port may stay silent.
    let isSilenceExpected: Bool
    /// The position of the request that may be asked again and again; nil when none may.
    let repeatable: Int?

    /// How many requests a sequence may have.
    static let capacity = 32

    /// A sequence of `numbers`, cut to what fits.
    init(
        _ numbers: [UInt8], ownCount: Int, restCount: Int, isListed: Bool,
        isSilenceExpected: Bool, repeatable: Int?
    ) {
        requests = InlineArray { $0 < numbers.count ? numbers[$0] : 0 }
        count = min(numbers.count, Self.capacity)
        self.ownCount = min(ownCount, count)
        self.restCount = min(restCount, count)
        self.isListed = isListed
        self.isSilenceExpected = isSilenceExpected
        self.repeatable = repeatable
    }
}
