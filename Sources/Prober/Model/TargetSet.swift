public struct TargetSet: Hashable, Sendable {
    public let ranges: [AddressRange]
    private let offsets: [UInt128]
    public let count: UInt128
    public init(ranges: some Sequence<AddressRange>) {
        self.ranges = Array(ranges)
        var o: [UInt128] = []
        var c: UInt128 = 0
        for r in self.ranges { o.append(c); c += r.span + 1 }
        offsets = o
        count = c
    }
    public subscript(index: UInt128) -> IPAddress {
        let i = offsets.partitioningIndex { $0 > index } - 1
        let r = ranges[i]
        return IPAddress(r.family, number: r.first.number + index - offsets[i])
    }
}
