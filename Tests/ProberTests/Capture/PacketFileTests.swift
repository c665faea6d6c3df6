import Testing

@testable import Prober

@Suite struct PacketFileTests {
    /// A block: its type and its body.
    private struct Block {
        var type: UInt32
        var body: [UInt8]
    }

    private static func number(_ bytes: some Collection<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The whole blocks in `bytes`; nil where one contradicts itself.
    private static func blocks(_ bytes: [UInt8]) -> [Block]? {
        var rest = bytes[...]
        var blocks: [Block] = []
        while rest.count >= 12 {
            let length = Int(number(rest.dropFirst(4).prefix(4)))
            guard length % 4 == 0, length >= 12 else { return nil }
            guard length <= rest.count else { break }
            let block = rest.prefix(length)
            guard Int(number(block.suffix(4))) == length else { return nil }
            blocks.append(
                Block(
                    type: UInt32(number(block.prefix(4))),
                    body: Array(block.dropFirst(8).dropLast(4))))
            rest = rest.dropFirst(length)
        }
        return blocks
    }

    /// The options from `offset` on.
    private static func options(_ body: [UInt8], from offset: Int) -> [UInt64: [UInt8]] {
        var options: [UInt64: [UInt8]] = [:]
        var rest = body[offset...]
        while rest.count >= 4 {
            let (code, length) = (number(rest.prefix(2)), Int(number(rest.dropFirst(2).prefix(2))))
            if code == 0 { break }
            options[code] = Array(rest.dropFirst(4).prefix(length))
            rest = rest.dropFirst(4 + (length + 3) / 4 * 4)
        }
        return options
    }

    private static func file() -> [UInt8] {
        var file = PacketFile(.cooked2, interface: "any", snapLength: 320, program: "prober 1")
        for (index, frame) in [[UInt8(1), 2, 3], [], [1, 2, 3, 4]].enumerated() {
            unsafe file.add(
                CapturedFrame(nanoseconds: 0x0001_0002_0003_0004 + Int64(index), length: 99),
                frame.span.bytes, comment: "probe \(index): ✓")
        }
        file.end(CaptureCounts(received: 8, dropped: 3, droppedByInterface: 2), at: 5)
        return file.takeBytes()
    }

    @Test func `frames, their times and their comments are read back`() throws {
        let blocks = try #require(Self.blocks(Self.file()))
        #expect(blocks.map(\.type) == [0x0a0d_0d0a, 1, 6, 6, 6, 5])
        #expect(Self.number(blocks[0].body.prefix(4)) == 0x1a2b_3c4d)
        #expect(Self.number(blocks[1].body.prefix(2)) == 276)
        #expect(Self.options(blocks[1].body, from: 8)[2] == Array("any".utf8))
        #expect(Self.options(blocks[1].body, from: 8)[9] == [9])
        let frame = blocks[2].body
        #expect(Self.number(frame[4..<8]) == 0x0001_0002)
        #expect(Self.number(frame[8..<12]) == 0x0003_0004)
        #expect(Self.number(frame[12..<16]) == 3)
        #expect(Self.number(frame[16..<20]) == 99)
        #expect(Array(frame[20..<23]) == [1, 2, 3])
        #expect(Self.options(frame, from: 24)[1] == Array("probe 0: ✓".utf8))
        let counts = Self.options(blocks[5].body, from: 12).mapValues { Self.number($0) }
        #expect(counts == [6: 8, 7: 3, 5: 2])
    }

    @Test func `a file that is cut at any byte holds the blocks before`() throws {
        let whole = Self.file()
        var longest = 0
        for length in whole.indices {
            let blocks = try #require(Self.blocks(Array(whole.prefix(length))))
            #expect(blocks.count >= longest)
            longest = blocks.count
        }
        #expect(longest == 5)
    }
}
