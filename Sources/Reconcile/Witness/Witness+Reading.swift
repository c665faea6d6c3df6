public import Prober

extension Witness {
    /// The witness in a file (JSON Lines), which may be cut at any byte.
    ///
    /// A file without an end record is one of which ``isComplete`` is false: a last line that was cut is
    /// left out. Unknown keys and unknown types of records are passed over.
    ///
    /// - Throws: ``InputError`` about `source`, with the line, when `bytes` are no witness file of a
    ///   known format, or contradict themselves.
    public init(parsing bytes: [UInt8], source: String) throws(InputError) {
        var witness: Witness?
        var hasEnded = false
        var number = 0
        var start = bytes.startIndex
        while start < bytes.endIndex {
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
            let line = Array(bytes[start..<(end ?? bytes.endIndex)])
            start = end.map { $0 + 1 } ?? bytes.endIndex
            number += 1
            if line.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }) { continue }
            let object: JSONObjectReader
            do throws(InputError) {
                object = try JSONObjectReader(parsing: line, source: source)
            } catch {
                // The last line may have been cut.
                if end == nil, witness != nil { break }
                throw Self.error(
                    source, number, "the line is no JSON object", isFirst: witness == nil)
            }
            do throws(InputError) {
                try Self.take(object, &witness, &hasEnded)
            } catch {
                var error = error
                error.line = number
                throw error
            }
        }
        guard let witness else {
            throw Self.error(source, max(number, 1), "there is no record in it", isFirst: true)
        }
        self = witness
    }

    private static func error(
        _ source: String, _ line: Int, _ problem: String, isFirst: Bool
    ) -> InputError {
        InputError(
            source, line: line, problem: isFirst ? "this is no witness file: \(problem)" : problem,
            remedy: isFirst
                ? "Give a file that `prober witness -o FILE` wrote." : "Make the file again.")
    }

    /// Takes one record.
    private static func take(
        _ object: JSONObjectReader, _ witness: inout Witness?, _ hasEnded: inout Bool
    ) throws(InputError) {
        let type = try object.text("type")
        let known = ["witness", "arrival", "end"]
        guard witness != nil || type == "witness" else {
            throw object.error(
                "type", "of the first record is \"\(type)\", and this is no witness file",
                "Give a file that `prober witness -o FILE` wrote.")
        }
        guard !hasEnded || !known.contains(type) else {
            throw object.error("type", "\"\(type)\" comes after the end", "Make the file again.")
        }
        switch type {
        case "witness":
            guard witness == nil else {
                throw object.error(
                    "type", "\"witness\" is there twice", "Give each file by itself.")
            }
            witness = try Witness(header: object)
        case "arrival": witness?.arrivals.append(try Arrival(object))
        case "end":
            try witness?.end(object)
            hasEnded = true
        default: break
        }
    }

    private init(header object: JSONObjectReader) throws(InputError) {
        let format: Int = try object.number("format", 0...Int.max)
        guard format == Self.format else {
            throw object.error(
                "format", "is \(format), and this version reads \(Self.format)",
                "Read it with the version that wrote it, or a newer one.")
        }
        let text = try object.text("ports")
        guard let ports = try? PortSpec(fileText: text) else {
            throw object.error(
                "ports", "is \"\(text)\"", "Ports belong there, as in tcp:1-1024,udp:53.")
        }
        self.init(
            started: try object.time("started"), host: try object.optionalText("host"),
            boot: try object.optionalText("boot"), addresses: try object.ranges("addresses"),
            interface: try object.text("interface"),
            sources: object.has("from") ? try object.ranges("from") : nil, ports: ports,
            filter: try object.text("filter"))
    }

    /// Takes the end record, whose count must be that of the rows.
    private mutating func end(_ object: JSONObjectReader) throws(InputError) {
        isComplete = object.isTrue("complete")
        ended = try object.time("ended")
        packets = try object.number("packets", 0...UInt64.max)
        dropped = try object.optionalNumber("dropped", 0...UInt64.max)
        uncounted = try object.number("uncounted", 0...UInt64.max)
        var sum: UInt64 = 0
        for arrival in arrivals {
            let (product, isOver) = arrival.packets.multipliedReportingOverflow(
                by: UInt64(arrival.ports.count))
            let (total, isFull) = sum.addingReportingOverflow(product)
            sum = isOver || isFull ? .max : total
        }
        guard sum == packets else {
            throw object.error(
                "packets", "is \(packets), but the rows have \(sum)",
                "The file lost or gained lines after it was written; make it again.")
        }
    }
}

extension Arrival {
    /// The row `object`, whose parts must agree.
    fileprivate init(_ object: JSONObjectReader) throws(InputError) {
        let ports = try object.ports("ports")
        let count: Int = try object.number("count", 1...65_536)
        guard ports.count == count else {
            throw object.error(
                "count", "is \(count), but \"ports\" has \(ports.count)", "Make the file again.")
        }
        let sources = try object.ports("source_ports")
        guard sources.ranges.count == 1 else {
            throw object.error(
                "source_ports", "is \"\(sources)\"", "A port belongs there, or a range of ports.")
        }
        self.init(
            try object.address("source"), to: try object.address("address"),
            try object.word("transport"), ports,
            packets: try object.number("packets", 1...UInt64.max), sourcePorts: sources.ranges[0],
            first: try object.time("first"), last: try object.time("last"),
            answers: Answers(try object.answers("answers")))
        guard source.family == destination.family, first <= last else {
            throw object.error(
                first <= last ? "source" : "last",
                first <= last ? "is of another family than the address" : "is before the first",
                "Make the file again.")
        }
    }
}

extension JSONObjectReader {
    /// The milliseconds since 1970 under `key`.
    fileprivate func time(_ key: String) throws(InputError) -> Int64 {
        let text = try text(key)
        guard let time = TimeText.milliseconds(text) else {
            throw error(key, "is \"\(text)\"", "A time belongs there, as in 2026-01-02T03:04:05Z.")
        }
        return time
    }

    fileprivate func ranges(_ key: String) throws(InputError) -> TargetSet {
        var ranges: [AddressRange] = []
        for text in try optionalTexts(key) {
            guard let range = AddressRange(fileText: text) else {
                throw error(key, "has \"\(text)\" in it", "An address or a block belongs there.")
            }
            ranges.append(range)
        }
        return TargetSet(ranges)
    }

    fileprivate func ports(_ key: String) throws(InputError) -> PortSet {
        let text = try text(key)
        guard let ports = try? ScanLine.ports(text) else {
            throw error(key, "is \"\(text)\"", "Ports belong there, as in 22,80,8000-8100.")
        }
        return ports
    }

    fileprivate func answers(_ key: String) throws(InputError) -> [Receipt.Answer] {
        var words: [Receipt.Answer] = []
        for text in try optionalTexts(key) {
            guard let word = Receipt.Answer(rawValue: text) else {
                throw error(key, "has \"\(text)\" in it", "Write it with this version.")
            }
            words.append(word)
        }
        return words
    }
}
