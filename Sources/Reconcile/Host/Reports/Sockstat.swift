import Prober

/// `sockstat` of FreeBSD, whose ports follow a colon, and of NetBSD, whose ports follow a dot.
///
/// Columns run together, so a row is read around its protocol word.
struct Sockstat: TableReader {
    let format = ReportFormat.sockstat

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        words.first == "user" && words.contains("proto") && words.contains("foreign")
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard line.count >= 5 else { return false }
        let limit = min(line.count - 1, 12)
        guard limit >= 2,
            let index = (2...limit).first(where: {
                (3...7).contains(line.length(of: $0))
                    && "tusdri".utf8.contains(line.firstByte(of: $0))
                    && Self.isProtocol(line[$0])
            }),
            Self.isDescriptor(line[index - 1])
        else { return false }
        guard let word = NetstatProtocol(line[index]), let transport = word.transport else {
            section.skip(.otherProtocol)
            return true
        }
        // `tcp4 6` is an old way to write `tcp46`.
        let isSplit = word.digits == .four && line[index + 1] == "6"
        let at = isSplit ? index + 2 : index + 1
        var here = line.bytes(of: at)
        var there = line.bytes(of: at + 1)
        guard let separator = EndpointText.separator(in: here) else { return false }
        if separator == .colon, let cut = Self.gluedPeer(here) {
            there = here[cut...]
            here = here[..<cut]
        }
        guard let local = EndpointText(here, partedBy: separator) else { return false }
        let peer = EndpointText.separator(in: there).flatMap { EndpointText(there, partedBy: $0) }
        section.system = separator == .dot ? .netBSD : .freeBSD
        let isBoth = isSplit || word.digits == .fourAndSix
        // FreeBSD has a word for both families; NetBSD does not show whether IPv4 comes in too.
        let family: ReportedFamily =
            isBoth
            ? .dual : word.digits == .six ? (separator == .dot ? .ipv6OrDual : .ipv6) : .ipv4
        // New versions can show a state behind the peer.
        let state = (at + 2..<max(at + 2, line.count)).first {
            transport == .tcp && SocketState.isKnown(line[$0])
        }.map { line[$0] }
        let row = SocketRow(transport: transport, local: local, peer: peer, state: state)
        section.add(
            row, family, in: isBoth ? .ipv6 : word.family ?? .ipv4,
            Self.owner(line, before: index), line)
        return true
    }

    private static func isProtocol(_ word: String) -> Bool {
        if NetstatProtocol(word) != nil { return true }
        return ["stream", "dgram", "seqpac", "unix"].contains(word)
    }

    private static func isDescriptor(_ word: String) -> Bool {
        word == "?" || word == "??" || word == "-"
            || word.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Where the peer begins in `192.168.123.5:9000192.168.123.21:49866`.
    ///
    /// The local port has as many digits as make a port; a dotted address follows it at once.
    private static func gluedPeer(_ cell: ArraySlice<UInt8>) -> Int? {
        let colon = UInt8(ascii: ":")
        guard let first = cell.firstIndex(of: colon), let last = cell.lastIndex(of: colon),
            first != last
        else { return nil }
        let middle = cell[(first + 1)..<last]
        // The first octet ends the run of digits that begins with the port.
        let run = middle.prefix { $0 != UInt8(ascii: ".") }
        for length in stride(from: min(3, run.count - 1), to: 0, by: -1) {
            let start = run.endIndex - length
            if case .v4 = IPAddress(middle[start...].text),
                run[..<start].number(as: UInt16.self) != nil
            {
                return start
            }
        }
        return nil
    }

    /// User, command and pid, which may run into each other.
    private static func owner(_ line: ReportLine, before index: Int) -> SocketDetails {
        var details = SocketDetails()
        let pidWord = line[index - 2]
        guard index >= 3, pidWord != "?", pidWord != "??" else { return details }
        let user = line[0]
        if let pid = Int32(pidWord), pid > 0, index >= 4 {
            let command =
                index == 4
                ? line[1] : (1..<(index - 2)).map { line[$0] }.joined(separator: " ")
            details.owners = [ProcessIdentity(pid: pid, name: command, user: user)]
            return details
        }
        // `python2.781106`, `spc in nam63210`: a command of ten characters touches its pid.
        let from = line.column(of: 1)
        let text = line.bytes.dropFirst(from).prefix(line.column(of: index - 1) - from).text
            .trimmingSpaces
        let command = text.prefix(10)
        guard let pid = Int32(text.dropFirst(10)), pid > 0 else { return details }
        details.owners = [ProcessIdentity(pid: pid, name: String(command), user: user)]
        details.remarks = [.ownerUncertain]
        return details
    }
}
