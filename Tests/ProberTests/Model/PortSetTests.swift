import Prober
import Testing

@Suite struct PortSetTests {
    @Test("set arithmetic agrees with sets of single ports", arguments: [UInt64(1), 2, 3, 4])
    func arithmetic(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        for _ in 0..<50 {
            let (left, leftPorts) = Self.random(&generator)
            let (right, rightPorts) = Self.random(&generator)
            #expect(Set(left.union(right)) == leftPorts.union(rightPorts))
            #expect(Set(left.subtracting(right)) == leftPorts.subtracting(rightPorts))
            #expect(Set(left.intersection(right)) == leftPorts.intersection(rightPorts))
            #expect(left.count == leftPorts.count)
            #expect((0..<left.count).map { left[$0] } == leftPorts.sorted())
            let probe = UInt16.random(in: 0...400, using: &generator)
            #expect(left.contains(probe) == leftPorts.contains(probe))
            #expect((left.position(of: probe) != nil) == leftPorts.contains(probe))
            #expect((0..<left.count).allSatisfy { left.position(of: left[$0]) == $0 })
        }
    }

    /// A few ranges that often touch, overlap, or reach an end of the port numbers.
    private static func random(_ generator: inout SplitMix64) -> (PortSet, Set<UInt16>) {
        let ranges = (0..<Int.random(in: 0...6, using: &generator)).map { _ in
            let base: UInt16 = Bool.random(using: &generator) ? 0 : .max - 300
            let start = base + UInt16.random(in: 0...250, using: &generator)
            return start...(start + UInt16.random(in: 0...50, using: &generator))
        }
        return (PortSet(ranges), Set(ranges.flatMap { $0 }))
    }

    @Test func `touching ranges become one`() {
        #expect(PortSet([22...22, 23...25, 21...21]).ranges == [21...25])
        #expect(PortSet([0...UInt16.max, 5...5]).count == 65_536)
        #expect(PortSet.all.count == 65_535)
    }

    @Test func `the ends of the port numbers have a position`() {
        #expect(PortSet.all.position(of: 0) == nil)
        #expect(PortSet.all.position(of: 1) == 0)
        #expect(PortSet.all.position(of: .max) == 65_534)
        #expect(PortSet([0...UInt16.max]).position(of: .max) == 65_535)
        #expect(PortSet().position(of: 1) == nil)
    }

    @Test func `the text names ranges and single ports`() {
        #expect(PortSet([1...21, 23...23]).description == "1-21,23")
        #expect(PortSet().description == "")
    }
}
