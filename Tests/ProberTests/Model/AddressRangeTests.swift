import Prober
import Testing

@Suite struct AddressRangeTests {
    @Test(
        "a block has the bounds of its prefix",
        arguments: [
            ("203.0.113.77", 24, "203.0.113.0", "203.0.113.255"),
            ("203.0.113.77", 32, "203.0.113.77", "203.0.113.77"),
            ("203.0.113.77", 31, "203.0.113.76", "203.0.113.77"),
            ("203.0.113.77", 0, "0.0.0.0", "255.255.255.255"),
            ("2001:db8::1", 127, "2001:db8::", "2001:db8::1"),
            ("2001:db8::1", 0, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ])
    func block(_ address: String, _ length: Int, _ first: String, _ last: String) throws {
        let inside = try #require(IPAddress(address))
        let range = try #require(AddressRange(block: inside, prefixLength: length))
        #expect(range.first == IPAddress(first))
        #expect(range.last == IPAddress(last))
        #expect(range.prefixLength == length)
    }

    @Test(
        "a prefix that does not fit its family is refused", arguments: [(33, false), (129, true)])
    func tooLong(_ length: Int, isIPv6: Bool) throws {
        let address = try #require(IPAddress(isIPv6 ? "ff::ff" : "1.2.3.4"))
        #expect(AddressRange(block: address, prefixLength: length) == nil)
        #expect(AddressRange(block: address, prefixLength: -1) == nil)
    }

    @Test func `a range is no block unless it is aligned`() throws {
        let first = try #require(IPAddress("203.0.113.1"))
        let last = try #require(IPAddress("203.0.113.2"))
        let range = try #require(AddressRange(first, through: last))
        #expect(range.prefixLength == nil)
        #expect(range.description == "203.0.113.1-203.0.113.2")
        #expect(AddressRange(last, through: first) == nil)
    }
}
