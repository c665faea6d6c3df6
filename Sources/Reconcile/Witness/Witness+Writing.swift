import Prober

extension Witness {
    /// The first line of the file, which is written when the witness begins.
    public func writeHeader(to bytes: inout [UInt8]) {
        var line = JSONLine()
        line.text("type", "witness")
        line.number("format", Self.format)
        line.text("started", TimeText.text(started))
        if let host { line.text("host", host) }
        if let boot { line.text("boot", boot) }
        line.texts("addresses", addresses.ranges.map(\.description))
        line.text("interface", interface)
        if let sources { line.texts("from", sources.ranges.map(\.description)) }
        line.text("ports", ports.description)
        line.text("filter", filter)
        line.finish(into: &bytes)
    }

    /// The other lines: what came, and how the witness ended.
    public func writeRest(to bytes: inout [UInt8]) {
        for arrival in arrivals {
            var line = JSONLine()
            line.text("type", "arrival")
            line.text("source", arrival.source.description)
            line.text("address", arrival.destination.description)
            line.text("transport", arrival.transport.rawValue)
            line.text("ports", arrival.ports.description)
            line.number("count", arrival.ports.count)
            line.number("packets", arrival.packets)
            line.text("source_ports", PortSet([arrival.sourcePorts]).description)
            line.text("first", TimeText.text(arrival.first))
            line.text("last", TimeText.text(arrival.last))
            line.texts("answers", arrival.answers.words.map(\.rawValue))
            line.finish(into: &bytes)
        }
        guard let ended else { return }
        var line = JSONLine()
        line.text("type", "end")
        line.flag("complete", isComplete)
        line.text("ended", TimeText.text(ended))
        line.number("packets", packets)
        if let dropped { line.number("dropped", dropped) }
        line.number("uncounted", uncounted)
        line.finish(into: &bytes)
    }
}

extension Arrival.Answers {
    /// The bit of each word.
    private static let bits: [(Receipt.Answer, Arrival.Answers)] = [
        (.handshake, .handshake), (.reset, .reset), (.datagram, .datagram),
        (.icmpError, .icmpError),
    ]

    /// The kinds, as files and receipts name them.
    var words: [Receipt.Answer] { Self.bits.filter { contains($0.1) }.map(\.0) }

    /// The kinds of `words`; that there was none adds nothing.
    init(_ words: [Receipt.Answer]) {
        self = []
        for (word, bit) in Self.bits where words.contains(word) { insert(bit) }
    }
}
