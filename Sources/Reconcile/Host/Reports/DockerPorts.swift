import Prober

/// `docker ps` and `docker port`: the ports that a host passes on to containers.
///
/// Columns have blanks, so ports are found by their shape: `0.0.0.0:8080->80/tcp`.
struct DockerPorts: TableReader {
    let format = ReportFormat.dockerPorts

    mutating func begins(at line: ReportLine, _ words: [String]) -> Bool {
        words.starts(with: ["container", "id"]) && words.count >= 3
    }

    mutating func read(
        _ line: ReportLine, _ context: ReportContext, into section: inout ReportSection
    ) -> Bool {
        if line.count == 3, line.word(1, is: "->"),
            let transport = Self.transport(of: line.bytes(of: 0))
        {
            // docker port: `80/tcp -> 0.0.0.0:8080`.
            guard let local = EndpointText(line.bytes(of: 2), partedBy: .colon) else {
                return false
            }
            Self.add(local, transport, nil, line, to: &section)
            return true
        }
        guard section.hasHeading || line.bytes.firstRange(of: "->") != nil else { return false }
        let name = section.hasHeading ? line[line.count - 1] : nil
        return Self.read(ports: line.bytes, container: name, line, into: &section)
            || section.hasHeading && line.count >= 4 && skipped(&section)
    }

    /// A container that publishes nothing.
    private func skipped(_ section: inout ReportSection) -> Bool {
        section.skip(.notPublished)
        return true
    }

    /// Takes the ports in `text`; false when there is none.
    static func read(
        ports text: ArraySlice<UInt8>, container: String?, _ line: ReportLine,
        into section: inout ReportSection
    ) -> Bool {
        var isAny = false
        for word in text.split(whereSeparator: { $0 <= 0x20 || $0 == UInt8(ascii: ",") }) {
            guard let arrow = word.firstRange(of: "->") else {
                if transport(of: word) != nil {
                    section.skip(.notPublished)
                    isAny = true
                }
                continue
            }
            guard let transport = transport(of: word[arrow.upperBound...]),
                let local = EndpointText(word[..<arrow.lowerBound], partedBy: .colon)
            else { continue }
            isAny = true
            add(local, transport, container, line, to: &section)
        }
        return isAny
    }

    /// Adds every port of a range `7000-7003`.
    static func add(
        _ local: EndpointText, _ transport: Transport, _ container: String?, _ line: ReportLine,
        to section: inout ReportSection
    ) {
        let ends = local.port.split(separator: "-").map { UInt16($0) }
        guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last, first > 0,
            section.mayExpand(by: Int(last - first) + 1)
        else { return }
        let family: IPAddress.Family =
            local.host.utf8.contains(UInt8(ascii: ":")) ? .ipv6 : .ipv4
        let address = ReportedAddress(local.host, in: family)
        var details = SocketDetails()
        details.container = container
        details.remarks = [.published]
        section.saw(transport, family)
        for port in first...last {
            section.add(
                ReportedSocket(
                    transport: transport, address: address, port: .number(port),
                    family: family == .ipv6 ? .ipv6 : .ipv4, details: details), line)
        }
    }

    /// The transport of a container's port `80/tcp` or of a range of them.
    static func transport(of text: ArraySlice<UInt8>) -> Transport? {
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")), slash > text.startIndex,
            text[..<slash].allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") })
        else { return nil }
        return Transport(rawValue: text[(slash + 1)...].text)
    }
}
