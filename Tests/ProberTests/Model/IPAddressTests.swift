import Glibc
import Prober
import Testing

@Suite struct IPAddressTests {
    @Test(
        "text that is not an address is refused",
        arguments: [
            "", ".", "1", "1.2.3", "1.2.3.4.5", "01.2.3.4", "1.2.3.04", "256.1.1.1", "1..2.3",
            "1.2.3.4 ", " 1.2.3.4", "1.2.3.4/24", "0x1.2.3.4", "1.2.3.-4", "1.2.3.1000",
            ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "11::22::33", "12345::",
            "g::", "::1%eth0", "fe80::1%1", "::/0", "1:2:3:4:5:6:7::8", "::1.2.3", "::1.2.3.4.5",
            "1.2.3.4::", "::ffff:01.2.3.4", "[::1]", "1:2:3:4:5:6:7:1.2.3.4", ":1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:8:",
        ])
    func refused(_ text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(
        "addresses print in the canonical form of RFC 5952",
        arguments: [
            ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
            ("2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("2001:DB8::A:b", "2001:db8::a:b"), ("0:0:0:0:0:0:0:0", "::"),
            ("0:0:0:0:0:0:0:1", "::1"), ("1:0:0:0:0:0:0:0", "1::"),
            ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("::ffff:192.0.2.1", "::ffff:192.0.2.1"),
            ("::ffff:c000:201", "::ffff:192.0.2.1"), ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ])
    func canonical(_ text: String, _ expected: String) throws {
        #expect(try #require(IPAddress(text)).description == expected)
    }

    @Test("every address survives printing and parsing", arguments: [UInt64(1), 2, 3])
    func roundTrip(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        for _ in 0..<2000 {
            let sparse = generator.next() & generator.next() & generator.next()
            let addresses = [
                IPAddress.v4(UInt32(truncatingIfNeeded: generator.next())),
                .v6(high: generator.next(), low: generator.next()),
                .v6(high: sparse, low: sparse & generator.next()),
                .v6(high: 0, low: sparse),
            ]
            for address in addresses { #expect(IPAddress(address.description) == address) }
        }
    }

    @Test("the C library reads our IPv6 text as the same address", arguments: [UInt64(4), 5])
    func sameAsLibrary(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        for _ in 0..<1000 {
            let mask = generator.next() & generator.next()
            let address = IPAddress.v6(high: generator.next() & mask, low: mask)
            var bytes = UInt128(0)
            let result = unsafe inet_pton(AF_INET6, address.description, &bytes)
            #expect(result == 1 && UInt128(bigEndian: bytes) == address.number)
        }
    }

    @Test(
        "loopback is known in every spelling",
        arguments: [
            ("127.0.0.1", true), ("127.255.0.9", true), ("::1", true), ("::ffff:127.0.0.1", true),
            ("128.0.0.1", false), ("::2", false), ("::", false), ("::ffff:1.2.3.4", false),
        ])
    func loopback(_ text: String, _ expected: Bool) throws {
        #expect(try #require(IPAddress(text)).isLoopback == expected)
    }
}
