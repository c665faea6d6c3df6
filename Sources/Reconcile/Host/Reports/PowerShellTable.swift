import Prober

/// `Get-NetTCPConnection` and `Get-NetUDPEndpoint`, as a table or as a list.
struct PowerShellTable: TableReader {
    let format = ReportFormat.powerShell
    private var columns: [String] = []
    /// The block of a list that is being read.
    private var block: [String: String] = [:]
    private var blockLine: ReportLine?

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        guard words.contains("localaddress"), words.contains("localport"), words.count <= 20,
            !words.contains(":")
        else { return false }
        columns = words
        return true
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        if line.count >= 2, line[1] == ":", line[0].utf8.first.map({ $0 >= 0x41 }) ?? false {
            return readField(line, into: &section)
        }
        guard !columns.isEmpty else { return false }
        if line[0].hasPrefix("---") { return true }
        var row: [String: String] = [:]
        // AppliedSetting is blank on listeners; a number at the end is the process.
        let wanted = columns.filter { $0 != "appliedsetting" }
        for (index, column) in wanted.enumerated() where index < line.count {
            row[column] = line[index]
        }
        if columns.contains("owningprocess"), let pid = line.number(line.count - 1, as: Int32.self),
            line.count > 4 || !columns.contains("state")
        {
            row["owningprocess"] = "\(pid)"
        }
        guard UInt16(row["localport"] ?? "") != nil else { return false }
        return PowerShellRow(row).add(line, to: &section)
    }

    /// `LocalAddress   : ::`, in blocks that an empty line or the same field ends.
    private mutating func readField(
        _ line: ReportLine, into section: inout ReportSection
    ) -> Bool {
        let key = line[0].lowercased()
        guard PowerShellRow.fields.contains(key) || blockLine != nil else { return false }
        if block[key] != nil { complete(&section) }
        if key == "localport" || blockLine == nil { blockLine = line.detached }
        block[key] = line.count > 2 ? line.text(from: 2) : ""
        if key == "localport" { section.hasHeading = true }
        return true
    }

    private mutating func complete(_ section: inout ReportSection) {
        defer {
            block = [:]
            blockLine = nil
        }
        guard let line = blockLine, block["localport"] != nil else { return }
        _ = PowerShellRow(block).add(line, to: &section)
    }

    mutating func finish(_ section: inout ReportSection, _ context: ReportContext) {
        complete(&section)
    }
}
