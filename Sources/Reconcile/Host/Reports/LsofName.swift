import Prober

/// The name of an internet socket as lsof writes it: `*:ssh`, `10.0.0.1:22->10.0.0.2:4000`.
struct LsofName {
    private let text: ArraySlice<UInt8>

    init(_ text: ArraySlice<UInt8>) { self.text = text }

    /// The row that the name is of; nil when it is no endpoint.
    func row(_ transport: Transport, state: String?) -> SocketRow? {
        let arrow = text.firstRange(of: "->")
        let here = text[..<(arrow?.lowerBound ?? text.endIndex)].trimmed
        guard let local = EndpointText(here, partedBy: .colon),
            !local.host.utf8.contains(UInt8(ascii: " "))
        else { return nil }
        let peer = arrow.map { arrow in
            EndpointText(text[arrow.upperBound...].trimmed, partedBy: .colon)
                ?? EndpointText(host: "?", port: "?")
        }
        return SocketRow(
            transport: transport, local: Self.plain(local), peer: peer, state: state)
    }

    /// Old builds write mapped addresses as `::a.b.c.d`, which lsof shows of IPv6 sockets only.
    private static func plain(_ local: EndpointText) -> EndpointText {
        guard local.host.hasPrefix("::"), let dotted = IPAddress(local.host.dropFirst(2)),
            dotted.family == .ipv4
        else { return local }
        return EndpointText(host: "::ffff:\(dotted)", port: local.port, zone: local.zone)
    }
}
