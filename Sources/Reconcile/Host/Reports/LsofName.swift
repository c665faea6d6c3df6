import Prober

/// The name of an internet socket as lsof writes it: `*:ssh`, `10.0.0.1:22->10.0.0.2:4000`.
struct LsofName {
    private let text: String

    init(_ text: String) { self.text = text }

    /// The row that the name is of; nil when it is no endpoint.
    func row(_ transport: Transport, state: String?) -> SocketRow? {
        let ends = text.split(separator: "->", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = ends.first,
            let local = EndpointText(first.trimmingSpaces, partedBy: .colon),
            !local.host.contains(" ")
        else { return nil }
        let peer = ends.count > 1 ? EndpointText(ends[1].trimmingSpaces, partedBy: .colon) : nil
        return SocketRow(
            transport: transport, local: Self.plain(local),
            peer: peer ?? (ends.count > 1 ? EndpointText(host: "?", port: "?") : nil), state: state)
    }

    /// Old builds write mapped addresses as `::a.b.c.d`, which lsof shows of IPv6 sockets only.
    private static func plain(_ local: EndpointText) -> EndpointText {
        guard local.host.hasPrefix("::"), let dotted = IPAddress(local.host.dropFirst(2)),
            dotted.family == .ipv4
        else { return local }
        return EndpointText(host: "::ffff:\(dotted)", port: local.port, zone: local.zone)
    }
}
