import Prober
import Testing

@Suite struct ProbeOrderTests {
    @Test("every index of a small space comes exactly once", arguments: [UInt64(0), 1, 7, .max])
    func exactlyOnce(seed: UInt64) {
        for count in Array(1...300) + [511, 512, 513, 1000, 4096, 65_535, 65_537] {
            let order = ProbeOrder(count: UInt128(count), seed: seed)
            var seen = [Bool](repeating: false, count: count)
            for step in 0..<UInt64(count) { seen[Int(order.index(at: step))] = true }
            #expect(!seen.contains(false), "count \(count)")
        }
    }

    @Test(
        "indices of a large space are in range and do not repeat",
        arguments: [UInt128(1) << 32 + 1, UInt128(1) << 48, UInt128(1) << 64 - 1, UInt128(1) << 64])
    func large(count: UInt128) {
        let order = ProbeOrder(count: count, seed: 3)
        var generator = SplitMix64(state: 5)
        var steps: Set<UInt64> = [0, UInt64(count - 1)]
        while steps.count < 20_000 { steps.insert(UInt64(UInt128(generator.next()) % count)) }
        let indices = Set(steps.map { order.index(at: $0) })
        #expect(indices.count == steps.count)
        #expect(indices.allSatisfy { UInt128($0) < count })
    }

    @Test func `the seed chooses the order, and the same seed the same order`() {
        let first = ProbeOrder(count: 1000, seed: 1)
        let again = ProbeOrder(count: 1000, seed: 1)
        let other = ProbeOrder(count: 1000, seed: 2)
        let steps = UInt64(0)..<1000
        #expect(steps.map { first.index(at: $0) } == steps.map { again.index(at: $0) })
        #expect(steps.map { first.index(at: $0) } != steps.map { other.index(at: $0) })
        #expect(steps.map { first.index(at: $0) } != Array(steps))
    }

    /// Neighbouring steps must not land on neighbouring indices, or one host gets a burst.
    @Test func `neighbouring steps are spread over the space`() {
        let order = ProbeOrder(count: 65_536, seed: 9)
        let close = (UInt64(1)..<65_536).count { step in
            let (left, right) = (order.index(at: step - 1), order.index(at: step))
            return max(left, right) - min(left, right) < 256
        }
        // 256 of 65,536 positions on either side: about 0.8 % of the steps by chance.
        #expect((200...900).contains(close))
    }
}
