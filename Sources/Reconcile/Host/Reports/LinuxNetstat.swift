import Prober

/// `netstat` of Linux: net-tools, busybox and toybox, whose ports follow a colon.
struct LinuxNetstat: TableReader {
    let format = ReportFormat.linuxNetstat
    /// Whether lines are about UNIX sockets now.
    private var isInUNIX = false
    /// Whether a cell was longer than a column that is cut.
    private var isWide = false
    /// Whether IPv6 rows have a protocol of their own, as in new net-tools.
    private var hasIPv6Words = false

    /// Cells hold this many characters, the colon not counted.
    private static let cellWidth = 22

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        if words.first == "active" {
            guard let kind = words.dropFirst().first else { return false }
            isInUNIX = kind == "unix" || kind == "local"
            return kind == "internet" || isInUNIX && words.contains("sockets")
        }
        guard words.first == "proto" else { return false }
        isInUNIX = words.contains("refcnt")
        return isInUNIX || words.contains("recv-q")
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        let first = line[0]
        if first == "unix", line.count >= 5, line[2] == "[" {
            section.skip(.otherProtocol)
            return true
        }
        guard let word = NetstatProtocol(first), line.count >= 5, line.isNumber(1),
            line.isNumber(2), EndpointText.separator(in: line.bytes(of: 3)) == .colon
        else { return false }
        isInUNIX = false
        guard let transport = word.transport else {
            section.skip(.otherProtocol)
            return true
        }
        if word.digits == .six { hasIPv6Words = true }
        let stateWord = line[5]
        let state = Self.state(stateWord, over: transport)
        // Most rows of a busy host end here, before anything is taken apart.
        if transport == .tcp, let state, case .connected = SocketState(state) {
            isWide = isWide || line.length(of: 3) > Self.cellWidth + 1
            section.saw(.tcp, Self.family(word, line.bytes(of: 3)))
            section.skip(.connected)
            return true
        }
        guard let local = EndpointText(line.bytes(of: 3), partedBy: .colon),
            let peer = EndpointText(line.bytes(of: 4), partedBy: .colon)
        else { return false }
        isWide = isWide || line.length(of: 3) > Self.cellWidth + 1
        let rowFamily = Self.family(word, line.bytes(of: 3))
        let row = SocketRow(transport: transport, local: local, peer: peer, state: state)
        let details = Self.details(line, from: state == nil ? 5 : 6)
        let family: ReportedFamily =
            rowFamily == .ipv6 ? .ipv6OrDual : local.host == "*" ? .undecided : .ipv4
        add(row, family, rowFamily, details, line, to: &section)
        return true
    }

    /// Adds a row whose address may have lost its end.
    private func add(
        _ row: SocketRow, _ family: ReportedFamily, _ rowFamily: IPAddress.Family?,
        _ details: SocketDetails, _ line: ReportLine, to section: inout ReportSection
    ) {
        let host = row.local.host
        let isFull = host.utf8.count + row.local.port.utf8.count == Self.cellWidth
        guard isFull, host.utf8.contains(UInt8(ascii: ":")),
            case .receives(let remarks) = row.outcome,
            let port = row.port
        else { return section.add(row, family, in: rowFamily, details, line) }
        section.saw(row.transport, .ipv6)
        var socket = ReportedSocket(
            transport: row.transport, address: .cut(host), port: port, family: .ipv6,
            details: details)
        socket.details.remarks += remarks
        section.add(socket, line)
    }

    mutating func finish(_ section: inout ReportSection, _ context: ReportContext) {
        let isWhole = isWide || context.command?.flags.contains("W") ?? false
        for index in section.sockets.indices {
            if section.sockets[index].family == .undecided {
                section.sockets[index].family = hasIPv6Words ? .ipv4 : .unknown
            }
            if isWhole, case .cut(let text) = section.sockets[index].address,
                let address = IPAddress(text)
            {
                section.sockets[index].address = .exact(address)
            }
        }
    }

    /// The family of a row: old net-tools say `tcp` of IPv6 too.
    private static func family(
        _ word: NetstatProtocol, _ local: ArraySlice<UInt8>
    ) -> IPAddress.Family? {
        if word.digits == .six { return .ipv6 }
        let colons = local.count { $0 == UInt8(ascii: ":") }
        return colons > 1 ? .ipv6 : .ipv4
    }

    /// The state in the word after the peer; UDP has none, and then other columns follow.
    private static func state(_ word: String, over transport: Transport) -> String? {
        if SocketState.isKnown(word) { return word }
        guard transport == .tcp, let first = word.utf8.first else { return nil }
        let isOther = word == "-" || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        return isOther ? nil : word
    }

    /// What stands behind the state: user and inode with `-e`, the program with `-p`, a timer with
    /// `-o`.
    private static func details(_ line: ReportLine, from start: Int) -> SocketDetails {
        var details = SocketDetails()
        var end = line.count
        let last = line.bytes(of: end - 1)
        if end - start >= 2, last.hasPrefix("("), last.hasSuffix(")"),
            last.count(where: { $0 == UInt8(ascii: "/") }) == 2
        {
            end -= 2
        }
        var next = start
        var user: String?
        if end - next >= 2, !line.word(next, has: UInt8(ascii: "/")),
            let inode = line.number(next + 1, as: UInt64.self)
        {
            user = line[next]
            details.userID = line.number(next, as: UInt32.self)
            details.inode = inode == 0 ? nil : inode
            next += 2
        }
        guard next < end, !line.word(next, is: "-") else { return details }
        let from = line.column(of: next)
        let upTo = line.column(of: end)
        let program = line.bytes.dropFirst(from).prefix(upTo - from).trimmed
        let digits = program.prefix { (0x30...0x39).contains($0) }
        if let pid = digits.number(as: Int32.self), pid > 0 {
            let rest = program.dropFirst(digits.count)
            guard rest.isEmpty || rest.hasPrefix("/") else { return details }
            details.owners = [
                ProcessIdentity(pid: pid, name: rest.dropFirst().text, user: user)
            ]
        } else if end - next == 1 {
            details.program = program.text
        }
        return details
    }
}

extension StringProtocol {
    /// The text without spaces and tabs at its ends.
    var trimmingSpaces: String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }
        guard let start = unicodeScalars.firstIndex(where: { !isSpace($0) }),
            let last = unicodeScalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(self[start...last])
    }
}
