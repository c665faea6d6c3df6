/// The readers of all table formats, and which of them takes a line.
struct ReportReaders {
    private var readers: [any TableReader]
    private let only: ReportFormat?
    /// An empty table for each reader, to try a line with.
    private var blanks: [ReportSection]
    /// The one that took the last line.
    private var current: Int?
    /// Whether a title was seen that several netstats share; the rows tell which it is.
    private var hasSharedHeading = false

    private static let netstats: Set<ReportFormat> = [
        .linuxNetstat, .bsdNetstat, .solarisNetstat, .windowsNetstat,
    ]

    /// All readers, or those of one format.
    init(only format: ReportFormat?, origin: String) {
        only = format
        readers = Self.readers(only: format)
        blanks = readers.map { ReportSection($0.format, origin: origin, firstLine: 1) }
    }

    /// Readers that have seen nothing: strict shapes before loose ones.
    private static func readers(only format: ReportFormat?) -> [any TableReader] {
        let all: [any TableReader] = [
            ProcNetReport(), KernelCounterReport(), DelimitedTable(.powerShell),
            DelimitedTable(.osquery),
            PowerShellTable(), RPCInfo(), DockerPorts(), SystemdSockets(), OpenBSDFstat(),
            LsofTable(), Sockstat(), SocketStatistics(), LinuxNetstat(), SolarisNetstat(),
            BSDNetstat(), WindowsNetstat(), ProcessList(), ServicesText(), LsofFields(),
        ]
        return format.map { only in all.filter { $0.format == only } } ?? all
    }

    /// Whether the last line belonged to a table.
    var isInTable: Bool { current != nil || hasSharedHeading }

    /// Whether lines are taken by their first letter alone now.
    var isInFields: Bool { current.map { readers[$0].format == .lsofFields } ?? false }

    private static let delimiters = Array(",|;".utf8)

    /// First words of titles and headings; with others a line is not looked at as one.
    private static let headingWords: Set<String> = [
        "proto", "pcb/addr", "tcpcb", "socket", "pcb", "active", "current", "listen", "netid",
        "state", "recv-q", "command", "user", "sl", "program", "container", "localaddress", "uid",
        "pid", "f", "s", "local", "tcp:", "udp:", "sctp:", "address", "sadr/pcb",
        "uname", "ppid",
    ]

    /// Whether `bytes` may name a column of ports; most lines with delimiters are rows.
    private static func mentionsPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while let mark = rest.firstIndex(where: { $0 | 0x20 == UInt8(ascii: "p") }) {
            rest = rest[(mark + 1)...]
            if rest.prefix(3).map({ $0 | 0x20 }) == Array("ort".utf8) { return true }
        }
        return false
    }

    /// Takes `line` if it is a title or a heading.
    mutating func takeHeading(_ line: ReportLine, into sections: inout ReportSections) -> Bool {
        guard line.count <= 24, let first = line.first.utf8.first else { return false }
        let isDelimited =
            first == UInt8(ascii: "|") || first == UInt8(ascii: "\"")
            || line.count == 1 && line.first.utf8.contains { Self.delimiters.contains($0) }
        let isShort = line.length(of: 0) <= 12 && !(0x30...0x39).contains(first)
        guard
            isDelimited
                ? Self.mentionsPort(line.bytes)
                : isShort && Self.headingWords.contains(line.first.lowercased())
        else { return false }
        let words = line.heading
        if words[0] == "active" || words[0] == "proto", takeShared(line, words, &sections) {
            return true
        }
        // The table that is being read explains its own headings best.
        let order = (current.map { [$0] } ?? []) + readers.indices.filter { $0 != current }
        for index in order where readers[index].begins(at: line, words) {
            sections.with(readers[index].format, hasHeading: true) { _ in }
            current = index
            return true
        }
        return false
    }

    /// Shows a title that several netstats have to each of them.
    private mutating func takeShared(
        _ line: ReportLine, _ words: [String], _ sections: inout ReportSections
    ) -> Bool {
        var isTaken = false
        for index in readers.indices where Self.netstats.contains(readers[index].format) {
            let isOwn = readers[index].begins(at: line, words)
            isTaken = isTaken || isOwn
            if isOwn, sections.hasOpen(readers[index].format) {
                sections.with(readers[index].format, hasHeading: true) { _ in }
            }
        }
        if isTaken {
            hasSharedHeading = true
            let isNetstat = current.map { Self.netstats.contains(readers[$0].format) } ?? false
            if !isNetstat { current = nil }
        }
        return isTaken
    }

    /// Takes `line` if it is a row of any format, the current one first.
    mutating func takeRow(
        _ line: ReportLine, _ context: ReportContext, into sections: inout ReportSections
    ) -> Bool {
        if let current {
            let format = readers[current].format
            let isTaken = sections.with(format) { readers[current].read(line, context, into: &$0) }
            if isTaken { return true }
        }
        // A list of PowerShell begins with an address, which may be `::`.
        guard
            line.hasDigit || line.first == "LocalAddress" || KernelCounterReport.mayTake(line)
        else { return false }
        for index in readers.indices where index != current {
            let format = readers[index].format
            let isTaken: Bool
            if sections.hasOpen(format) {
                isTaken = sections.with(format) { readers[index].read(line, context, into: &$0) }
            } else {
                isTaken = readers[index].read(line, context, into: &blanks[index])
                if isTaken {
                    var section = blanks[index]
                    blanks[index] = ReportSection(format, origin: context.origin, firstLine: 1)
                    section.firstLine = line.number
                    // The command is as good as a heading: it tells that nothing was left out.
                    section.hasHeading =
                        section.hasHeading || context.command.map { !$0.isFiltered } ?? false
                        || hasSharedHeading && Self.netstats.contains(format)
                    sections.open(section)
                }
            }
            if isTaken {
                current = index
                return true
            }
        }
        return false
    }

    /// Notes in the current table that `line` could not be read.
    func noteUnread(_ line: ReportLine, in sections: inout ReportSections) {
        guard isInTable else { return }
        sections.with(current.map { readers[$0].format } ?? .linuxNetstat) { $0.unread(line) }
    }

    /// Ends all tables.
    mutating func finish(_ context: ReportContext, _ sections: inout ReportSections) {
        // A heading without rows: the table was there, and empty.
        if hasSharedHeading, !Self.netstats.contains(where: sections.hasOpen) {
            sections.with(.linuxNetstat, hasHeading: true) { _ in }
        }
        var readers = self.readers
        sections.close { section in
            if let command = context.command { section.saw(command) }
            for index in readers.indices where readers[index].format == section.format {
                readers[index].finish(&section, context)
            }
        }
        // What they remember is of the tables that have ended.
        self.readers = Self.readers(only: only)
        current = nil
        hasSharedHeading = false
    }
}
