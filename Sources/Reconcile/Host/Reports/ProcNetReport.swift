import Prober

/// The text of `/proc/net/tcp` and its siblings, copied from some Linux.
///
/// Which table it is the name of the file says, or else the heading and the length of the address.
struct ProcNetReport: TableReader {
    let format = ReportFormat.procNet
    /// Whether the last heading is one of UDP, and which kinds of heading there were.
    private var isUDPHeading = false
    private var hasTCPHeading = false
    private var hasUDPHeading = false
    /// The table that the last file's name says; mostly all rows are of one file.
    private var lastTable: (name: String, table: Table)?
    /// The rows that would take something, until the byte order of the machine is known.
    private var sockets: [(row: Row, line: ReportLine)] = []

    /// One row, taken apart.
    private struct Row {
        /// Which table the name of a file says, and whether that is only the report's own name.
        let table: Table
        let isOwnName: Bool
        let isUDPHeading: Bool
        let state: UInt8
        let hasPeer: Bool
        let words: [UInt32]
        let port: UInt16
        let userID: UInt32?
        let inode: UInt64?
        /// The bytes that wait, and the datagrams that were dropped.
        let buffer: ReceiveBuffer?
        let dropCount: UInt64?

        var family: IPAddress.Family { words.count == 4 ? .ipv6 : .ipv4 }

        /// The address, whose words this machine's kernel or one of the other byte order wrote.
        func address(isSwapped: Bool) -> IPAddress {
            let words = words.map { isSwapped ? $0.byteSwapped : $0 }
            guard words.count == 4 else { return .v4(words.first ?? 0) }
            return .v6(
                high: UInt64(words[0]) << 32 | UInt64(words[1]),
                low: UInt64(words[2]) << 32 | UInt64(words[3]))
        }
    }

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        guard words.first == "sl", words.dropFirst().first == "local_address" else { return false }
        isUDPHeading = words.contains("drops")
        hasUDPHeading = hasUDPHeading || isUDPHeading
        hasTCPHeading = hasTCPHeading || !isUDPHeading
        return true
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        var start = 0
        var isRow = false
        // Two rows may stand on one line, when a line end was lost.
        while let at = Self.rowStart(in: line, from: start) {
            read(line, at, context, &section)
            isRow = true
            start = at + 4
        }
        return isRow
    }

    /// The index of the next word `N:` that an address, a peer and a state follow.
    private static func rowStart(in line: ReportLine, from start: Int) -> Int? {
        guard line.count >= start + 4 else { return nil }
        for index in start..<(line.count - 3) {
            guard line.length(of: index + 3) == 2, isEndpoint(line, index + 1),
                isEndpoint(line, index + 2), line.word(index, has: UInt8(ascii: ":")),
                UInt8(line[index + 3], radix: 16) != nil
            else { continue }
            let slot = line[index].utf8
            guard slot.last == UInt8(ascii: ":"), slot.count > 1,
                slot.dropLast().allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
            else { continue }
            return index
        }
        return nil
    }

    private static func isEndpoint(_ line: ReportLine, _ index: Int) -> Bool {
        let length = line.length(of: index)
        return (length == 13 || length == 37) && line.word(index, has: UInt8(ascii: ":"))
    }

    private mutating func read(
        _ line: ReportLine, _ at: Int, _ context: ReportContext, _ section: inout ReportSection
    ) {
        guard let (words, port) = Self.endpoint(line[at + 1]),
            let (peerWords, peerPort) = Self.endpoint(line[at + 2]),
            let state = UInt8(line[at + 3], radix: 16)
        else { return section.unread(line) }
        // grep puts the name of the file before a row.
        let prefix = at > 0 ? line[at - 1] : ""
        let isNamed = prefix.hasSuffix(":")
        let name = isNamed ? String(prefix.dropLast()) : context.fileName
        if lastTable?.name != name { lastTable = (name, Self.table(name)) }
        let table = lastTable?.table ?? .unknown
        guard table != .other else { return section.skip(.otherProtocol) }
        let hasPeer = peerPort != 0 || peerWords.contains { $0 != 0 }
        let row = Row(
            table: table, isOwnName: name == context.origin,
            isUDPHeading: isUDPHeading, state: state, hasPeer: hasPeer, words: words, port: port,
            userID: line.number(at + 7, as: UInt32.self),
            inode: line.number(at + 9, as: UInt64.self),
            buffer: UInt32(line[at + 4].suffix(8), radix: 16).map { ReceiveBuffer(used: $0) },
            dropCount: isUDPHeading ? line.number(at + 12, as: UInt64.self) : nil)
        // What takes nothing, whichever table it is of, needs no keeping.
        guard port != 0, state == 0x0a || !hasPeer, sockets.count < 200_000 else {
            section.saw(transport(of: row), row.family)
            return section.skip(port == 0 ? .unbound : hasPeer ? .connected : .notListening)
        }
        sockets.append((row, line.detached))
    }

    /// The transport of `row`.
    ///
    /// The name of a file that has both tables cannot be right for each, so that the headings count.
    private func transport(of row: Row) -> Transport {
        let isNameGood = !row.isOwnName || !(hasTCPHeading && hasUDPHeading)
        switch row.table {
        case .tcp where isNameGood: return .tcp
        case .udp where isNameGood: return .udp
        case .tcp, .udp, .other, .unknown: return row.isUDPHeading ? .udp : .tcp
        }
    }

    /// Which table a file's name says it is of.
    private enum Table {
        case tcp, udp, other, unknown
    }

    private static func table(_ fileName: String) -> Table {
        let name = fileName.split(separator: "/").last?.lowercased() ?? ""
        let words = name.split { !$0.isLetter && !$0.isNumber }
        for word in words.reversed() {
            switch word {
            case "tcp", "tcp6": return .tcp
            case "udp", "udp6": return .udp
            case "raw", "raw6", "udplite", "udplite6", "icmp", "icmp6": return .other
            default: continue
            }
        }
        return .unknown
    }

    /// The words of the address and the port in `0100007F:0016`.
    private static func endpoint(_ text: String) -> ([UInt32], UInt16)? {
        var words: [UInt32] = []
        var value: UInt32 = 0
        var count = 0
        var hasColon = false
        for byte in text.utf8 {
            if byte == UInt8(ascii: ":") {
                guard !hasColon, count == 0 else { return nil }
                hasColon = true
                continue
            }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
            count += 1
            if count == 8, !hasColon {
                words.append(value)
                value = 0
                count = 0
            }
        }
        guard hasColon, count == 4, words.count == 1 || words.count == 4 else { return nil }
        return (words, UInt16(truncatingIfNeeded: value))
    }

    /// Most machines write the words of an address swapped; where that makes no loopback address
    /// of what would be one otherwise, it was a machine of the other kind.
    mutating func finish(_ section: inout ReportSection, _ context: ReportContext) {
        func loopbacks(isSwapped: Bool) -> Int {
            sockets.count { $0.row.address(isSwapped: isSwapped).isLoopback }
        }
        let isSwapped = loopbacks(isSwapped: true) >= loopbacks(isSwapped: false)
        for (row, line) in sockets {
            let transport = transport(of: row)
            section.saw(transport, row.family)
            switch transport {
            case .tcp where row.state != 0x0a: section.skip(.notListening)
            case .udp where row.hasPeer: section.skip(.connected)
            case .tcp, .udp: add(row, transport, isSwapped: isSwapped, line, to: &section)
            }
        }
    }

    private func add(
        _ row: Row, _ transport: Transport, isSwapped: Bool, _ line: ReportLine,
        to section: inout ReportSection
    ) {
        let address = row.address(isSwapped: isSwapped)
        let reported: ReportedAddress = address.isUnspecified ? .wildcard : .exact(address)
        var details = SocketDetails()
        details.userID = row.userID
        details.inode = row.inode == 0 ? nil : row.inode
        if transport == .udp {
            details.buffer = row.buffer
            details.dropCount = row.dropCount
        }
        if transport == .udp, row.state != 0x07 { details.remarks = [.contradictoryRow] }
        let family: ReportedFamily = row.family == .ipv4 ? .ipv4 : .ipv6OrDual
        section.add(
            ReportedSocket(
                transport: transport, address: reported, port: .number(row.port),
                family: family.settled(for: reported), details: details), line)
    }
}
