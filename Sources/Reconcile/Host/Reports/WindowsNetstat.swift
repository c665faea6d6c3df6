import Prober

/// `netstat` of Windows, in any language: rows begin with `TCP` or `UDP`.
struct WindowsNetstat: TableReader {
    let format = ReportFormat.windowsNetstat
    /// Whether the row before this line shows a socket, which `-b` says more of.
    private var hasRow = false
    private var service: String?

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard line.length(of: 0) <= 5, let (transport, isIPv6) = Self.protocols[line.first] else {
            return readOwner(line, into: &section)
        }
        guard line.count >= 3, let local = EndpointText(line[1], partedBy: .colon),
            let peer = EndpointText(line[2], partedBy: .colon)
        else { return false }
        hasRow = false
        service = nil
        var details = SocketDetails()
        var state: String?
        for index in 3..<max(3, line.count) {
            if let pid = line.number(index, as: Int32.self) {
                if pid > 0 { details.owners = [ProcessIdentity(pid: pid, name: "")] }
            } else if state == nil {
                state = line[index]
            }
        }
        let family: IPAddress.Family =
            isIPv6 || local.host.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4
        let before = section.sockets.count
        let row = SocketRow(transport: transport, local: local, peer: peer, state: state)
        // A socket that takes both has a row of each family.
        section.add(row, family == .ipv6 ? .ipv6 : .ipv4, in: family, details, line)
        hasRow = section.sockets.count > before
        return true
    }

    /// `-b`: a service's name, then `[program.exe]`, below the row that they belong to.
    private mutating func readOwner(
        _ line: ReportLine, into section: inout ReportSection
    ) -> Bool {
        guard section.rowCount > 0, line.count <= 12 else { return false }
        let text = line.text
        if text.hasPrefix("["), text.hasSuffix("]"), !text.contains("...") {
            guard hasRow, let last = section.sockets.indices.last else { return true }
            hasRow = false
            let program = String(text.dropFirst().dropLast())
            let name = service.map { "\(program) (\($0))" } ?? program
            if section.sockets[last].details.owners.isEmpty {
                section.sockets[last].details.program = name
            } else {
                section.sockets[last].details.owners[0].name = name
            }
            return true
        }
        guard line.isIndented, line.count == 1, hasRow else { return false }
        service = text
        return true
    }

    private static let protocols: [String: (Transport, isIPv6: Bool)] = [
        "TCP": (.tcp, false), "UDP": (.udp, false), "TCPv6": (.tcp, true), "UDPv6": (.udp, true),
    ]

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        words.contains("pid") && words.first == "proto" && !words.contains("recv-q")
            || words.starts(with: ["proto", "local", "address", "foreign", "address"])
            || words == ["active", "connections"]
    }
}
