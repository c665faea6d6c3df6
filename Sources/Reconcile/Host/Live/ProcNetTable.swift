import Prober
import SystemPackage

/// The receiving sockets in the text of `/proc/net/tcp`, `tcp6`, `udp` or `udp6`.
///
/// The text does not tell V6ONLY, the device, the backlog, the size of a buffer or the control group.
struct ProcNetTable: Hashable {
    /// The sockets that would take a new connection or datagram.
    private(set) var sockets: [KernelSocket] = []
    /// How many lines could not be understood; each may hide a socket.
    private(set) var brokenLineCount = 0

    /// Reads the file of `table` below `proc`, for the network namespace of this thread.
    static func read(
        _ table: SocketTable, in proc: String, everyState: Bool = false
    ) throws(Errno) -> ProcNetTable {
        // Not /proc/net: that is the namespace of the process's first thread.
        let folder = try Directory("\(proc)/thread-self/net")
        let bytes = try folder.contents(of: table.fileName, limit: 1 << 28)
        return ProcNetTable(
            parsing: String(decoding: bytes, as: UTF8.self), as: table, everyState: everyState)
    }

    /// The sockets in `text`, whose first line is a heading: those that receive something new, or
    /// all that hold a port.
    init(parsing text: String, as table: SocketTable, everyState: Bool = false) {
        let state = KernelSocket.receivingState(table.transport)
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split(separator: " ", maxSplits: 10)
            guard fields.count >= 10, let lineState = UInt8(fields[3], radix: 16),
                let (address, port) = Self.endpoint(fields[1], table.family),
                let queues = Self.pair(fields[4]), let userID = UInt32(fields[7]),
                let inode = UInt64(fields[9])
            else {
                brokenLineCount += 1
                continue
            }
            guard everyState || lineState == state, port != 0 else { continue }
            sockets.append(
                KernelSocket(
                    table.transport, address, port, userID: userID, inode: inode,
                    waiting: table.transport == .tcp ? queues.receive : nil,
                    bufferUsed: table.transport == .udp ? queues.receive : nil,
                    dropCount: table.transport == .udp ? Self.drops(fields) : nil))
        }
    }

    /// The last field of a row of UDP, which kernels before 2.6.27 do not have.
    private static func drops(_ fields: [Substring]) -> UInt32? {
        guard fields.count == 11 else { return nil }
        let rest = fields[10].split(separator: " ")
        return rest.count == 3 ? UInt32(rest[2]) : nil
    }

    /// `0100007F:0016`: each 32-bit word of the address as this machine reads it, then the port.
    private static func endpoint(
        _ field: Substring, _ family: IPAddress.Family
    ) -> (IPAddress, UInt16)? {
        let parts = field.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].utf8.count == family.bitCount / 4,
            let port = UInt16(parts[1], radix: 16)
        else { return nil }
        var number: UInt128 = 0
        var rest = parts[0]
        while !rest.isEmpty {
            guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
            number = number << 32 | UInt128(UInt32(bigEndian: word))
            rest = rest.dropFirst(8)
        }
        return (IPAddress(family, number: number), port)
    }

    /// `00000000:0000000A`: bytes to send, and bytes or connections received.
    private static func pair(_ field: Substring) -> (send: UInt32, receive: UInt32)? {
        let parts = field.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let send = UInt32(parts[0], radix: 16),
            let receive = UInt32(parts[1], radix: 16)
        else { return nil }
        return (send, receive)
    }
}
