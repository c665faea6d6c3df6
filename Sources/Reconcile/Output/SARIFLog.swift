import Prober

extension FindingsReport {
    /// The report as SARIF 2.1.0 (OASIS), as `docs/file-formats.md` describes it, with a line feed
    /// at its end.
    ///
    /// A run for each target. What passes is counted and is no result: services that read SARIF
    /// make an alert of every result, whatever its kind.
    public func sarif() -> [UInt8] {
        let runs = parts.map { SARIFRun($0, version: version, failing: rule).json }
        let missing = notBegun.map { Self.missingRun($0, version: version) }
        return JSONValue.object([
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": .array(runs + missing),
        ]).line
    }

    /// The run of a target that was not begun: it has no results, and did not succeed.
    private static func missingRun(_ target: String, version: String) -> JSONValue {
        .object([
            "tool": SARIFRun.tool(version: version, rules: []),
            "automationDetails": .object([
                "id": .text(SARIFRun.category(target, from: Part.noVantage))
            ]),
            "invocations": .array([
                .object([
                    "executionSuccessful": .boolean(false),
                    "toolExecutionNotifications": .array([
                        SARIFRun.notification(
                            "Not begun: the run was stopped first.", code: nil, level: "error")
                    ]),
                ])
            ]),
            "results": .array([]),
        ])
    }
}

/// What was found of one target, as a run of SARIF.
struct SARIFRun {
    private let part: FindingsReport.Part
    private let version: String
    private let rule: FailureRule

    init(_ part: FindingsReport.Part, version: String, failing rule: FailureRule) {
        self.part = part
        self.version = version
        self.rule = rule
    }

    /// The `run` object (SARIF 3.14).
    var json: JSONValue {
        let findings = part.reconciliation.findings.filter { $0.result != .pass }
            .flatMap(\.stableParts)
        let noted = part.reconciliation.notes.compactMap(\.code)
        let codes = Set(findings.map(\.code) + noted).sorted()
        let places = Dictionary(
            uniqueKeysWithValues: zip(codes, 0...).map { ($0, UInt64($1)) })
        var run: JSONMembers = [
            "tool": Self.tool(version: version, rules: codes.map { Self.rule($0) }),
            "automationDetails": .object([
                "id": .text(Self.category(part.target ?? "scan", from: part.vantage))
            ]),
            "columnKind": "unicodeCodePoints",
            "invocations": .array([invocation]),
            "results": .array(
                findings.map { finding in
                    SARIFResult(finding, ruleIndex: places[finding.code] ?? 0, of: part).json
                }),
        ]
        run["properties"] = .object(properties)
        return .object(run)
    }

    /// What tells the runs of one target and vantage from those of others, the same every time.
    static func category(_ target: String, from vantage: String) -> String {
        ["prober", target, vantage].map { name in
            name.visible.replacingScalars { $0 == "/" ? "_" : nil } + "/"
        }.joined()
    }

    private var properties: JSONMembers {
        let whole = part.reconciliation
        var counts: JSONMembers = [:]
        for result in FindingResult.allCases {
            counts[result.rawValue] = .count(whole.endpointCount(result))
        }
        var properties: JSONMembers = [
            "conclusion": .text(whole.conclusion(failing: rule).word),
            "endpoints": .object(counts),
            "requested": .count(whole.requestedCount),
            "vantage": .text(part.vantage.visible),
        ]
        if let scan = whole.scan {
            properties["scan"] = .text(scan.id.visible)
            properties["seed"] = .unsigned(scan.seed)
        }
        return properties
    }

    /// How it went (SARIF 3.20): what cannot be concluded is no success.
    private var invocation: JSONValue {
        let whole = part.reconciliation
        var invocation: JSONMembers = [
            "executionSuccessful": .boolean(
                whole.conclusion(failing: rule) != .undecided)
        ]
        // The schema wants a time in UTC with a trailing Z.
        if let started = whole.scan?.startTime {
            invocation["startTimeUtc"] = .text(started + "Z")
        }
        let questions = whole.openQuestions.map {
            Self.notification($0.explanation, code: $0.code, level: "error")
        }
        if !questions.isEmpty { invocation["toolConfigurationNotifications"] = .array(questions) }
        let remarks = whole.remarks.map {
            Self.notification($0.explanation, code: $0.code, level: "note")
        }
        if !remarks.isEmpty { invocation["toolExecutionNotifications"] = .array(remarks) }
        return .object(invocation)
    }

    /// A `notification` (SARIF 3.58).
    static func notification(_ text: String, code: FindingCode?, level: String) -> JSONValue {
        var notification: JSONMembers = [
            "message": .message(text), "level": .text(level),
        ]
        if let code { notification["associatedRule"] = .object(["id": .text(code.rawValue)]) }
        return .object(notification)
    }

    /// The `tool` (SARIF 3.18).
    static func tool(version: String, rules: [JSONValue]) -> JSONValue {
        .object([
            "driver": .object([
                "name": "prober", "semanticVersion": .text(version), "rules": .array(rules),
            ])
        ])
    }

    /// A code as a rule (SARIF 3.49), with what the guide says of it.
    private static func rule(_ code: FindingCode) -> JSONValue {
        let section = FindingGuide.own.meaning(of: code)
        return .object([
            "id": .text(code.rawValue),
            "name": .text(code.name),
            "shortDescription": .object(["text": .text(code.words)]),
            "fullDescription": .object(["text": .text(section.meaning)]),
            "help": .object([
                "text": .text(section.text.replacing("**", with: "")),
                "markdown": .text(section.text),
            ]),
        ])
    }
}

extension OpenQuestion {
    /// The code that names it, where one does.
    fileprivate var code: FindingCode? {
        switch self {
        case .note(let note): note.code
        case .incompleteScan, .unasked, .unlocated, .uncoveredAddresses, .uncoveredPorts, .unprobed:
            nil
        }
    }
}

extension JSONValue {
    /// A count; one that is too large for a number of JSON is the largest that is not.
    static func count(_ count: UInt128) -> JSONValue { .unsigned(UInt64(clamping: count)) }

    /// A `message` (SARIF 3.11) that says `text` and nothing else.
    ///
    /// Braces would be placeholders (3.11.5), and `[text](address)` a link (3.11.6).
    static func message(_ text: String) -> JSONValue {
        var last: Unicode.Scalar?
        let plain = text.replacingScalars { scalar in
            defer { last = scalar }
            return switch scalar {
            case "{": "{{"
            case "}": "}}"
            case "(" where last == "]": " ("
            case _: nil
            }
        }
        return .object(["text": .text(plain)])
    }
}
