import Foundation
import Prober

/// Frames made by hand.
enum WireBytes {
    static func read(_ frame: [UInt8], _ link: LinkType) -> WirePacket? {
        unsafe WirePacket(frame.span.bytes, link)
    }

    static func number<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        stride(from: Number.bitWidth - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: number >> Number($0))
        }
    }

    /// From 203.0.113.10 to 198.51.100.2.
    static func ipv4(_ transport: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0x45, 0] + number(UInt16(20 + content.count)) + [0x12, 0x34, 0x40, 0, 63, transport, 0, 0]
            + [203, 0, 113, 10, 198, 51, 100, 2] + content
    }

    /// From 2001:db8::a to 2001:db8::2.
    static func ipv6(_ next: UInt8, _ content: [UInt8]) -> [UInt8] {
        let prefix: [UInt8] = [0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11)
        return [0x60, 0, 0, 0] + number(UInt16(content.count)) + [next, 63] + prefix + [10] + prefix
            + [2] + content
    }

    /// A SYN-ACK from port 443 to 40000, with a Linux server's options.
    static let synAck: [UInt8] =
        number(UInt16(443)) + number(UInt16(40000)) + [1, 2, 3, 4, 5, 6, 7, 8, 0xa0, 0x12]
        + number(UInt16(65160)) + [0, 0, 0, 0]
        + [2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7]

    static func datagram(_ payload: [UInt8]) -> [UInt8] {
        number(UInt16(443)) + number(UInt16(40000)) + number(UInt16(8 + payload.count)) + [0, 0]
            + payload
    }

    /// An extension header of IPv6 of the given number, 8 or 16 bytes long.
    static func extensionHeader(_ header: UInt8, _ next: UInt8) -> [UInt8] {
        switch header {
        case 44: [next, 0, 0, 1, 0, 0, 0, 1]
        case 51: [next, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]
        default: [next, 1] + [UInt8](repeating: 0, count: 14)
        }
    }

    /// `packet` behind a head as `link` has it.
    static func frame(_ link: LinkType, _ packet: [UInt8]) -> [UInt8] {
        let type: [UInt8] = packet.first.map { $0 >> 4 } == 6 ? [0x86, 0xdd] : [8, 0]
        return switch link {
        case .ethernet: [UInt8](repeating: 7, count: 12) + type + packet
        case .cooked: [UInt8](repeating: 7, count: 14) + type + packet
        case .cooked2: type + [UInt8](repeating: 0, count: 18) + packet
        case .bsdLoopback, .openBSDLoopback: [2, 0, 0, 0] + packet
        case .rawIP, .rawIPv4, .rawIPv6: packet
        }
    }

    /// A frame of which some bytes are others, or which is cut, or which is any bytes.
    static func mutated(_ link: LinkType, _ random: inout SplitMix64) -> [UInt8] {
        let quoted = ipv4(17, datagram([1, 2, 3]))
        let packets = [
            ipv4(6, synAck), ipv6(6, synAck), ipv4(17, datagram([1, 2, 3])),
            ipv6(
                0,
                extensionHeader(0, 44) + extensionHeader(44, 51) + extensionHeader(51, 17)
                    + datagram([1])),
            ipv4(1, [3, 13, 0, 0, 0, 0, 0, 0] + quoted),
            ipv6(58, [1, 4, 0, 0, 0, 0, 0, 0] + ipv6(6, synAck)),
        ]
        var bytes = frame(link, packets[Int(random.next() % UInt64(packets.count))])
        if random.next() % 4 == 0 {
            bytes = (0..<Int(random.next() % 120)).map { _ in
                UInt8(truncatingIfNeeded: random.next())
            }
        }
        for _ in 0..<(random.next() % 6) where !bytes.isEmpty {
            bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(
                truncatingIfNeeded: random.next())
        }
        if random.next() % 3 == 0 { bytes = Array(bytes.prefix(Int(random.next() % 100))) }
        return bytes
    }
}

/// The seeds of fuzz tests: a few, or those that the environment names as `FIRST-LAST`.
enum FuzzSeeds {
    static let frames: ClosedRange<UInt64> = {
        let words = ProcessInfo.processInfo.environment["PROBER_FUZZ_SEEDS"]?.split(separator: "-")
        guard let words, words.count == 2, let first = UInt64(words[0]),
            let last = UInt64(words[1]), first <= last
        else { return 1...20 }
        return first...last
    }()
}
