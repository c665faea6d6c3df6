import Prober

/// What a row of any socket table says, and what that comes to.
struct SocketRow {
    let transport: Transport
    let local: EndpointText
    let peer: EndpointText?
    /// The word in the state column, as it is written; nil when there is none.
    let state: String?
    /// The port that it is bound to; nil for none.
    let port: ReportedPort?

    init(transport: Transport, local: EndpointText, peer: EndpointText?, state: String?) {
        self.transport = transport
        self.local = local
        self.peer = peer
        self.state = state
        port = ReportedPort(local.port)
    }

    /// Whether the socket would take something new.
    enum Outcome: Hashable {
        case receives([Remark])
        case skipped(SkippedRow)
    }

    /// What the row comes to.
    var outcome: Outcome {
        guard port != nil else { return .skipped(.unbound) }
        let hasPeer = !(peer?.isNobody ?? true)
        switch transport {
        case .tcp:
            switch state.map(SocketState.init) {
            case .listening: return .receives(hasPeer ? [.contradictoryRow] : [])
            case .connected: return .skipped(.connected)
            case .idle: return .skipped(.notListening)
            // A word in another language, or no column for it.
            case .unknown, nil: return hasPeer ? .skipped(.connected) : .receives([.stateInferred])
            }
        case .udp:
            if hasPeer {
                // `:::12345`: a peer without an address is none.
                guard peer?.isAnyHost ?? false else { return .skipped(.connected) }
                return .receives([.contradictoryRow])
            }
            switch state.map(SocketState.init) {
            case .listening, .connected: return .receives([.contradictoryRow])
            case .idle, .unknown, nil: return .receives([])
            }
        }
    }
}

/// What a word in a state column means; the spellings of all systems.
enum SocketState {
    case listening, connected
    /// Bound, closed or unconnected: takes nothing over TCP.
    case idle
    case unknown

    init(_ word: String) {
        // Almost all rows have one of these.
        switch word {
        case "LISTEN", "LISTENING", "Listen":
            self = .listening
            return
        case "ESTABLISHED", "ESTAB", "Established", "TIME_WAIT", "TIME-WAIT", "TimeWait",
            "CLOSE_WAIT", "CLOSE-WAIT", "CloseWait":
            self = .connected
            return
        case _: break
        }
        guard word.utf8.count <= 16 else {
            self = .unknown
            return
        }
        let plain = word.uppercased().utf8.filter {
            $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-")
        }
        self = Self.words[String(decoding: plain, as: UTF8.self)] ?? .unknown
    }

    /// Whether `word` is a known one.
    static func isKnown(_ word: String) -> Bool {
        if case .unknown = SocketState(word) { return false }
        return true
    }

    private static let words: [String: SocketState] = {
        var words: [String: SocketState] = ["LISTEN": .listening, "LISTENING": .listening]
        for word in [
            "ESTABLISHED", "ESTAB", "ESTABL", "SYNSENT", "SYNRECV", "SYNRCVD", "SYNRECEIVED",
            "SYNSEN", "SYSRCV", "NEWSYNRECV", "FINWAIT1", "FINWAIT2", "FWAIT1", "FWAIT2",
            "TIMEWAIT", "TMWAIT", "CLOSEWAIT", "CLWAIT", "CLOSING", "CLOSNG", "LASTACK", "LASTAK",
            "DELETETCB", "CONNECTED",
        ] {
            words[word] = .connected
        }
        for word in ["BOUND", "IDLE", "CLOSE", "CLOSED", "UNCONN", "UNBOUND", "UNKNOWN"] {
            words[word] = .idle
        }
        return words
    }()
}

/// Why a row that was understood names no listener.
public enum SkippedRow: String, Hashable, Sendable, CaseIterable {
    /// It has a peer.
    case connected
    /// Bound or closed, but not listening.
    case notListening = "not-listening"
    /// Without a port.
    case unbound
    /// Neither TCP nor UDP: a raw socket, a UNIX socket, a file.
    case otherProtocol = "other-protocol"
    /// A container's port that the host does not pass on.
    case notPublished = "not-published"
    /// A port that a scan did not find open.
    case notOpen = "not-open"
}
