import Prober

/// `lsof -i` as a table, of any system and with any columns.
struct LsofTable: TableReader {
    let format = ReportFormat.lsof

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        words.first == "command" && words.contains("pid")
            && (words.contains("name") || words.contains("node") || words.contains("type"))
            && !words.contains("%cpu")
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard let type = (3..<max(3, min(line.count, 12))).first(where: { Self.isType(line, $0) }),
            line.isNumber(Self.pid(in: line, before: type) ?? -1)
        else {
            // Files, pipes and the rest of what a process has open.
            guard section.hasHeading, line.count >= 5,
                (1...3).contains(where: { line.isNumber($0) })
            else { return false }
            section.skip(.otherProtocol)
            return true
        }
        let node = (type + 1..<max(type + 1, min(line.count, type + 5))).first {
            Self.isNode(line, $0)
        }
        guard let node else {
            section.skip(.otherProtocol)
            return true
        }
        let isTCP = line.word(node, is: "TCP")
        guard isTCP || line.word(node, is: "UDP") else {
            section.skip(.otherProtocol)
            return true
        }
        let transport: Transport = isTCP ? .tcp : .udp
        let family: IPAddress.Family? =
            line.word(type, is: "IPv6") ? .ipv6 : line.word(type, is: "IPv4") ? .ipv4 : nil
        section.saw(transport, family)
        if line.word(node + 1, has: UInt8(ascii: ">")) {
            section.skip(.connected)
            return true
        }
        let (name, state) = Self.nameAndState(line, node + 1)
        guard let row = LsofName(name).row(transport, state: state) else {
            section.skip(name.hasPrefix("*:*") ? .unbound : .otherProtocol)
            return true
        }
        var details = SocketDetails()
        if let pid = Self.pid(in: line, before: type) {
            details.owners = [
                ProcessIdentity(
                    pid: line.number(pid, as: Int32.self) ?? 0,
                    name: Self.unescaped(line.text(before: pid)), user: Self.user(line, type))
            ]
        }
        section.add(
            row, family == .ipv6 ? .ipv6OrDual : family == .ipv4 ? .ipv4 : .unknown, in: family,
            details, line)
        return true
    }

    private static func isType(_ line: ReportLine, _ index: Int) -> Bool {
        line.word(index, is: "IPv4") || line.word(index, is: "IPv6")
            || line.word(index, is: "inet") || line.word(index, is: "inet6")
    }

    private static func isNode(_ line: ReportLine, _ index: Int) -> Bool {
        line.word(index, is: "TCP") || line.word(index, is: "UDP")
            || line.word(index, is: "UDPLITE") || line.word(index, is: "ICMP")
            || line.word(index, is: "ICMPV6") || line.word(index, is: "RAW")
    }

    /// The index of the process id: the first number behind the command.
    private static func pid(in line: ReportLine, before type: Int) -> Int? {
        (1..<max(1, type)).first { line.isNumber($0) }
    }

    /// The user stands two columns before the type: user, descriptor, type.
    private static func user(_ line: ReportLine, _ type: Int) -> String? {
        type >= 4 ? line[type - 2] : nil
    }

    /// The name, and the state in brackets behind it, with or without a blank.
    private static func nameAndState(
        _ line: ReportLine, _ index: Int
    ) -> (ArraySlice<UInt8>, String?) {
        let text = line.bytes(from: index)
        guard text.last == UInt8(ascii: ")"), let open = text.lastIndex(of: UInt8(ascii: "("))
        else { return (text, nil) }
        let state = text[(open + 1)...].dropLast()
        let word = state.split(separator: UInt8(ascii: " "), maxSplits: 1).first?.text
        return (text[..<open].trimmed, word)
    }

    /// lsof writes blanks in names of commands as `\x20`.
    private static func unescaped(_ name: String) -> String {
        name.utf8.contains(UInt8(ascii: "\\")) ? name.replacing("\\x20", with: " ") : name
    }
}
