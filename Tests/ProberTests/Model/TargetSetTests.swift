import Testing

@testable import Prober

@Suite struct TargetSetTests {
    /// The set that the words of `text` stand for.
    private func set(_ text: String) throws -> TargetSet {
        try TargetList(parsing: text, source: "test").addresses
    }

    @Test(
        "ranges that overlap or touch become one",
        arguments: [
            ("203.0.113.0/25 203.0.113.128/25", "203.0.113.0/24"),
            ("203.0.113.7 203.0.113.5 203.0.113.6", "203.0.113.5-203.0.113.7"),
            ("203.0.113.0/24 203.0.113.9", "203.0.113.0/24"),
            ("203.0.113.1 203.0.113.3", "203.0.113.1 203.0.113.3"),
            ("255.255.255.255 ::", "255.255.255.255 ::"),
            ("::/0 2001:db8::1 0.0.0.0/0 ::", "0.0.0.0/0 ::/0"),
            ("2001:db8::/33 2001:db8:8000::/33 192.0.2.1", "192.0.2.1 2001:db8::/32"),
        ])
    func merging(_ text: String, gives expected: String) throws {
        let set = try set(text)
        #expect(set.description == expected)
        #expect(try self.set(set.description) == set)
    }

    @Test(
        "the difference takes away exactly what both hold",
        arguments: [
            ("203.0.113.0/24", "203.0.113.0/24", ""),
            ("203.0.113.0/30", "203.0.113.1", "203.0.113.0 203.0.113.2/31"),
            ("203.0.113.0/30", "203.0.113.0 203.0.113.3", "203.0.113.1-203.0.113.2"),
            ("203.0.113.1 203.0.113.9", "203.0.113.0-203.0.113.20", ""),
            (
                "203.0.113.0/28 203.0.113.32/28", "203.0.113.8-203.0.113.39",
                "203.0.113.0/29 203.0.113.40/29"
            ),
            ("0.0.0.0/0 ::/0", "::/0", "0.0.0.0/0"),
            ("::/0", "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::"),
            ("255.255.255.254/31", "255.255.255.255", "255.255.255.254"),
        ])
    func subtracting(_ minuend: String, _ subtrahend: String, gives expected: String) throws {
        #expect(try set(minuend).subtracting(set(subtrahend)) == set(expected))
    }

    @Test(
        "the count is exact, and capped only above what 128 bits hold",
        arguments: [
            ("", 0), ("203.0.113.1", 1), ("0.0.0.0/0", 0x1_0000_0000),
            ("0.0.0.0/0 2001:db8::/64", 0x1_0000_0001_0000_0000),
            ("::/1 192.0.2.0/24", 0x8000_0000_0000_0000_0000_0000_0000_0100),
            ("::/0", UInt128.max), ("::/0 0.0.0.0/0", UInt128.max),
        ] as [(String, UInt128)])
    func count(of text: String, is expected: UInt128) throws {
        #expect(try set(text).count == expected)
    }

    @Test func `every position has its own address, ascending, in both ways of asking`() throws {
        let set = try set("203.0.113.250-203.0.114.3 192.0.2.7 2001:db8::ffff:fff0/124 2001:db8::1")
        let all = (0..<set.count).map { set[$0] }
        #expect(all == (0..<UInt64(set.count)).map { set.address(at: $0) })
        #expect(all == all.sorted())
        #expect(Set(all).count == 28)
        #expect(all.allSatisfy { set.contains($0) })
        #expect(all.map { set.position(of: $0) } == (0..<set.count).map { $0 })
        #expect(all.first == IPAddress("192.0.2.7"))
        #expect(all.last == IPAddress("2001:db8::ffff:ffff"))
    }

    @Test func `positions past 64 bits are reached`() throws {
        let set = try set("192.0.2.1 2001:db8::/48")
        #expect(set[0x1_0000_0000_0000_0001] == IPAddress("2001:db8:0:1::"))
        #expect(set.address(at: .max) == IPAddress("2001:db8::ffff:ffff:ffff:fffe"))
        let last = set[set.count - 1]
        #expect(last == IPAddress("2001:db8:0:ffff:ffff:ffff:ffff:ffff"))
        #expect(set.position(of: last) == set.count - 1)
        #expect(set.position(of: set[1 << 64]) == 1 << 64)
    }

    @Test func `a carry from the low half of an IPv6 address reaches the high half`() throws {
        let set = try set("2001:db8::ffff:ffff:ffff:ffff-2001:db8:0:1::1")
        #expect(set.address(at: 1) == IPAddress("2001:db8:0:1::"))
        #expect(set[2] == IPAddress("2001:db8:0:1::1"))
    }

    @Test("set algebra agrees with sets of single addresses", arguments: 0..<40 as Range<UInt64>)
    func algebra(seed: UInt64) {
        var random = SplitMix64(state: seed)
        func make() -> TargetSet {
            TargetSet(
                (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
                    let first = UInt32.random(in: 0...120, using: &random)
                    let last = first + UInt32.random(in: 0...20, using: &random)
                    return AddressRange(.v4(first), through: .v4(last))
                })
        }
        func elements(_ set: TargetSet) -> Set<IPAddress> {
            Set((0..<set.count).map { set[$0] })
        }
        let (left, right) = (make(), make())
        #expect(elements(left.union(right)) == elements(left).union(elements(right)))
        #expect(elements(left.subtracting(right)) == elements(left).subtracting(elements(right)))
        #expect(elements(left.intersection(right)) == elements(left).intersection(elements(right)))
        #expect(left.isSubset(of: right) == elements(left).isSubset(of: elements(right)))
        for bits in 0...141 as ClosedRange<UInt32> {
            #expect(left.contains(.v4(bits)) == elements(left).contains(.v4(bits)))
            let position = left.position(of: .v4(bits))
            #expect(position.map { left[$0] } == (left.contains(.v4(bits)) ? .v4(bits) : nil))
        }
        // A result made without sorting must be what sorting would have made of it.
        #expect(TargetSet(left.subtracting(right).ranges) == left.subtracting(right))
    }
}
