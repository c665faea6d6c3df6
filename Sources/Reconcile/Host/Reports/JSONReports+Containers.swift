import Prober

extension JSONReports {
    /// `docker ps --format json`, the Engine's API and podman.
    func readDocker(
        _ ports: JSONValue, _ names: JSONValue, into sections: inout ReportSections
    ) -> Bool {
        let name = (names.scalar ?? names.elements?.first?.scalar).map { text in
            text.hasPrefix("/") ? String(text.dropFirst()) : text
        }
        return sections.with(.dockerPorts, hasHeading: true) { section in
            if let text = ports.scalar {
                if !DockerPorts.read(
                    ports: Array(text.utf8)[...], container: name, line, into: &section)
                {
                    section.skip(.notPublished)
                }
                return true
            }
            let entries = (ports.elements ?? []).compactMap(\.members)
            if entries.isEmpty { section.skip(.notPublished) }
            for entry in entries {
                let published = entry["PublicPort"]?.scalar ?? entry["host_port"]?.scalar ?? "0"
                let type = entry["Type"]?.scalar ?? entry["protocol"]?.scalar ?? ""
                guard published != "0", let transport = Transport(rawValue: type) else {
                    section.skip(.notPublished)
                    continue
                }
                let host = entry["IP"]?.scalar ?? entry["host_ip"]?.scalar ?? ""
                DockerPorts.add(
                    EndpointText(host: host.isEmpty ? "0.0.0.0" : host, port: published), transport,
                    name, line, to: &section)
            }
            return true
        }
    }

    /// `docker inspect`: what is published now; HostConfig has wishes only.
    func readContainer(
        _ members: JSONMembers, _ settings: JSONMembers,
        into sections: inout ReportSections
    ) -> Bool {
        let name = members["Name"]?.scalar ?? members["Id"]?.scalar ?? ""
        let container = name.hasPrefix("/") ? String(name.dropFirst()) : name
        return sections.with(.dockerInspect, hasHeading: true) { section in
            if members["HostConfig"]?.members?["NetworkMode"]?.scalar == "host" {
                section.gaps.append(
                    CoverageGap(
                        .listeners,
                        reason: "the container \(container) shares the host's network, and docker "
                            + "does not tell on which ports it listens"))
            }
            for (port, bindings) in (settings["Ports"]?.members ?? [:]).sorted(by: {
                $0.key < $1.key
            }) {
                guard let transport = DockerPorts.transport(of: Array(port.utf8)[...]),
                    let entries = bindings.elements
                else {
                    section.skip(.notPublished)
                    continue
                }
                for entry in entries.compactMap(\.members) {
                    let host = entry["HostIp"]?.scalar ?? ""
                    DockerPorts.add(
                        EndpointText(
                            host: host.isEmpty ? "0.0.0.0" : host,
                            port: entry["HostPort"]?.scalar ?? ""), transport, container, line,
                        to: &section)
                }
            }
            return true
        }
    }
}

extension JSONValue {
    /// The members of an object.
    var members: JSONMembers? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The elements of a list.
    var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// A text, or a number as text.
    var scalar: String? {
        switch self {
        case .text(let text): text
        case .unsigned(let number): "\(number)"
        case .number(let number): "\(number)"
        case .null, .boolean, .array, .object: nil
        }
    }
}
