import Prober

/// `lsof -F`, one field a line, and `-F0`, whose NULs are taken for line ends.
///
/// A line's first letter is the only guide. A file is complete when the next one begins, because
/// its state comes after its name.
struct LsofFields: TableReader {
    let format = ReportFormat.lsofFields
    private var owner: ProcessIdentity?
    private var file = File()
    /// How the last lines began, which is how the format is known.
    private var isRunning = false

    /// The fields of one open file.
    private struct File {
        var type: String?
        var transport: Transport?
        var isOther = false
        var name: ReportLine?
        var state: String?
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        guard let letter = line.bytes.first else { return false }
        let value = line.bytes.dropFirst().text
        if !isRunning {
            guard letter == UInt8(ascii: "p"), line.count == 1, let pid = Int32(value) else {
                return false
            }
            isRunning = true
            owner = ProcessIdentity(pid: pid, name: "")
            return true
        }
        switch letter {
        case UInt8(ascii: "p"):
            guard let pid = Int32(value) else { return false }
            complete(&section)
            owner = ProcessIdentity(pid: pid, name: "")
        case UInt8(ascii: "f"): complete(&section)
        case UInt8(ascii: "c"): owner?.name = value
        case UInt8(ascii: "L"): owner?.user = value
        case UInt8(ascii: "u"): if owner?.user == nil { owner?.user = value }
        case UInt8(ascii: "t"):
            if file.type != nil { complete(&section) }
            file.type = value
        case UInt8(ascii: "P"):
            file.transport = Transport(rawValue: value.lowercased())
            file.isOther = file.transport == nil
        case UInt8(ascii: "n"):
            if file.name != nil { complete(&section) }
            file.name = line.detached
        case UInt8(ascii: "T"):
            guard value.contains("=") else { return false }
            if value.hasPrefix("ST=") { file.state = String(value.dropFirst(3)) }
        case _ where Self.otherLetters.contains(letter): break
        default: return false
        }
        return true
    }

    private static let otherTypes: Set<String> = [
        "REG", "DIR", "CHR", "BLK", "FIFO", "LINK", "unix", "sock", "a_inode", "KQUEUE", "PIPE",
        "VREG", "VDIR", "VCHR", "netlink", "pack", "raw", "raw6", "systm", "PSXSHM", "NPOLICY",
        "CHAN", "FSEVENT", "DEL", "unknown", "ATALK", "key", "ndrv", "rte", "fport", "inet",
        "vsock",
    ]

    private static let otherLetters = Set("agRKMCDGFikljoNrsSxz0".utf8)

    private mutating func complete(_ section: inout ReportSection) {
        defer { file = File() }
        guard let type = file.type else { return }
        guard type == "IPv4" || type == "IPv6", let transport = file.transport else {
            // What has no type that lsof writes was no file, and may not even be lsof's.
            if Self.otherTypes.contains(type) || type.hasPrefix("IPv") {
                section.skip(.otherProtocol)
            }
            return
        }
        let family: IPAddress.Family = type == "IPv6" ? .ipv6 : .ipv4
        section.saw(transport, family)
        guard let line = file.name,
            let row = LsofName(line.bytes.dropFirst()).row(transport, state: file.state)
        else { return section.skip(.otherProtocol) }
        var details = SocketDetails()
        if let owner, owner.pid > 0 { details.owners = [owner] }
        section.add(row, family == .ipv6 ? .ipv6OrDual : .ipv4, in: family, details, line)
    }

    mutating func finish(_ section: inout ReportSection, _ context: ReportContext) {
        complete(&section)
        section.hasHeading = section.rowCount > 0
    }
}
