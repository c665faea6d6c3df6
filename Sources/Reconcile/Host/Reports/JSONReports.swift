import Prober

/// Reports that are JSON: one value at a time, of whichever tool.
struct JSONReports {
    /// The line at which the value begins, with a part of it.
    let line: ReportLine

    /// Takes what `value` shows into `sections`; false when it is of no known kind.
    func read(_ value: JSONValue, into sections: inout ReportSections) -> Bool {
        switch value {
        case .array(let values):
            return values.reduce(false) { read($1, into: &sections) || $0 }
        case .object(let members): return read(members, into: &sections)
        case .null, .boolean, .unsigned, .number, .text: return false
        }
    }

    private func read(
        _ members: JSONMembers, into sections: inout ReportSections
    ) -> Bool {
        if members["LocalAddress"] != nil, members["LocalPort"] != nil {
            return sections.with(.powerShell, hasHeading: true) { section in
                PowerShellRow { members[$0.name]?.scalar }.add(line, to: &section)
            }
        }
        if let facts = members["ansible_facts"] { return read(facts, into: &sections) }
        if members["tcp_listen"] != nil || members["udp_listen"] != nil {
            return readAnsible(members, into: &sections)
        }
        if members["HostConfig"] != nil, let settings = members["NetworkSettings"]?.members {
            return readContainer(members, settings, into: &sections)
        }
        if let ports = members["Ports"], let names = members["Names"] ?? members["Name"] {
            return readDocker(ports, names, into: &sections)
        }
        if let listen = members["listen"]?.scalar, let unit = members["unit"]?.scalar {
            return readUnit(members, listen, unit, into: &sections)
        }
        if members["port"] != nil, members["protocol"] != nil, members["local"] == nil,
            let row = OsqueryRow({ members[$0.name]?.scalar })
        {
            return sections.with(.osquery, hasHeading: true) { section in
                row.add(line, to: &section)
                return true
            }
        }
        if members["lsof_version"] != nil || members["fd"] != nil && members["tcp_info"] != nil {
            return sections.with(.lsofJSON, hasHeading: true) { section in
                section.countRow()
                return true
            }
        }
        if let sockets = members["socket"]?.elements {
            return readSockets(sockets, into: &sections)
        }
        // Wrappers: osquery's logs, libxo, and lists of results.
        for key in ["snapshot", "diffResults", "added", "columns", "statistics", "netstat"] {
            if let inner = members[key], read(inner, into: &sections) { return true }
        }
        return false
    }

    private func readAnsible(
        _ members: JSONMembers, into sections: inout ReportSections
    ) -> Bool {
        sections.with(.ansible, hasHeading: true) { section in
            for transport in Transport.allCases {
                guard let rows = members["\(transport.rawValue)_listen"]?.elements else { continue }
                section.saw(transport, nil)
                for row in rows.compactMap(\.members) { readAnsible(row, transport, &section) }
            }
        }
        return true
    }

    private func readAnsible(
        _ row: JSONMembers, _ transport: Transport, _ section: inout ReportSection
    ) {
        // Zones of ss are mangled on the way: `fe80::1]%eth0`.
        let text = (row["address"]?.scalar ?? "").filter { $0 != "[" && $0 != "]" }
        let parts = text.split(separator: "%", maxSplits: 1)
        let host = parts.first.map(String.init) ?? ""
        let peer = row["foreign_address"]?.scalar.map {
            EndpointText(host: $0, port: row["foreign_port"]?.scalar ?? "0")
        }
        var details = SocketDetails()
        if let pid = row["pid"]?.scalar.flatMap({ Int32($0) }), pid > 0 {
            details.owners = [
                ProcessIdentity(
                    pid: pid, name: row["name"]?.scalar ?? "", user: row["user"]?.scalar)
            ]
        }
        let family: IPAddress.Family = host.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4
        let local = EndpointText(
            host: host, port: row["port"]?.scalar ?? "",
            zone: parts.count > 1 ? String(parts[1]) : nil)
        section.add(
            SocketRow(
                transport: transport, local: local, peer: peer,
                state: row["state"]?.scalar ?? (transport == .tcp ? "LISTEN" : nil)),
            host == "*" ? .unknown : family == .ipv6 ? .ipv6OrDual : .ipv4, in: family, details,
            line)
    }

    /// systemctl's JSON does not tell the transport, and newer versions no type either.
    private func readUnit(
        _ members: JSONMembers, _ listen: String, _ unit: String,
        into sections: inout ReportSections
    ) -> Bool {
        guard members["activates"] != nil || unit.hasSuffix(".socket") else { return false }
        return sections.with(.systemdSockets, hasHeading: true) { section in
            let socket = SystemdSockets.socket(
                listen: listen, type: members["type"]?.scalar, unit: unit)
            if let socket { section.add(socket, line) } else { section.skip(.otherProtocol) }
            return true
        }
    }

    /// `netstat --libxo json` of FreeBSD.
    private func readSockets(_ rows: [JSONValue], into sections: inout ReportSections) -> Bool {
        let known = rows.compactMap(\.members).filter { $0["local"]?.members != nil }
        guard !known.isEmpty else { return false }
        return sections.with(.bsdNetstat, hasHeading: true) { section in
            for row in known {
                guard let word = NetstatProtocol(row["protocol"]?.scalar?.trimmingSpaces ?? ""),
                    let transport = word.transport, let local = row["local"]?.members
                else {
                    section.skip(.otherProtocol)
                    continue
                }
                func end(_ members: JSONMembers) -> EndpointText {
                    EndpointText(
                        host: members["address"]?.scalar ?? "*",
                        port: members["port"]?.scalar ?? "*")
                }
                let family: ReportedFamily =
                    word.digits == .fourAndSix ? .dual : word.family == .ipv6 ? .ipv6 : .ipv4
                section.add(
                    SocketRow(
                        transport: transport, local: end(local),
                        peer: (row["remote"]?.members).map(end),
                        state: row["tcp-state"]?.scalar?.trimmingSpaces), family, in: word.family,
                    SocketDetails(), line)
            }
            return true
        }
    }
}
