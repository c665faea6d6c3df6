import Prober

/// `fstat` of OpenBSD, of which the rows `internet stream tcp` matter.
struct OpenBSDFstat: TableReader {
    let format = ReportFormat.fstat

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        words.starts(with: ["user", "cmd", "pid", "fd"])
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard line.count >= 5, let pid = line.number(2, as: Int32.self) else { return false }
        let kind = line[4]
        guard kind == "internet" || kind == "internet6" else {
            guard section.hasHeading else { return false }
            section.skip(.otherProtocol)
            return true
        }
        guard let transport = Transport(rawValue: line[6]) else {
            section.skip(.otherProtocol)
            return true
        }
        let family: IPAddress.Family = kind == "internet6" ? .ipv6 : .ipv4
        section.saw(transport, family)
        // The kernel address stands before the endpoint, and is missing for other users.
        let at = (7..<max(7, line.count)).first { EndpointText(line[$0], partedBy: .colon) != nil }
        guard let at, let local = EndpointText(line[at], partedBy: .colon) else {
            section.skip(.unbound)
            return true
        }
        let hasPeer = line[at + 1] == "<--" || line[at + 1] == "-->" || line[at + 1] == "<-"
        let peer = hasPeer ? EndpointText(line[at + 2], partedBy: .colon) : nil
        var details = SocketDetails()
        details.owners = [ProcessIdentity(pid: pid, name: line[1], user: line[0])]
        let row = SocketRow(transport: transport, local: local, peer: peer, state: nil)
        section.add(row, family == .ipv6 ? .ipv6 : .ipv4, in: family, details, line)
        return true
    }
}
