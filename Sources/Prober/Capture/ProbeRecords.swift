/// The records of endpoints whose packets still come, as many as there is room for.
///
/// In two generations: when the younger is full the older is settled, so what is settled was asked
/// before ``generationLimit`` others were.
struct ProbeRecords {
    private var young: [Endpoint: ProbeRecord] = [:]
    private var old: [Endpoint: ProbeRecord] = [:]
    private var lastNumber: UInt32 = 0
    private let generationLimit: Int

    /// How many records a generation has.
    static let generationLimit = 65_536

    init(generationLimit: Int = Self.generationLimit) { self.generationLimit = generationLimit }

    /// What `body` makes of the record of `endpoint`; nil when there is none.
    mutating func update<Result>(
        _ endpoint: Endpoint, _ body: (inout ProbeRecord) -> Result?
    ) -> Result? {
        if let index = young.index(forKey: endpoint) { return body(&young.values[index]) }
        guard let index = old.index(forKey: endpoint) else { return nil }
        return body(&old.values[index])
    }

    /// Begins a record of `endpoint`, which has none; gives those that had to go for it.
    mutating func begin(_ endpoint: Endpoint, _ flow: ProbeFlow) -> [Endpoint: ProbeRecord] {
        var settled: [Endpoint: ProbeRecord] = [:]
        if young.count >= generationLimit {
            settled = old
            old = young
            young = [:]
        }
        lastNumber &+= 1
        young[endpoint] = ProbeRecord(number: lastNumber, flow)
        return settled
    }

    /// Takes all records; an endpoint is in one of the two only.
    mutating func takeAll() -> [[Endpoint: ProbeRecord]] {
        defer { (old, young) = ([:], [:]) }
        return [old, young]
    }
}
