import Testing

@testable import Prober

@Suite struct BERReaderTests {
    @Test(
        "an element is read if it is whole and has the tag",
        arguments: [
            ("0401ff", 2..<3), ("0400", 2..<2), ("048101ff", 3..<4), ("0484 00000001 ff", 6..<7),
            ("0402ff", nil), ("0501ff", nil), ("04", nil), ("", nil), ("0480ff00", nil),
            ("0485 0000000001 ff", nil), ("0484 ffffffff", nil), ("0481", nil),
        ] as [(String, Range<Int>?)])
    func content(_ digits: String, _ expected: Range<Int>?) {
        let bytes = [UInt8](hex: digits)
        var reader = BERReader(0..<bytes.count)
        let content = unsafe reader.content(of: 0x04, in: bytes.span.bytes)
        #expect(content == expected)
    }

    @Test func `elements follow one another within their parent`() {
        let bytes = [UInt8](hex: "3006 020105 020300ffff")
        var outer = BERReader(0..<bytes.count)
        let content = unsafe outer.content(of: 0x30, in: bytes.span.bytes)
        #expect(content == 2..<8)
        var inner = BERReader(content ?? 0..<0)
        let first = unsafe inner.number(in: bytes.span.bytes)
        #expect(first == 5)
        // The second runs out of the parent, though not of the datagram.
        let second = unsafe inner.number(in: bytes.span.bytes)
        #expect(second == nil)
    }

    @Test("a token's integer is positive and fills its bytes", arguments: [UInt64(0), ~0, 1 << 63])
    func integers(first: UInt64) {
        let token = RequestToken(first, 0)
        #expect((0x40_0000...0x7f_ffff).contains(token.berInteger(byteCount: 3)))
        #expect((0x4000_0000...0x7fff_ffff).contains(token.berInteger(byteCount: 4)))
    }
}
