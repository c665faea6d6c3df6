import Prober

/// `ss` of iproute2, from before 3.14 to today.
struct SocketStatistics: TableReader {
    let format = ReportFormat.socketStatistics
    /// What the listing shows of its version.
    private var hasModernWildcards = false
    private var hasOldColons = false
    private var hasBrackets = false
    private var hasOldTuples = false
    private var hasUDPNetid = false
    /// Rows `tcp UNCONN`, which are UDP in old versions and nothing in new ones.
    private var unconnected: [(socket: ReportedSocket, line: ReportLine)] = []
    /// The same rows that could not be kept: a hostile listing has millions.
    private var unkeptCount = 0
    private var isHeadingWithoutNetid = false
    private var isHeadingWithoutState = false

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        guard words.contains("address:port") || words.contains("address:portpeer") else {
            return false
        }
        isHeadingWithoutNetid = !words.contains("netid")
        isHeadingWithoutState = !words.contains("state")
        return words.contains("recv-q") || words.contains("local")
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        var next = 0
        let netid = line.length(of: 0) <= 8 ? Netid(line.first) : nil
        if netid != nil { next = 1 }
        var state: String?
        if !line.isNumber(next), Self.isState(line[next]) {
            state = line[next]
            next += 1
        }
        // Without a state it may be a row of netstat, which has one behind the peer.
        let isExpected = section.hasHeading || context.command?.tool == "ss"
        guard state != nil || isExpected && !SocketState.isKnown(line[next + 4]),
            line.isNumber(next), line.isNumber(next + 1), line.count >= next + 4
        else {
            guard isContinuation(line, section) else { return false }
            if let memory = SocketStatisticsDetails(line.bytes(from: 0)).memory {
                section.addToLast { $0.takeMemory(memory) }
            }
            return true
        }
        section.endRow()
        if netid == .other {
            section.skip(.otherProtocol)
            return true
        }
        // Most rows of a busy host end here, before anything is taken apart.
        if let state, case .connected = SocketState(state), let transport = netid?.transport {
            section.saw(transport, Self.family(cell: line.bytes(of: next + 2)))
            section.skip(.connected)
            return true
        }
        guard let local = EndpointText(line.bytes(of: next + 2), partedBy: .colon),
            let peer = EndpointText(line.bytes(of: next + 3), partedBy: .colon)
        else {
            // Sockets of other families have paths and numbers there.
            guard netid == nil, state != nil || section.hasHeading else { return false }
            section.skip(.otherProtocol)
            return true
        }
        note(local, peer, netid)
        hasOldColons = hasOldColons || line.bytes(of: next + 2).hasPrefix(":::")
        hasBrackets =
            hasBrackets || line.bytes(of: next + 2).hasPrefix("[::]:")
            || line.bytes(of: next + 3).hasPrefix("[::]:")
        let family = Self.family(local)
        guard let transport = transport(netid, state, context) else {
            section.skip(.otherProtocol)
            return true
        }
        var details = SocketDetails()
        var reported = Self.reportedFamily(local)
        let row = SocketRow(
            transport: transport, local: local, peer: peer, state: state ?? impliedState(context))
        let isKept = netid == .tcp && state == "UNCONN"
        if !isKept, case .skipped(let reason) = row.outcome {
            section.saw(transport, family)
            section.skip(reason)
            return true
        }
        var memory: SocketStatisticsDetails.Memory?
        if line.count > next + 4 {
            let rest = SocketStatisticsDetails(line.bytes(from: next + 4))
            details = rest.details
            memory = rest.memory
            hasOldTuples = hasOldTuples || rest.hasOldTuples
            switch rest.isIPv6Only {
            // A socket of IPv4 has no such mark; one that seems to is named so.
            case true? where reported != .ipv4: reported = .ipv6
            case false? where reported == .undecided: reported = .dual
            case true?, false?, nil: break
            }
        }
        if transport == .tcp, let waiting = line.number(next, as: UInt32.self),
            let limit = line.number(next + 1, as: UInt32.self), state == "LISTEN"
        {
            details.queue = AcceptQueue(waiting: waiting, limit: limit)
        } else if transport == .udp, let used = line.number(next, as: UInt32.self) {
            details.buffer = ReceiveBuffer(used: used)
        }
        if let memory { details.takeMemory(memory) }
        if isKept {
            keep(local, reported, details, line)
            return true
        }
        section.add(row, reported, in: family, details, line)
        return true
    }

    private enum Netid {
        case tcp, udp, other

        init?(_ word: String) {
            switch word {
            case "tcp", "tcp6": self = .tcp
            case "udp", "udp6": self = .udp
            case _:
                guard SocketStatistics.otherNetids.contains(word) else { return nil }
                self = .other
            }
        }

        var transport: Transport? {
            switch self {
            case .tcp: .tcp
            case .udp: .udp
            case .other: nil
            }
        }
    }

    /// The family of an address with its port: only IPv6 has more than one colon.
    private static func family(cell: ArraySlice<UInt8>) -> IPAddress.Family {
        cell.count { $0 == UInt8(ascii: ":") } > 1 ? .ipv6 : .ipv4
    }

    private static let otherNetids: Set<String> = [
        "raw", "u_str", "u_dgr", "u_seq", "p_raw", "p_dgr", "nl", "icmp6", "icmp", "dccp", "sctp",
        "v_str", "v_dgr", "tipc", "ti_st", "ti_rd", "ti_sq", "ti_dg", "xdp", "mptcp", "udplite",
        "???", "unix",
    ]

    private static func isState(_ word: String) -> Bool {
        // Almost all rows have one of these.
        switch word {
        case "LISTEN", "ESTAB", "UNCONN", "TIME-WAIT": true
        case _: rareStates.contains(word)
        }
    }

    private static let rareStates: Set<String> = [
        "SYN-SENT", "SYN-RECV", "FIN-WAIT-1", "FIN-WAIT-2", "CLOSE-WAIT", "LAST-ACK", "CLOSING",
        "CLOSE", "CLOSED", "UNKNOWN", "SYN-RCV",
        "NEW-SYN-RECV", "BOUND-INACTIVE",
    ]

    private mutating func note(_ local: EndpointText, _ peer: EndpointText, _ netid: Netid?) {
        if netid == .udp { hasUDPNetid = true }
        for end in [local, peer] {
            if end.host == "0.0.0.0" { hasModernWildcards = true }
        }
    }

    /// `*` is what versions write for wildcards, each with another meaning.
    private static func reportedFamily(_ local: EndpointText) -> ReportedFamily {
        switch local.host {
        case "*": .undecided
        case "::": .ipv6OrDual
        case "0.0.0.0": .ipv4
        case _: local.host.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4
        }
    }

    private static func family(_ local: EndpointText) -> IPAddress.Family? {
        if local.host == "*" { return nil }
        return local.host.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4
    }

    private func transport(
        _ netid: Netid?, _ state: String?, _ context: ReportContext
    ) -> Transport? {
        switch netid {
        case .tcp: return .tcp
        case .udp: return .udp
        case .other: return nil
        case nil: break
        }
        let flags = context.command?.tool == "ss" ? context.command?.flags : nil
        if let flags, flags.contains("w") || flags.contains("x") || flags.contains("S") {
            if !flags.contains("t"), !flags.contains("u") { return nil }
        }
        if let flags, flags.contains("t") != flags.contains("u") {
            return flags.contains("t") ? .tcp : .udp
        }
        // Without a column for it, LISTEN is TCP; UNCONN is UDP, or raw, which nothing tells apart.
        return state == "UNCONN" ? .udp : .tcp
    }

    /// With one state asked for there is no column, and only the command tells which.
    private func impliedState(_ context: ReportContext) -> String? {
        guard let command = context.command, command.tool == "ss" else { return nil }
        return command.flags.contains("l") || command.arguments.contains("listening")
            ? "LISTEN" : nil
    }

    private mutating func keep(
        _ local: EndpointText, _ family: ReportedFamily, _ details: SocketDetails,
        _ line: ReportLine
    ) {
        guard let port = ReportedPort(local.port) else { return }
        let address = ReportedAddress(local.host, in: Self.family(local))
        var socket = ReportedSocket(
            transport: .udp, address: address, port: port, family: family.settled(for: address),
            details: details)
        socket.details.remarks.append(.transportInferred)
        if let zone = local.zone { socket.place(zone) }
        if unconnected.count < 10_000 {
            unconnected.append((socket, line.detached))
        } else {
            unkeptCount += 1
        }
    }

    /// Indented lines, and words like `skmem:(r0`, belong to the row before.
    private func isContinuation(_ line: ReportLine, _ section: ReportSection) -> Bool {
        guard section.rowCount > 0 else { return false }
        return line.bytes.first == 0x09
            || line.isIndented && line[0].contains(":")
                && EndpointText.separator(in: line[0]) == .colon && !line.isNumber(0)
                && line.text.contains("rto:")
            || line[0].hasPrefix("skmem:")
    }

    mutating func finish(_ section: inout ReportSection, _ context: ReportContext) {
        let isOld = hasOldColons && !hasModernWildcards
        if hasOldTuples || isOld, !hasUDPNetid {
            for (socket, line) in unconnected {
                section.saw(.udp, nil)
                section.add(socket, line)
            }
            if unkeptCount > 0 {
                section.gaps.append(
                    CoverageGap(
                        .listeners, reason: "ss has \(unkeptCount) more UDP rows", transport: .udp))
            }
        } else {
            for _ in unconnected { section.skip(.notListening) }
        }
        let flags = context.command?.tool == "ss" ? context.command?.flags ?? [] : []
        for index in section.sockets.indices {
            switch section.sockets[index].family {
            case .undecided where flags.contains("4") != flags.contains("6"):
                // What was asked for tells more than any version's way to write it.
                section.sockets[index].family = flags.contains("4") ? .ipv4 : .ipv6OrDual
            case .undecided:
                section.sockets[index].family =
                    hasModernWildcards || hasBrackets ? .dual : hasOldColons ? .ipv4 : .unknown
            case .ipv6OrDual where hasModernWildcards || hasBrackets:
                // New versions write `*` for what takes both.
                section.sockets[index].family = .ipv6
            case .ipv4, .ipv6, .dual, .ipv6OrDual, .unknown: break
            }
        }
    }
}
