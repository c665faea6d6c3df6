import Prober

/// `netstat` of macOS, the BSDs, AIX, HP-UX, QNX and Junos, whose ports follow a dot.
struct BSDNetstat: TableReader {
    let format = ReportFormat.bsdNetstat
    private var columns = BSDNetstatColumns()
    private var isInUNIX = false
    /// Which of a bare `tcp` and of `tcp4` the rows have: only AIX has both.
    private var hasBareWords = false
    private var hasWordsWithFour = false

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        if words.first == "active", words.count >= 3 {
            isInUNIX = words[1] == "unix" || words[1] == "local"
            if words[1] == "internet6" { columns.system = .netBSD }
            if words.contains("(ipv6,") { columns.system = .hpux }
            return words[1].hasPrefix("internet") || isInUNIX
        }
        if words.starts(with: ["current", "listen", "queue"]) {
            isInUNIX = false
            columns = BSDNetstatColumns()
            return true
        }
        guard words.contains("address"), let found = BSDNetstatColumns(heading: line, words) else {
            isInUNIX = words.contains("nextref") || words.contains("refs")
            return isInUNIX
        }
        isInUNIX = false
        let system = columns.system
        columns = found
        if columns.system == nil { columns.system = system }
        return true
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        // A kernel address comes first with -A.
        let isAddressed =
            line.length(of: 1) <= 9 && NetstatProtocol(line.first) == nil
            && NetstatProtocol(line[1]) != nil
        let start = isAddressed ? 1 : 0
        guard let word = NetstatProtocol(line[start]) else {
            return columns.isListenQueues && readQueue(line, into: &section)
                || skipUNIX(line, &section)
        }
        if columns.isListenQueues || line[start + 1].contains("/") {
            return readQueue(line, into: &section, word)
        }
        // The endpoints are the first two words with a dot; queues, and timers with -T, stand before.
        var local = start + 1
        while local < line.count, line.isNumber(local) { local += 1 }
        guard local >= start + 3 || local == start + 1 && columns.hasRetransmits,
            local + 1 < line.count, EndpointText.separator(in: line[local]) == .dot,
            EndpointText.separator(in: line[local + 1]) == .dot
        else { return skipUNIX(line, &section) }
        isInUNIX = false
        guard let transport = word.transport else {
            section.skip(.otherProtocol)
            return true
        }
        note(word)
        let stateWord = line[local + 2]
        let hasState = transport == .tcp && !columns.hasNoState || SocketState.isKnown(stateWord)
        let state =
            hasState && !stateWord.isEmpty && !line.isNumber(local + 2) ? stateWord : nil
        if transport == .tcp, let state, case .connected = SocketState(state) {
            section.saw(.tcp, word.family)
            section.skip(.connected)
            return true
        }
        guard let here = EndpointText(line[local], partedBy: .dot),
            let peer = EndpointText(line[local + 1], partedBy: .dot)
        else { return false }
        let row = SocketRow(transport: transport, local: here, peer: peer, state: state)
        let owner = columns.owner(in: line, from: local + 2)
        add(row, word, owner, line, isLong: line[local].utf8.count, to: &section)
        return true
    }

    /// `-L`: the lengths of a queue, then the address; every row listens.
    private mutating func readQueue(
        _ line: ReportLine, into section: inout ReportSection, _ word: NetstatProtocol? = nil
    ) -> Bool {
        let queue = word == nil ? 0 : 1
        guard line[queue].utf8.count(where: { $0 == UInt8(ascii: "/") }) == 2,
            line.count == queue + 2
        else { return skipUNIX(line, &section) }
        guard word?.transport == .tcp || word == nil,
            EndpointText.separator(in: line[queue + 1]) == .dot,
            let local = EndpointText(line[queue + 1], partedBy: .dot)
        else {
            section.skip(.otherProtocol)
            return true
        }
        if let word { note(word) }
        let row = SocketRow(transport: .tcp, local: local, peer: nil, state: "LISTEN")
        var details = SocketDetails()
        let lengths = line[queue].split(separator: "/").map { UInt32($0) }
        if lengths.count == 3, let waiting = lengths[0], let limit = lengths[2] {
            details.queue = AcceptQueue(waiting: waiting, limit: limit)
        }
        section.add(row, family(word, local.host), in: word?.family, details, line)
        return true
    }

    private mutating func note(_ word: NetstatProtocol) {
        switch word.digits {
        case .none: hasBareWords = true
        case .four: hasWordsWithFour = true
        case .six, .fourAndSix: break
        }
    }

    private func family(_ word: NetstatProtocol?, _ host: String) -> ReportedFamily {
        switch word?.digits {
        case .four: .ipv4
        case .fourAndSix: .dual
        // NetBSD and HP-UX do not show whether IPv4 comes in too.
        case .six: columns.system == .netBSD || columns.system == .hpux ? .ipv6OrDual : .ipv6
        case .some(.none): .undecided
        case nil: .unknown
        }
    }

    private func add(
        _ row: SocketRow, _ word: NetstatProtocol, _ owner: ProcessIdentity?, _ line: ReportLine,
        isLong length: Int, to section: inout ReportSection
    ) {
        var details = SocketDetails()
        if let owner { details.owners = [owner] }
        let family = family(word, row.local.host)
        guard case .receives(let remarks) = row.outcome, let port = ReportedPort(row.local.port)
        else { return section.add(row, family, in: word.family, details, line) }
        let cut = columns.cut(row.local, length: length)
        guard cut != .nothing else {
            return section.add(row, family, in: word.family, details, line)
        }
        section.saw(row.transport, word.family)
        let address = ReportedAddress(row.local.host, in: word.family)
        var socket = ReportedSocket(
            transport: row.transport,
            address: cut == .address ? .cut(row.local.host) : address,
            port: cut == .port ? .cut(row.local.port) : port, family: family.settled(for: address),
            details: details)
        socket.details.remarks += remarks
        if let zone = row.local.zone { socket.place(zone) }
        section.add(socket, line)
    }

    /// Passes over what stands below a title of UNIX sockets.
    private func skipUNIX(_ line: ReportLine, _ section: inout ReportSection) -> Bool {
        guard isInUNIX, line.beginsWithAddress else { return false }
        section.skip(.otherProtocol)
        return true
    }

    /// A bare word means both families on AIX, and IPv4 everywhere else.
    mutating func finish(_ section: inout ReportSection, _ context: ReportContext) {
        let isAIX = columns.system == .aix || hasBareWords && hasWordsWithFour
        section.system = isAIX ? .aix : columns.system.map(HostSystem.init)
        for index in section.sockets.indices where section.sockets[index].family == .undecided {
            section.sockets[index].family = isAIX ? .dual : .ipv4
        }
        if isAIX, section.seen.contains(where: { $0.family == .ipv4 }),
            context.command?.arguments.contains("inet") ?? false
        {
            section.gaps.append(
                CoverageGap(
                    .listeners, reason: "netstat -f inet of AIX hides sockets of IPv6 alone",
                    family: .ipv6))
        }
    }
}

extension HostSystem {
    /// The system that the heading of a table tells.
    fileprivate init(_ system: BSDNetstatColumns.System) {
        switch system {
        case .macOS: self = .macOS
        case .openBSD: self = .openBSD
        case .netBSD: self = .netBSD
        case .aix: self = .aix
        case .hpux: self = .hpux
        }
    }
}
