import Prober

/// `netstat` of Solaris and illumos: a block for each transport and family.
struct SolarisNetstat: TableReader {
    let format = ReportFormat.solarisNetstat
    private var transport: Transport?
    private var family: IPAddress.Family?
    private var isInUNIX = false
    /// Whether the block is of SCTP.
    private var isOther = false

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        switch words.first {
        // Old releases write `TCP` alone, which the heading below it tells as well.
        case "tcp:", "udp:", "sctp:":
            isOther = words[0] == "sctp:"
            guard isOther && words.count <= 2 || words.count == 2 && words[1].hasPrefix("ipv")
            else { return false }
            family = words.last == "ipv6" ? .ipv6 : words.last == "ipv4" ? .ipv4 : nil
            isInUNIX = false
            return true
        case "local":
            guard words.contains("swind") || words.contains("remote") && words.contains("address")
            else { return false }
            transport = isOther ? nil : words.contains("swind") ? .tcp : .udp
            isInUNIX = false
            return true
        case "active":
            guard transport != nil, words.contains("unix") else { return false }
            isInUNIX = true
            return true
        case "address":
            isInUNIX = words.contains("vnode") && words.contains("conn")
            return isInUNIX
        default: return false
        }
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        if isInUNIX, line.beginsWithAddress {
            section.skip(.otherProtocol)
            return true
        }
        // The ruler below a heading.
        if section.hasHeading, line.length(of: 0) > 5,
            line.first.utf8.allSatisfy({ $0 == UInt8(ascii: "-") })
        {
            return true
        }
        guard EndpointText.separator(in: line[0]) == .dot,
            let local = EndpointText(line[0], partedBy: .dot)
        else { return false }
        let hasPeer = EndpointText.separator(in: line[1]) == .dot
        let peer = hasPeer ? EndpointText(line[1], partedBy: .dot) : nil
        let rest = (hasPeer ? 2 : 1)..<line.count
        guard let stateIndex = rest.reversed().first(where: { Self.isState(line[$0]) }) else {
            return false
        }
        guard !isOther, let transport = transport ?? (line[stateIndex] == "Idle" ? .udp : nil)
        else {
            section.skip(.otherProtocol)
            return true
        }
        var details = SocketDetails()
        if let name = Self.interface(line, stateIndex + 1) { details.device = name }
        if let owner = Self.owner(line, rest.lowerBound) { details.owners = [owner] }
        let rowFamily =
            family ?? (local.host.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4)
        // A socket that takes both is in both tables, so each table says of its own family alone.
        let row = SocketRow(
            transport: transport, local: local, peer: peer, state: line[stateIndex])
        section.add(row, rowFamily == .ipv6 ? .ipv6 : .ipv4, in: rowFamily, details, line)
        return true
    }

    mutating func finish(_ section: inout ReportSection, _ context: ReportContext) {
        // The interface of a link-local address is its zone.
        for index in section.sockets.indices {
            guard let device = section.sockets[index].details.device else { continue }
            section.sockets[index].details.device = nil
            section.sockets[index].place(device)
        }
    }

    private static func isState(_ word: String) -> Bool {
        word == "Idle" || word == "Unbound" || word == "Connected"
            || word.utf8.allSatisfy { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
                && SocketState.isKnown(word)
            || word.hasPrefix("FIN_WAIT_")
    }

    private static func interface(_ line: ReportLine, _ index: Int) -> String? {
        let word = line[index]
        return word.isEmpty ? nil : word
    }

    /// `-u`: user, process id and command stand before the counters.
    private static func owner(_ line: ReportLine, _ start: Int) -> ProcessIdentity? {
        guard !line.isNumber(start), let pid = line.number(start + 1, as: Int32.self), pid > 0,
            !line[start + 2].isEmpty, !line.isNumber(start + 2)
        else { return nil }
        return ProcessIdentity(pid: pid, name: line[start + 2], user: line[start])
    }
}
