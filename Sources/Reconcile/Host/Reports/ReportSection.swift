import Prober

/// What one table of a report holds.
struct ReportSection {
    let format: ReportFormat
    /// The file as it was named.
    let origin: String
    /// The number of the line it begins at.
    var firstLine: Int
    /// The different sockets, in the order of their first rows.
    var sockets: [ReportedSocket] = []
    /// The processes that the table describes.
    var processes: [Int32: ProcessIdentity] = [:]
    /// The services that the table names.
    var services = ServiceEntries()
    /// What the kernel had counted.
    var counters: [KernelCounter: UInt64] = [:]
    /// What could not be seen, as the table says itself.
    var gaps: [CoverageGap] = []
    /// How many rows of each kind name no listener.
    private(set) var skipped: [SkippedRow: Int] = [:]
    /// How many rows were understood.
    private(set) var rowCount = 0
    /// How many rows were not, and the first of them.
    private(set) var unreadCount = 0
    private(set) var firstUnread: ReportedLine?
    /// The transports and families that the table has rows of.
    private(set) var seen: [SocketTable] = []
    /// Whether it has a heading, without which rows may have been picked out.
    var hasHeading = false
    /// The system that it is of, where its rows tell more than its format.
    var system: HostSystem?
    /// Whether its cells stand on lines of their own.
    var isReassembled = false
    private var indices: [Key: Int] = [:]
    /// The socket of the last row, which the lines behind it may tell more of.
    private var lastIndex: Int?
    private var expandedCount = 0

    /// As many different sockets as any host has; more are counted only.
    private static let socketLimit = 100_000
    private static let lineLimit = 240

    private struct Key: Hashable {
        let transport: Transport?
        let address: ReportedAddress
        let port: ReportedPort
        let family: ReportedFamily
        let device: String?
        let zone: String?
        let namespace: String?
    }

    init(_ format: ReportFormat, origin: String, firstLine: Int) {
        self.format = format
        self.origin = origin
        self.firstLine = firstLine
    }

    /// Whether the table says anything at all.
    var isEmpty: Bool {
        rowCount == 0 && !hasHeading && processes.isEmpty && services.isEmpty
    }

    /// Notes that the table has rows of `transport` over `family`, or over both for nil.
    mutating func saw(_ transport: Transport, _ family: IPAddress.Family?) {
        for family in family.map({ [$0] }) ?? IPAddress.Family.allCases {
            let table = SocketTable(transport: transport, family: family)
            if !seen.contains(table) { seen.append(table) }
        }
    }

    /// Notes what the command of the table asked for, which it therefore lists even if empty.
    mutating func saw(_ command: ReportCommand) {
        guard !command.isFiltered else { return }
        switch (command.tool, format) {
        case ("ss", .socketStatistics), ("netstat", .linuxNetstat):
            for table in command.tables { saw(table.transport, table.family) }
        case _: break
        }
    }

    /// Counts a row that names no listener.
    mutating func skip(_ reason: SkippedRow, count: Int = 1) {
        guard count > 0 else { return }
        rowCount += count
        skipped[reason, default: 0] += count
    }

    /// Counts a row that carries no socket, such as one of processes or names.
    mutating func countRow() { rowCount += 1 }

    /// Whether a range of `count` ports may still be written out; a hostile report has too many.
    mutating func mayExpand(by count: Int) -> Bool {
        expandedCount += count
        if expandedCount <= Self.socketLimit { return true }
        if !gaps.contains(Self.overflow) { gaps.append(Self.overflow) }
        return false
    }

    /// Whether there is room for one more socket; a hostile report has too many.
    mutating func mayTakeMore() -> Bool {
        if sockets.count < Self.socketLimit { return true }
        if !gaps.contains(Self.overflow) { gaps.append(Self.overflow) }
        return false
    }

    /// Notes a row that could not be understood; it may hide a socket.
    mutating func unread(_ line: ReportLine) {
        unreadCount += 1
        if firstUnread == nil { firstUnread = reported(line) }
    }

    /// Adds the socket that `line` shows; what is known already gains its owners.
    mutating func add(_ socket: ReportedSocket, _ line: @autoclosure () -> ReportLine) {
        rowCount += 1
        let key = Key(
            transport: socket.transport, address: socket.address, port: socket.port,
            family: socket.family, device: socket.details.device, zone: socket.details.zone,
            namespace: socket.details.namespace)
        lastIndex = indices[key]
        if let lastIndex {
            sockets[lastIndex].details.merge(socket.details)
            return
        }
        guard mayTakeMore() else { return }
        lastIndex = sockets.count
        indices[key] = sockets.count
        sockets.append(socket)
        sockets[sockets.count - 1].details.lines.append(reported(line()))
    }

    /// Gives what is known of the last row's socket to `body`; a row that adds none has none.
    mutating func addToLast(_ body: (inout SocketDetails) -> Void) {
        if let lastIndex { body(&sockets[lastIndex].details) }
    }

    /// Notes that lines from here on belong to another row.
    mutating func endRow() { lastIndex = nil }

    /// Adds what a row of a socket table shows, if it would take something new.
    mutating func add(
        _ row: SocketRow, _ family: ReportedFamily, in rowFamily: IPAddress.Family?,
        _ details: SocketDetails = SocketDetails(), _ line: ReportLine
    ) {
        saw(row.transport, rowFamily)
        switch row.outcome {
        case .skipped(let reason): skip(reason)
        case .receives(let remarks):
            guard let port = row.port else { return skip(.unbound) }
            let address = ReportedAddress(row.local.host, in: rowFamily)
            var socket = ReportedSocket(
                transport: row.transport, address: address, port: port,
                family: family.settled(for: address), details: details)
            socket.details.remarks += remarks
            if let zone = row.local.zone { socket.place(zone) }
            add(socket, line)
        }
    }

    private static let overflow = CoverageGap(
        .listeners, reason: "the report has more than \(socketLimit) different sockets")

    private func reported(_ line: ReportLine) -> ReportedLine {
        var text = line.text
        if text.utf8.contains(where: { $0 < 0x20 }) {
            text = String(decoding: text.utf8.map { $0 < 0x20 ? 0x20 : $0 }, as: UTF8.self)
        }
        let isLong = text.utf8.count > Self.lineLimit
        return ReportedLine(
            source: origin, number: line.number,
            text: isLong ? String(text.prefix(Self.lineLimit)) + "…" : text)
    }
}

extension ReportedSocket {
    /// Takes `zone` for the zone of a link-local address, or for the device of any other.
    mutating func place(_ zone: String) {
        if case .exact(.v6(let high, _)) = address, high >> 54 == 0xfe80 >> 6 {
            details.zone = zone
        } else if case .cut = address {
            details.zone = zone
        } else {
            details.device = zone
        }
    }
}

extension SocketDetails {
    /// Adds what `other` knows of the same socket.
    mutating func merge(_ other: SocketDetails) {
        for owner in other.owners {
            guard let index = owners.firstIndex(where: { $0.pid == owner.pid }) else {
                // Nobody reads more, and a hostile report may name millions.
                if owners.count < 200 { owners.append(owner) }
                continue
            }
            if owners[index].name.isEmpty { owners[index].name = owner.name }
            owners[index].user = owners[index].user ?? owner.user
            owners[index].command = owners[index].command ?? owner.command
        }
        device = device ?? other.device
        zone = zone ?? other.zone
        program = program ?? other.program
        activation = activation ?? other.activation
        kernelHolder = kernelHolder ?? other.kernelHolder
        unit = unit ?? other.unit
        container = container ?? other.container
        namespace = namespace ?? other.namespace
        userID = userID ?? other.userID
        inode = inode ?? other.inode
        queue = queue ?? other.queue
        buffer = buffer ?? other.buffer
        dropCount = dropCount ?? other.dropCount
        for remark in other.remarks where !remarks.contains(remark) { remarks.append(remark) }
        if lines.count < 8 { lines += other.lines }
    }
}
