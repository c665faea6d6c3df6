public import Prober

/// One of two files to compare.
public enum Comparand: Sendable {
    /// A findings file.
    case findings(FindingsFile)
    /// A scan file.
    case scan(Survey)
    /// A host report.
    case host(HostReport)

    /// The word for its kind.
    public var kind: String {
        switch self {
        case .findings: "findings"
        case .scan: "scan"
        case .host: "host"
        }
    }

    /// The file in `bytes`, of whichever kind it is.
    ///
    /// - Throws: ``InputError`` about `source` when it is none of them, or is malformed.
    public init(parsing bytes: [UInt8], source: String) throws(InputError) {
        if Survey.isXML(bytes) {
            self = .scan(try Survey(nmap: bytes, source: source))
            return
        }
        // The type stands in the first object; a findings file has its keys in alphabetical order,
        // so it may be anywhere there.
        let first = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if Self.has(first, type: "scan") {
            self = .scan(try Survey(parsing: bytes, source: source))
        } else if Self.has(bytes[...], type: "reconciliation") {
            self = .findings(try FindingsFile(parsing: bytes, source: source))
        } else if Self.has(bytes[...], type: "host") {
            self = .host(try HostReport(json: bytes, source: source))
        } else {
            throw InputError(
                source, problem: "this is neither findings, nor a scan, nor a host report",
                remedy: "Give two files that prober wrote with --format json or jsonl.")
        }
    }

    /// Whether `text` has `"type":"word"`, with or without spaces.
    private static func has(_ text: ArraySlice<UInt8>, type word: String) -> Bool {
        let value = Array("\"\(word)\"".utf8)
        let key = Array("\"type\"".utf8)
        var rest = text
        while let start = rest.firstRange(of: key) {
            let after = rest[start.upperBound...].drop { $0 == 0x20 || $0 == 0x0a || $0 == 0x0d }
            if after.first == UInt8(ascii: ":") {
                let found = after.dropFirst().drop { $0 == 0x20 || $0 == 0x0a || $0 == 0x0d }
                if found.starts(with: value) { return true }
            }
            rest = rest[start.upperBound...]
        }
        return false
    }

    /// Where its probes came from, each vantage once.
    public var vantages: [Vantage] {
        let all: [Vantage]
        switch self {
        case .findings(let file): all = file.results.compactMap(\.vantage)
        case .scan(let survey): all = [survey.vantage]
        case .host: all = []
        }
        return all.reduce(into: []) { unique, vantage in
            if !unique.contains(vantage) { unique.append(vantage) }
        }
    }

    /// When it was made, as its file has it; empty when it does not tell.
    public var time: String {
        switch self {
        case .findings(let file): file.results.compactMap { $0.scan?.started }.first ?? ""
        case .scan(let survey): survey.started
        case .host(let report): report.collected
        }
    }

    /// Whether everything that was asked for was tested, or all that listens was seen.
    var isComplete: Bool {
        switch self {
        case .findings(let file): file.results.allSatisfy(\.isComplete)
        case .scan(let survey): survey.isComplete
        case .host(let report): !report.coverage.contains { $0.subject == .listeners }
        }
    }
}
