import Prober

/// A command that stands before what it wrote, as a shell shows it: it tells what was asked for.
struct ReportCommand: Hashable {
    /// The program: `netstat`, `ss`, `lsof`.
    let tool: String
    /// Everything behind it, up to a pipe.
    let arguments: [String]
    /// The letters of its short options.
    let flags: Set<Character>
    /// Whether another program picked lines from the output.
    let isFiltered: Bool

    /// The command in `line`, behind a prompt or alone; nil when there is none.
    init?(in line: ReportLine) {
        guard line.count > 0, line.count <= 60,
            (0..<min(line.count, 8)).contains(where: { Self.mayBeTool(line, $0) })
        else { return nil }
        var words = (0..<line.count).map { line[$0] }
        // `C:\Users\x>netstat -ano` has no blank behind the prompt.
        if let first = words.first, first.contains("\\"), let mark = first.lastIndex(of: ">") {
            words[0] = String(first[first.index(after: mark)...])
        }
        let start = words.prefix(8).firstIndex { word in
            Self.tools.contains(Self.name(word))
        }
        guard let start else { return nil }
        // What stands before it is a prompt, sudo or a variable; prose is none of these.
        let isCommand = words.prefix(start).allSatisfy { word in
            word.isEmpty
                || ["sudo", "doas", "env", "LANG=C", "LC_ALL=C", "PS", "time"].contains(word)
                || word.hasSuffix("#") || word.hasSuffix("$") || word.hasSuffix(">")
                || word.hasSuffix("%") || word.contains("@") || word == "~" || word.hasPrefix("-")
        }
        guard isCommand else { return nil }
        tool = Self.name(words[start])
        let rest = words.dropFirst(start + 1)
        let pipe = rest.firstIndex { $0 == "|" } ?? rest.endIndex
        arguments = Array(rest[..<pipe])
        flags = Set(
            arguments.filter { $0.hasPrefix("-") && !$0.hasPrefix("--") }.joined().filter {
                $0 != "-"
            })
        isFiltered = rest[pipe...].contains { word in
            Self.filters.contains(Self.name(word).lowercased())
        }
    }

    /// The tables that `ss` and the `netstat` of Linux were asked for, by `-t`, `-u`, `-4`, `-6`.
    var tables: [SocketTable] {
        guard tool == "ss" || tool == "netstat" else { return [] }
        let families: [IPAddress.Family] =
            flags.contains("4") == flags.contains("6")
            ? IPAddress.Family.allCases : flags.contains("4") ? [.ipv4] : [.ipv6]
        return SocketTable.all.filter { table in
            families.contains(table.family)
                && flags.contains(table.transport == .tcp ? "t" : "u")
        }
    }

    /// Whether the word at `index` ends as the name of a tool does; most lines have none.
    private static func mayBeTool(_ line: ReportLine, _ index: Int) -> Bool {
        let length = line.length(of: index)
        guard length >= 2, length <= 200 else { return false }
        if length <= 24 || line.word(index, has: UInt8(ascii: "/"))
            || line.word(index, has: UInt8(ascii: "\\"))
        {
            let word = line[index]
            return endings.contains(String(word.utf8.suffix(3)) ?? "") || tools.contains(word)
        }
        return false
    }

    private static let endings: Set<String> = Set(
        tools.compactMap { String($0.utf8.suffix(3)) } + ["exe", "/ss", "/ps", ">ss"])

    private static func name(_ word: String) -> String {
        let name = word.split(separator: "/").last.map(String.init) ?? word
        return name.hasSuffix(".exe") ? String(name.dropLast(4)) : name
    }

    private static let tools: Set<String> = [
        "netstat", "ss", "lsof", "sockstat", "fstat", "rpcinfo", "systemctl", "docker", "podman",
        "nmap", "osqueryi", "Get-NetTCPConnection", "Get-NetUDPEndpoint", "cat", "ps",
    ]

    private static let filters: Set<String> = [
        "grep", "egrep", "fgrep", "head", "tail", "awk", "sed", "findstr", "select-string",
        "where-object", "select-object",
    ]
}
