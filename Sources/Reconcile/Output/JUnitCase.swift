import Prober

/// An assertion about a host as a test case: what was declared, from one vantage, over one family.
struct JUnitCase {
    /// What is asserted; the same text in every run.
    let name: String
    /// How it ended.
    let outcome: Outcome
    /// What is worth knowing of it all the same, for people.
    let remarks: String

    /// How a case ends.
    ///
    /// None is ever skipped: what was not tested, or not decided, is an error.
    enum Outcome: Hashable {
        case passed
        /// Against what was declared: the codes, a sentence, and everything that is known.
        case failed(type: String, message: String, text: String)
        /// Not tested, or not decided.
        case undecided(type: String, message: String, text: String)
    }

    init(_ name: String, _ outcome: Outcome, remarks: String = "") {
        self.name = name
        self.outcome = outcome
        self.remarks = remarks
    }
}

extension FindingsReport.Part {
    /// The assertions of the target: each declaration from this vantage over each family, each
    /// exposure that nobody declared, and what else must be known.
    ///
    /// `rule` says what fails.
    func cases(failing rule: FailureRule) -> [JUnitCase] {
        let host = reconciliation.remedyHost
        func asserting(_ name: String, _ rows: [FindingRow]) -> JUnitCase {
            JUnitCase(asserting: name, of: rows, on: host, failing: rule)
        }
        var exposures: [Finding] = []
        var assertions: [Assertion: [Finding]] = [:]
        for finding in reconciliation.findings {
            let assertion = Assertion(finding)
            if assertion.isRest, rule.fails(finding) {
                exposures.append(finding)
            } else {
                assertions[assertion, default: []].append(finding)
            }
        }
        // What nobody declared is asserted to be unreachable even where each of it is exposed.
        for finding in exposures where assertions[Assertion(finding)] == nil {
            assertions[Assertion(finding)] = []
        }
        let declared = assertions.sorted { $0.key < $1.key }.map { assertion, findings in
            asserting(assertion.name, FindingRow.rows(of: findings))
        }
        let exposed = exposures.flatMap(\.stableParts).map { finding in
            let row = FindingRow(finding)
            return asserting(
                "\(finding.result == .fail ? "undeclared and not reachable" : finding.code.name): "
                    + row.place, [row])
        }
        let open = reconciliation.openQuestions.map { question in
            JUnitCase(
                question.name,
                .undecided(
                    type: "undecided", message: question.explanation, text: question.explanation))
        }
        let noted = reconciliation.notes.filter(rule.fails).map { note in
            JUnitCase(
                note.code.map(\.name) ?? "the host",
                .failed(
                    type: note.code?.rawValue ?? "note", message: note.explanation,
                    text: note.explanation))
        }
        return Self.numbered(declared + exposed + noted + open)
    }

    /// `cases` with a number behind names that occur again.
    private static func numbered(_ cases: [JUnitCase]) -> [JUnitCase] {
        var seen: [String: Int] = [:]
        return cases.map { one in
            let number = (seen[one.name] ?? 0) + 1
            seen[one.name] = number
            guard number > 1 else { return one }
            return JUnitCase("\(one.name) (\(number))", one.outcome, remarks: one.remarks)
        }
    }
}

extension JUnitCase {
    /// The case that `rows` decide; one that none decides passes.
    fileprivate init(
        asserting name: String, of rows: [FindingRow], on host: RemedyHost,
        failing rule: FailureRule
    ) {
        func text(_ chosen: [FindingRow]) -> String {
            let shown = chosen.prefix(50).map { $0.text(on: host) }.joined(separator: "\n\n")
            return chosen.count > 50 ? "\(shown)\n\nand \(chosen.count - 50) more" : shown
        }
        func type(_ chosen: [FindingRow]) -> String {
            Set(chosen.map(\.finding.code)).sorted().map(\.rawValue).joined(separator: " ")
        }
        let failed = rows.filter { rule.fails($0.finding) }
        let rest = rows.filter { !rule.fails($0.finding) }
        let open = rest.filter { $0.finding.result == .inconclusive }
        self.name = name
        if let worst = failed.first {
            outcome = .failed(
                type: type(failed), message: worst.sentence, text: text(failed + open))
        } else if let first = open.first {
            outcome = .undecided(type: type(open), message: first.sentence, text: text(open))
        } else {
            outcome = .passed
        }
        remarks = text(
            rest.filter {
                switch $0.finding.result {
                case .fail, .warn, .info: true
                case .inconclusive, .pass: false
                }
            })
    }
}

extension FindingRow {
    /// Where, and what was found there.
    fileprivate var sentence: String { "\(place): \(finding.explanation)".visible }

    /// Everything that is known of it, in lines, with remedies in the words of `host`.
    func text(on host: RemedyHost) -> String {
        var lines = [
            "\(finding.code.rawValue) \(finding.code.name): \(place) [\(finding.severity.rawValue)]",
            "  \(finding.explanation)",
        ]
        lines += fields.map { "  \($0.name): \($0.value)" }
        lines += remedyLines(on: host).map { "  " + $0 }
        return lines.map(\.visible).joined(separator: "\n")
    }
}

/// What one test case asserts.
private struct Assertion: Hashable, Comparable {
    /// The declaration; nil for what nobody declared.
    let expectation: Expectation?
    let family: IPAddress.Family
    /// Whether it is about everything that nobody declared.
    var isRest: Bool { expectation?.isRest ?? true }

    init(_ finding: Finding) {
        let expectation = finding.stance.expectation
        self.expectation = expectation
        family = finding.addresses.first.family
    }

    var name: String {
        let over = family == .ipv4 ? "IPv4" : "IPv6"
        guard let expectation, !expectation.isRest else {
            return "nothing else is reachable over \(over)"
        }
        var text = (expectation.isOpen ? "open " : "closed ") + "\(expectation.ports)".shortened
        if !expectation.from.isEmpty {
            text += " from " + TargetSet(expectation.from).abbreviated
        }
        if !expectation.holders.isEmpty {
            text += " by " + expectation.holders.map(\.description).joined(separator: " or ")
        }
        return "\(text) over \(over)" + (expectation.reason.map { ": \($0.shortened)" } ?? "")
    }

    /// In the order of the file, the rest last.
    static func < (left: Assertion, right: Assertion) -> Bool {
        if left.isRest != right.isRest { return right.isRest }
        let (leftPlace, rightPlace) = (left.place, right.place)
        if leftPlace != rightPlace { return leftPlace < rightPlace }
        return left.name < right.name
    }

    private var place: SourcePlace { SourcePlace(expectation?.location ?? "") }
}
