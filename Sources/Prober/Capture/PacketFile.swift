/// The bytes of a capture file (pcapng, draft-ietf-opsawg-pcapng), block by block.
///
/// One section, one interface. Every block is whole, so that a file of some of them is one too.
package struct PacketFile {
    /// What was not taken yet.
    private var bytes: [UInt8] = []

    /// A file of frames that begin as `link` says, captured on `interface` by `program`, which kept
    /// `snapLength` bytes of each.
    package init(_ link: LinkType, interface: String, snapLength: UInt32, program: String) {
        block(0x0a0d_0d0a) { body in
            body.append(UInt32(0x1a2b_3c4d))
            body.append(UInt16(1))
            body.append(UInt16(0))
            // The length of the section is not known while it is written.
            body.append(UInt64.max)
            body.option(4, Array(program.utf8))
            body.endOptions()
        }
        block(1) { body in
            body.append(link.rawValue)
            body.append(UInt16(0))
            body.append(snapLength)
            body.option(2, Array(interface.utf8))
            // Time stamps are in nanoseconds.
            body.option(9, [9])
            body.endOptions()
        }
    }

    /// How many bytes wait to be taken.
    package var waitingCount: Int { bytes.count }

    /// Adds a frame with a comment.
    package mutating func add(_ frame: CapturedFrame, _ span: RawSpan, comment: String) {
        block(6) { body in
            body.append(UInt32(0))
            body.append(time: UInt64(clamping: frame.nanoseconds))
            body.append(UInt32(span.byteCount))
            body.append(UInt32(clamping: max(frame.length, span.byteCount)))
            unsafe span.withUnsafeBytes { unsafe body += $0 }
            body.pad()
            body.option(1, Array(comment.utf8.prefix(1024)))
            body.endOptions()
        }
    }

    /// Adds what the capture counted, at `nanoseconds` since 1970; nothing follows.
    package mutating func end(_ counts: CaptureCounts, at nanoseconds: Int64) {
        block(5) { body in
            body.append(UInt32(0))
            body.append(time: UInt64(clamping: nanoseconds))
            // What the filter let through, what of it was dropped here, and what the interface dropped.
            for (code, count) in [
                (UInt16(6), counts.received), (7, counts.dropped), (5, counts.droppedByInterface),
            ] {
                var number: [UInt8] = []
                number.append(count)
                body.option(code, number)
            }
            body.endOptions()
        }
    }

    /// Takes the blocks that were not taken yet.
    package mutating func takeBytes() -> [UInt8] {
        defer { bytes.removeAll(keepingCapacity: true) }
        return bytes
    }

    /// Adds a block of a type, whose body `write` makes.
    private mutating func block(_ type: UInt32, _ write: (inout [UInt8]) -> Void) {
        let start = bytes.count
        bytes.append(type)
        bytes.append(UInt32(0))
        write(&bytes)
        let length = UInt32(bytes.count - start + 4)
        bytes.append(length)
        for (index, byte) in length.littleEndianBytes.enumerated() {
            bytes[start + 4 + index] = byte
        }
    }
}

extension FixedWidthInteger {
    /// The bytes, lowest first.
    fileprivate var littleEndianBytes: [UInt8] {
        stride(from: 0, to: Self.bitWidth, by: 8).map {
            UInt8(truncatingIfNeeded: self >> Self($0))
        }
    }
}

/// All numbers are written lowest byte first, whatever this machine does; the file tells readers so.
extension [UInt8] {
    fileprivate mutating func append(_ number: some FixedWidthInteger) {
        var rest = number
        for _ in 0..<(number.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    /// A time, its upper half first.
    fileprivate mutating func append(time: UInt64) {
        append(UInt32(truncatingIfNeeded: time >> 32))
        append(UInt32(truncatingIfNeeded: time))
    }

    /// Blocks are multiples of four bytes long, and so is everything in them.
    fileprivate mutating func pad() {
        while count % 4 != 0 { append(0 as UInt8) }
    }

    /// An option, which has fewer than 65,536 bytes.
    fileprivate mutating func option(_ code: UInt16, _ value: [UInt8]) {
        append(code)
        append(UInt16(clamping: value.count))
        self += value
        pad()
    }

    fileprivate mutating func endOptions() { append(UInt32(0)) }
}
