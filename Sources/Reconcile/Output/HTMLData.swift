import Prober

/// The findings as the script of an HTML report reads them: JSON without anything that HTML could
/// take for its own.
///
/// Texts that occur again are written once and named by number, so that many findings that read
/// alike stay small.
struct HTMLData {
    /// The JSON.
    let bytes: [UInt8]

    /// The data of `report`.
    init(_ report: FindingsReport) {
        var texts = TextTable()
        let hosts = Set(
            zip(0..., report.parts).flatMap { part, content in
                content.reconciliation.findings.map { Host(part: part, addresses: $0.addresses) }
            }
        ).sorted()
        let places = Dictionary(uniqueKeysWithValues: zip(hosts, 0...).map { ($0, $1) })
        var rows: [UInt8] = []
        var codes: Set<FindingCode> = []
        for (part, content) in report.parts.enumerated() {
            for finding in content.reconciliation.findings {
                codes.insert(finding.code)
                rows += rows.isEmpty ? "\n".utf8 : ",\n".utf8
                let host = places[Host(part: part, addresses: finding.addresses)] ?? 0
                Self.write(finding, of: part, content, at: host, into: &rows, &texts)
            }
        }
        var bytes = Array("{\"results\":".utf8)
        bytes += Self.list(FindingResult.allCases.map { Self.quoted($0.rawValue) })
        bytes += ",\n\"severities\":".utf8
        bytes += Self.list(Severity.allCases.map { Self.quoted($0.rawValue) })
        bytes += ",\n\"parts\":".utf8
        bytes += Self.list(
            report.parts.map { part in
                Self.list(
                    [part.name.visible, part.vantage.visible, part.mode].map { Self.quoted($0) })
            })
        bytes += ",\n\"hosts\":".utf8
        bytes += Self.list(hosts.map { Self.quoted($0.addresses.description) })
        bytes += ",\n\"codes\":".utf8
        bytes += Self.list(
            codes.sorted().map { code in
                Self.list(
                    [code.rawValue, code.name, FindingGuide.own.meaning(of: code).meaning]
                        .map { Self.quoted($0.visible) })
            })
        bytes += ",\n\"unprobed\":".utf8
        bytes += Self.list(
            report.parts.flatMap(\.reconciliation.unprobedListeners).map { unprobed in
                Self.list([
                    Self.quoted(unprobed.listener.explanation.visible),
                    Self.quoted(unprobed.missing.explanation),
                    Array(unprobed.isOpenQuestion ? "true".utf8 : "false".utf8),
                ])
            })
        bytes += ",\n\"texts\":".utf8
        bytes += Self.list(texts.all.map { Self.quoted($0) })
        bytes += ",\n\"rows\":[".utf8
        bytes += rows
        bytes += "]}".utf8
        self.bytes = bytes
    }

    /// A finding as a list; the script has names for the places in it.
    private static func write(
        _ finding: Finding, of part: Int, _ content: FindingsReport.Part, at place: Int,
        into bytes: inout [UInt8], _ texts: inout TextTable
    ) {
        let row = FindingRow(finding)
        let fields = row.fields
        func field(_ name: String, _ texts: inout TextTable) -> Int {
            fields.first { $0.name == name }.map { texts[$0.value.visible] } ?? -1
        }
        let names = finding.inside.listeners.flatMap { listener in
            listener.owners.map(\.name) + [listener.program ?? ""]
        }
        let numbers: [Int] = [
            part, place, finding.transport == .tcp ? 0 : 1, texts[finding.ports.description],
            texts[finding.code.rawValue],
            FindingResult.allCases.firstIndex(of: finding.result) ?? 0,
            Severity.allCases.firstIndex(of: finding.severity) ?? 0,
            texts[finding.lanes(isPredicted: content.isPredicted)],
            texts[finding.explanation.visible],
            texts[(names.first { !$0.isEmpty } ?? "").shortened.visible],
            field("seen", &texts), field("listener", &texts), field("rules", &texts),
            field("policy", &texts),
        ]
        bytes += "[".utf8
        bytes += numbers.map(String.init).joined(separator: ",").utf8
        bytes += ",\(UInt64(clamping: finding.endpointCount)),".utf8
        let causes = finding.causes.map { texts[$0.explanation.visible] }
        // A sentence, then for each step its line and its note.
        let remedies = row.remedies(on: content.reconciliation.remedyHost).map { remedy in
            remedy.steps.reduce(into: [texts[remedy.explanation.visible]]) { list, step in
                list.append(texts[step.text.visible])
                list.append(step.note.map { texts[$0.visible] } ?? -1)
            }
        }
        // Facts that few findings have, each as its name and what it is.
        let more = fields.filter { ["receipt", "sent to", "against"].contains($0.name) }
            .flatMap { [texts[$0.name], texts[$0.value.visible]] }
        bytes += "\(causes),\(remedies),\(finding.isSupplement ? 1 : 0),\(more)]".utf8
    }

    private static func list(_ items: [[UInt8]]) -> [UInt8] {
        [UInt8(ascii: "[")] + items.joined(separator: [UInt8(ascii: ",")]) + [UInt8(ascii: "]")]
    }

    /// `text` as JSON that neither ends a script element nor begins a comment in one.
    private static func quoted(_ text: String) -> [UInt8] {
        var bytes = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "<"): bytes += "\\u003c".utf8
            case UInt8(ascii: ">"): bytes += "\\u003e".utf8
            case UInt8(ascii: "&"): bytes += "\\u0026".utf8
            // No text here has a control character; whoever adds one meets no broken JSON.
            case 0..<0x20: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            case _: bytes.append(byte)
            }
        }
        return bytes + [UInt8(ascii: "\"")]
    }

    /// An address as one target and vantage see it.
    private struct Host: Hashable, Comparable {
        let part: Int
        let addresses: AddressRange

        static func < (left: Host, right: Host) -> Bool {
            (left.addresses.first, left.addresses.last, left.part)
                < (right.addresses.first, right.addresses.last, right.part)
        }
    }

    /// Texts, each once.
    private struct TextTable {
        private(set) var all: [String] = []
        private var places: [String: Int] = [:]

        /// The number of `text`.
        subscript(text: String) -> Int {
            mutating get {
                if let place = places[text] { return place }
                places[text] = all.count
                all.append(text)
                return all.count - 1
            }
        }
    }
}

extension FindingsReport.Part {
    /// Whether no packet was sent.
    fileprivate var isPredicted: Bool {
        switch reconciliation.mode {
        case .observed: false
        case .predicted: true
        }
    }

    /// How it was judged, as findings files call it.
    fileprivate var mode: String { isPredicted ? "predicted" : "observed" }
}

extension Finding {
    /// The four views, a letter each: what was declared, was seen, the rules do, and listens.
    ///
    /// Where nothing was probed, what is predicted takes the place of what was seen.
    /// `report-picture.js` has the letters.
    fileprivate func lanes(isPredicted: Bool) -> String {
        let declared =
            switch stance {
            case .open: "o"
            case .closed(let expectation): expectation.isRest ? "-" : "c"
            case .undeclared: "-"
            case .undecided: "?"
            }
        let reachable =
            switch states.count == 1 ? states.first : nil {
            case .open: "o"
            case .closed: "c"
            case .filtered: "f"
            case .notTested where isPredicted && sighting == nil: predictedLetter
            case .openOrFiltered where !receipts.isEmpty: receivedLetter
            case .openOrFiltered, .notTested, nil: "?"
            }
        let allowed =
            switch firewall {
            case .undecided: "?"
            case .decided(let action, _):
                switch action {
                case .accept: "o"
                case .translate: "t"
                case .drop: "f"
                case .reject: "c"
                case .undecided: "?"
                }
            }
        let listening =
            switch inside {
            case .listening(_, .wildcard), .listening(_, .address): "o"
            case .listening(_, .loopback), .loopbackOnly: "l"
            case .inNamespace: "n"
            case .elsewhere: "e"
            case .none: "-"
            case .unknown, .changed: "?"
            }
        return declared + reachable + allowed + listening
    }

    /// What silence over UDP is, where receipts tell.
    private var receivedLetter: String {
        switch verdict.reach {
        case .open: "o"
        case .filtered: "f"
        case .other: result == .inconclusive ? "?" : "c"
        }
    }

    /// What the rules and listeners say would be seen.
    private var predictedLetter: String {
        if result == .inconclusive { return "?" }
        return switch verdict.reach {
        case .open: "P"
        case .filtered: "F"
        case .other: "p"
        }
    }
}
