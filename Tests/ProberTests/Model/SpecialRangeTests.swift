import Testing

@testable import Prober

@Suite struct SpecialRangeTests {
    private func refusals(of text: String, own: String = "") throws -> [String] {
        let targets = try TargetList(parsing: text, source: "test").addresses
        let own = try TargetList(parsing: own, source: "test").addresses
        return SpecialRange.refusals(of: targets, own: own).map {
            "\($0.addresses) \($0.special.name)"
        }
    }

    @Test(
        "each special range is refused by its own name",
        arguments: [
            ("0.1.2.3", "this network"), ("169.254.169.254", "link-local"),
            ("192.0.0.8", "protocol assignments"), ("192.88.99.1", "6to4 relay anycast"),
            ("224.0.0.1", "multicast"), ("239.255.255.255", "multicast"), ("240.0.0.1", "reserved"),
            ("255.255.255.255", "limited broadcast"), ("::", "unspecified"),
            ("::ffff:192.0.2.1", "IPv4-mapped"), ("64:ff9b::c000:201", "NAT64"),
            ("64:ff9b:1::1", "local NAT64"), ("100::1", "discard-only"),
            ("2001::1", "protocol assignments"), ("2001:1ff::", "protocol assignments"),
            ("2002:c000:201::1", "6to4"), ("fe80::1", "link-local"), ("febf::1", "link-local"),
            ("ff02::1", "multicast"),
        ])
    func refused(_ address: String, as name: String) throws {
        #expect(try refusals(of: address) == ["\(address) \(name)"])
    }

    @Test(
        "what owners and their labs use is not refused",
        arguments: [
            "127.0.0.1", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
            "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "198.18.0.0/15", "2001:db8::/32",
            "2001:200::", "3fff::/20", "fd00::/8", "223.255.255.255",
        ])
    func allowed(_ text: String) throws {
        #expect(try refusals(of: text) == [])
    }

    @Test func `only the special part of a range is refused, once`() throws {
        #expect(
            try refusals(of: "239.255.255.254-240.0.0.1 255.255.255.255 203.0.113.1") == [
                "239.255.255.254/31 multicast", "255.255.255.255 limited broadcast",
                "240.0.0.0/31 reserved",
            ])
    }

    @Test func `this machine's own addresses are allowed`() throws {
        #expect(
            try refusals(of: "169.254.7.7 169.254.7.8", own: "169.254.7.7") == [
                "169.254.7.8 link-local"
            ])
        #expect(try refusals(of: "fe80::1", own: "fe80::1").isEmpty)
    }
}
