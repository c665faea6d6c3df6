import Prober

/// What the heading of a BSD netstat says of the columns below it.
struct BSDNetstatColumns {
    /// The system, where the heading tells.
    var system: System?
    /// Whether rows begin with a kernel address, which makes the other columns narrow.
    private var hasKernelAddress = false
    /// Whether there is a column for a state at all.
    private(set) var hasNoState = false
    /// Whether counts of retransmissions stand where the queues usually are.
    private(set) var hasRetransmits = false
    /// Whether this is a list of listen queues.
    private(set) var isListenQueues = false
    /// How wide the column of the local address is; nil when there was no heading.
    private var width: Int?
    private var owner = OwnerColumn.none
    /// The words of the heading behind the state.
    private var ownerIndex = 0

    /// The systems whose words mean something of their own.
    enum System {
        case macOS, openBSD, netBSD, aix, hpux
    }

    private enum OwnerColumn {
        case none, pid, processAndPID
    }

    /// What a column was too narrow for.
    enum Cut {
        case nothing, address, port
    }

    init() {}

    /// The columns below `line`; nil when it is no heading of this format.
    init?(heading line: ReportLine, _ words: [String]) {
        if words.contains("listen"), words.contains("local"), !words.contains("unit") {
            isListenQueues = true
            return
        }
        guard let local = words.firstIndex(of: "local"),
            let foreign = words.firstIndex(of: "foreign"), words.contains("proto")
        else { return nil }
        hasRetransmits = words.contains("rexmit")
        guard words.contains("recv-q") || hasRetransmits else { return nil }
        width = line.column(of: foreign) - line.column(of: local)
        let states: Set<String> = ["(state)", "state", "tcp-state"]
        let behind = words.dropFirst(foreign + 2)
        hasNoState = !behind.contains(where: states.contains)
        switch words[0] {
        case "pcb/addr": system = .aix
        case "proto": system = Self.system(line, words)
        default: hasKernelAddress = true
        }
        let columns = behind.drop(while: states.contains)
        if let index = columns.firstIndex(of: "process:pid") {
            owner = .processAndPID
            ownerIndex = index - columns.startIndex
        } else if let index = columns.firstIndex(of: "pid") {
            owner = .pid
            ownerIndex = index - columns.startIndex
        }
    }

    private static func system(_ line: ReportLine, _ words: [String]) -> System? {
        if words.contains("rhiwat") || words.contains("flowhash") { return .macOS }
        if words.contains("tcp-state") { return .openBSD }
        // `Proto   Recv-Q`: OpenBSD has three blanks there.
        if line.column(of: 1) == line.column(of: 0) + 8 { return .openBSD }
        return words.last == "state" ? .netBSD : nil
    }

    /// The process that holds the socket of `line`, whose columns behind the peer begin at `start`.
    ///
    /// UDP has no state, so that the columns are counted from behind it.
    func owner(in line: ReportLine, from start: Int) -> ProcessIdentity? {
        let hasState = SocketState.isKnown(line[start])
        let first = hasState ? start + 1 : start
        switch owner {
        case .none: return nil
        case .pid:
            guard let pid = line.number(first + ownerIndex, as: Int32.self), pid > 0 else {
                return nil
            }
            return ProcessIdentity(pid: pid, name: "")
        case .processAndPID:
            // The name may have blanks: it begins behind the counters and ends at `:PID`.
            let name = first + ownerIndex
            guard name < line.count else { return nil }
            for index in name..<min(line.count, name + 8) {
                let word = line[index]
                guard let colon = word.lastIndex(of: ":"),
                    let pid = Int32(word[word.index(after: colon)...]), pid > 0
                else { continue }
                let words = (name..<index).map { line[$0] } + [String(word[..<colon])]
                return ProcessIdentity(pid: pid, name: words.joined(separator: " "))
            }
            return nil
        }
    }

    /// What the column cut off an endpoint whose whole cell is `length` long.
    ///
    /// Addresses are cut to 16 characters; with a kernel address before them, the whole cell to 18.
    func cut(_ local: EndpointText, length: Int) -> Cut {
        if hasKernelAddress, length == 18, UInt16(local.port) != nil, (width ?? 18) < 24 {
            return .port
        }
        // Names are cut to twelve characters there, and may be addresses without a name.
        if hasKernelAddress, UInt16(local.port) == nil, local.host.utf8.count == 12 {
            return .address
        }
        guard local.host.utf8.contains(UInt8(ascii: ":")) || UInt32(local.host.prefix(1)) == nil
        else { return .nothing }
        if let width, width > 30 { return .nothing }
        let zone = local.zone.map { $0.utf8.count + 1 } ?? 0
        return local.host.utf8.count + zone == 16 && local.host != "*" ? .address : .nothing
    }
}
