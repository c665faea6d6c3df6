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
            let slot = line[index]
            guard slot.hasSuffix(":"), slot.utf8.count > 1,
                slot.utf8.dropLast().allSatisfy({
                    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                }),
                isEndpoint(line[index + 1]), isEndpoint(line[index + 2]),
                line[index + 3].utf8.count == 2, UInt8(line[index + 3], radix: 16) != nil
            else { continue }
            return index
        }
        return nil
    }

    private static func isEndpoint(_ word: String) -> Bool {
        let bytes = word.utf8
        return (bytes.count == 13 || bytes.count == 37)
            && bytes.dropLast(4).last == UInt8(ascii: ":")
    }

    private mutating func read(
        _ line: ReportLine, _ at: Int, _ context: ReportContext, _ section: inout ReportSection
    ) {
        guard let (words, port) = Self.endpoint(line[at + 1]),
            let (peerWords, peerPort) = Self.endpoint(line[at + 2]),
            let state = UInt8(line[at + 3], radix: 16)
        else { return section.unread(line) }
        let table = Self.table(context.fileName)
        guard table != .other else { return section.skip(.otherProtocol) }
        let hasPeer = peerPort != 0 || peerWords.contains { $0 != 0 }
        let row = Row(
            table: table, isOwnName: context.fileName == context.origin,
            isUDPHeading: isUDPHeading, state: state, hasPeer: hasPeer, words: words, port: port,
            userID: line.number(at + 7, as: UInt32.self),
            inode: line.number(at + 9, as: UInt64.self))
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

    private static func endpoint(_ word: String) -> ([UInt32], UInt16)? {
        let parts = word.split(separator: ":")
        guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
        var words: [UInt32] = []
        var rest = parts[0]
        while !rest.isEmpty {
            guard let value = UInt32(rest.prefix(8), radix: 16) else { return nil }
            words.append(value)
            rest = rest.dropFirst(8)
        }
        return (words, port)
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
        self = ProcNetReport()
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
        if transport == .udp, row.state != 0x07 { details.remarks = [.contradictoryRow] }
        let family: ReportedFamily = row.family == .ipv4 ? .ipv4 : .ipv6OrDual
        section.add(
            ReportedSocket(
                transport: transport, address: reported, port: .number(row.port),
                family: family.settled(for: reported), details: details), line)
    }
}
