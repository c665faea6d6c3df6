import Prober

/// `ps`, in whichever columns: it puts users and commands to process ids.
struct ProcessList: TableReader {
    let format = ReportFormat.processList
    private var columns: [String] = []

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        guard words.contains("pid"), !words.contains("fd"), !words.contains("proto"),
            !words.contains("node"), let last = words.last, Self.commandWords.contains(last),
            words.count <= 20
        else { return false }
        columns = words
        return true
    }

    private static let commandWords: Set<String> = ["cmd", "command", "args", "comm", "ucmd"]

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard section.hasHeading, let pidColumn = columns.firstIndex(of: "pid"),
            let pid = line.number(pidColumn, as: Int32.self), line.count >= columns.count
        else { return false }
        let userColumn = columns.firstIndex { $0 == "user" || $0 == "uid" || $0 == "uname" }
        guard var at = columns.indices.last else { return false }
        // `Mar 12` is one cell of two words, on AIX, HP-UX and Solaris.
        let started = columns.firstIndex { $0 == "stime" || $0 == "start" || $0 == "started" }
        if let started, Self.months.contains(line[started].lowercased()),
            line.isNumber(started + 1)
        {
            at += 1
        }
        let command = line.text(from: at)
        guard !command.isEmpty else { return false }
        section.countRow()
        guard section.processes.count < 500_000 else { return true }
        section.processes[pid] = ProcessIdentity(
            pid: pid, name: Self.name(command), user: userColumn.map { line[$0] },
            command: command)
        return true
    }

    /// The last part of the program's path: `/usr/sbin/inetd` is `inetd`, `sshd: user` is `sshd`.
    static func name(_ command: String) -> String {
        let word = command.split(separator: " ").first ?? ""
        let plain = word.hasSuffix(":") ? word.dropLast() : word
        let bare =
            plain.hasPrefix("[") && plain.hasSuffix("]") ? plain.dropFirst().dropLast() : plain
        guard !bare.hasPrefix("["), let slash = bare.lastIndex(of: "/") else { return String(bare) }
        let last = bare[bare.index(after: slash)...]
        return last.isEmpty ? String(bare) : String(last)
    }

    private static let months: Set<String> = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
}
