import Prober

/// Gives the lines and values of one report to their readers, and remembers what nobody took.
struct ReportLines {
    var sections: ReportSections
    private var readers: ReportReaders
    private var context: ReportContext
    private var gaps: [CoverageGap] = []
    private var otherTable: String?
    private var hasLongLine = false
    private var invalid: InputError?
    /// Words of lines that nobody took: cells of a table that lost its lines, perhaps.
    private var cells = CellStream()
    /// How many tables were named by a command or a file of their own.
    private var segmentCount = 0

    init(origin: String, only format: ReportFormat?) {
        sections = ReportSections(origin: origin)
        readers = ReportReaders(only: format, origin: origin)
        context = ReportContext(origin: origin, fileName: origin)
    }

    /// Takes `line`; false when it means nothing to anybody.
    mutating func read(_ line: ReportLine) -> Bool {
        sections.lineNumber = line.number
        if readers.isInFields, let command = ReportCommand(in: line) {
            begin(command)
            return true
        }
        if readers.takeHeading(line, into: &sections)
            || readers.takeRow(line, context, into: &sections)
        {
            return true
        }
        if takeSurroundings(line) || takeBehindPrefix(line) { return true }
        cells.append(line)
        if Self.isLikeRow(line) { readers.noteUnread(line, in: &sections) }
        return false
    }

    /// Takes commands, names of files, warnings and signs that lines were left out.
    private mutating func takeSurroundings(_ line: ReportLine) -> Bool {
        if let command = ReportCommand(in: line) {
            begin(command)
            return true
        }
        let text = line.text
        if text.hasPrefix("==> "), text.hasSuffix(" <==") {
            close()
            context.fileName = String(text.dropFirst(4).dropLast(4))
            return true
        }
        if let gap = ReportWarning.gap(text) {
            add(gap)
            return true
        }
        if ReportWarning.isFiller(text) {
            if readers.isInTable {
                add(CoverageGap(.listeners, reason: "lines were left out of the report"))
            }
            return true
        }
        if let table = ReportWarning.otherTable(text) {
            otherTable = table
            return true
        }
        return false
    }

    /// Takes a line behind what grep, mail or PowerShell put before it.
    private mutating func takeBehindPrefix(_ line: ReportLine) -> Bool {
        guard line.hasDigit else { return false }
        var offset = 0
        var hasMark = false
        for byte in line.bytes.prefix(200) {
            guard
                byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "|")
                    || byte == UInt8(ascii: "#")
            else { break }
            offset += 1
            hasMark = hasMark || byte > 0x20
        }
        if hasMark, offset < line.bytes.count {
            let rest = line.dropping(bytes: offset)
            if rest.count >= 3, takeHeadingOrRow(rest) { return true }
        }
        // `tcp6:   0: …`, `web1.txt:tcp …`, `12:tcp …`, `12-tcp …`.
        let start = line.bytes.dropFirst(offset)
        guard
            let mark = start.prefix(300).firstIndex(where: {
                $0 <= 0x20 || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-")
            }), start[mark] > 0x20
        else { return false }
        let rest = line.dropping(bytes: mark + 1 - line.bytes.startIndex)
        guard rest.count >= 4 else { return false }
        let name = context.fileName
        defer { context.fileName = name }
        context.fileName = start[..<mark].text
        guard takeHeadingOrRow(rest) else { return false }
        add(CoverageGap(.listeners, reason: "the lines were picked out by a search"))
        return true
    }

    private mutating func takeHeadingOrRow(_ line: ReportLine) -> Bool {
        readers.takeHeading(line, into: &sections)
            || readers.takeRow(line, context, into: &sections)
    }

    /// Whether `line` looks like a row about a socket.
    private static func isLikeRow(_ line: ReportLine) -> Bool {
        guard line.hasDigit, (3...40).contains(line.count) else { return false }
        var hasTransport = false
        var hasEndpoint = false
        for index in 0..<min(line.count, 12) {
            let length = line.length(of: index)
            if length <= 6, length >= 3 {
                let word = line[index]
                if NetstatProtocol(word.lowercased())?.transport != nil || word == "LISTEN" {
                    hasTransport = true
                }
            }
            guard length >= 3, line.word(index, has: 0x3a) || line.word(index, has: 0x2e) else {
                continue
            }
            let word = line[index]
            guard let separator = EndpointText.separator(in: word),
                let end = EndpointText(word, partedBy: separator)
            else { continue }
            hasEndpoint = hasEndpoint || end.port == "*" || UInt16(end.port) != nil
        }
        return hasTransport && hasEndpoint
    }

    private mutating func begin(_ command: ReportCommand) {
        close()
        context.command = command
        context.fileName = context.origin
        if command.tool == "cat", let name = command.arguments.first { context.fileName = name }
        if command.isFiltered {
            add(CoverageGap(.listeners, reason: "the lines were picked out by a search"))
        }
    }

    private mutating func close() {
        readers.finish(context, &sections)
        context.command = nil
    }

    private mutating func add(_ gap: CoverageGap) {
        if !gaps.contains(gap), gaps.count < 100 { gaps.append(gap) }
    }
}

extension ReportLines {
    /// Takes a JSON value that begins at `line`.
    mutating func read(json bytes: [UInt8], line: Int) {
        sections.lineNumber = line
        let shown = ReportLine(document: bytes, number: line)
        guard let value = JSONParser.value(of: bytes, repairingText: true) else {
            return add(
                CoverageGap(.listeners, reason: "JSON of the report could not be understood"))
        }
        if value.members?["type"]?.scalar == "host", value.members?["listeners"] != nil {
            do throws(InputError) {
                sections.hostReports.append(try HostReport(json: bytes, source: context.origin))
            } catch {
                invalid = error
            }
            return
        }
        if !JSONReports(line: shown).read(value, into: &sections), !sections.all.isEmpty {
            add(CoverageGap(.listeners, reason: "JSON of the report could not be understood"))
        }
    }

    /// Adds a port that nmap says is open.
    mutating func add(_ port: NmapReport.OpenPort, line: Int) {
        sections.lineNumber = line
        var details = SocketDetails()
        details.remarks = [.seenFromOutside]
        let socket = ReportedSocket(
            transport: port.transport, address: .exact(port.address), port: .number(port.port),
            family: port.address.family == .ipv4 ? .ipv4 : .ipv6, details: details)
        sections.with(.nmap, hasHeading: true) {
            $0.add(
                socket,
                ReportLine(
                    "\(Endpoint(port.address, port.transport, port.port)) open", number: line))
        }
    }

    /// Notes that a line or a value was too long to be read.
    mutating func noteLongLine() {
        hasLongLine = true
        add(CoverageGap(.listeners, reason: "a line of the report is too long to be read"))
    }

    /// Whether `line`, which has no end and which nobody took, may be the first part of a row.
    func mayBeCut(_ line: [UInt8]) -> Bool {
        readers.isInTable && line.contains { (0x30...0x39).contains($0) }
    }

    /// Ends all tables, and looks for tables in lines that nobody took.
    mutating func finish() {
        let rows = sections.all.reduce(0) { $0 + $1.rowCount }
        if cells.lineCount > rows { readCells() }
        close()
    }

    private mutating func readCells() {
        var readers = self.readers
        var sections = self.sections
        let context = self.context
        let count = cells.read { readers.takeRow($0, context, into: &sections) }
        self.readers = readers
        if count > 0 { sections.markReassembled() }
        self.sections = sections
    }

    /// What was read.
    var report: ReadReport {
        var report = ReadReport(origin: context.origin)
        report.sections = sections.all.filter { !$0.isEmpty }
        report.hostReports = sections.hostReports
        report.gaps = gaps
        if let invalid {
            report.problem = .invalid(invalid)
        } else if report.sections.isEmpty, report.hostReports.isEmpty {
            report.problem =
                otherTable.map { .otherTable($0) } ?? (hasLongLine ? .tooLong : .unknownFormat)
        } else if report.sections.allSatisfy({ $0.format == .lsofJSON && $0.sockets.isEmpty }),
            !report.sections.isEmpty
        {
            report.problem = .withoutEndpoints
        }
        return report
    }
}
