import Prober

/// `Get-NetTCPConnection` and `Get-NetUDPEndpoint`, as a table or as a list.
struct PowerShellTable: TableReader {
    let format = ReportFormat.powerShell
    /// The place of each field in the heading, `AppliedSetting` not counted: it is blank on listeners.
    private var places: [PowerShellRow.Field: Int] = [:]
    private var hasOwners: Bool { places[.owningProcess] != nil }
    /// The block of a list that is being read.
    private var block: [String: String] = [:]
    private var blockLine: ReportLine?

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        guard words.contains("localaddress"), words.contains("localport"), words.count <= 20,
            !words.contains(":")
        else { return false }
        let wanted = words.filter { $0 != "appliedsetting" }
        places = [:]
        for field in PowerShellRow.Field.allCases {
            places[field] = wanted.firstIndex(of: field.name.lowercased())
        }
        return true
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        if line.count >= 2, line[1] == ":", line[0].utf8.first.map({ $0 >= 0x41 }) ?? false {
            return readField(line, into: &section)
        }
        guard !places.isEmpty else { return false }
        if line.first.hasPrefix("---") { return true }
        guard let port = places[.localPort], line.number(port, as: UInt16.self) != nil else {
            return false
        }
        let last = line.count - 1
        // A number at the end is the process.
        let hasOwner =
            hasOwners && line.isNumber(last) && (last > 3 || places[.state] == nil)
        return PowerShellRow { field in
            if field == .owningProcess, hasOwner { return line[last] }
            return places[field].flatMap { $0 < line.count ? line[$0] : nil }
        }.add(line, to: &section)
    }

    /// `LocalAddress   : ::`, in blocks that an empty line or the same field ends.
    private mutating func readField(
        _ line: ReportLine, into section: inout ReportSection
    ) -> Bool {
        let key = line[0].lowercased()
        guard Self.fields[key] != nil || key == "instanceid" || blockLine != nil else {
            return false
        }
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
        _ = PowerShellRow { block[$0.name.lowercased()] }.add(line, to: &section)
    }

    private static let fields = Dictionary(
        uniqueKeysWithValues: PowerShellRow.Field.allCases.map { ($0.name.lowercased(), $0) })

    mutating func finish(_ section: inout ReportSection, _ context: ReportContext) {
        complete(&section)
    }
}
