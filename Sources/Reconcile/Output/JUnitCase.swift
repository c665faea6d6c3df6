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
    var cases: [JUnitCase] {
        var exposures: [Finding] = []
        var assertions: [Assertion: [Finding]] = [:]
        for finding in reconciliation.findings {
            let assertion = Assertion(finding)
            if assertion.isRest, finding.result == .fail {
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
            JUnitCase(asserting: assertion.name, of: findings)
        }
        let exposed = exposures.flatMap(\.stableParts).map { finding in
            let row = FindingRow(finding)
            return JUnitCase(asserting: "undeclared and not reachable: \(row.place)", of: [row])
        }
        let open = reconciliation.openQuestions.map { question in
            JUnitCase(
                question.name,
                .undecided(
                    type: "undecided", message: question.explanation, text: question.explanation))
        }
        return Self.numbered(declared + exposed + open)
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
    /// The case that `findings` decide; one that none decides passes.
    fileprivate init(asserting name: String, of findings: [Finding]) {
        self.init(asserting: name, of: FindingRow.rows(of: findings))
    }

    fileprivate init(asserting name: String, of rows: [FindingRow]) {
        func text(_ results: [FindingResult]) -> String {
            let chosen = rows.filter { results.contains($0.finding.result) }
            let shown = chosen.prefix(50).map(\.text).joined(separator: "\n\n")
            return chosen.count > 50 ? "\(shown)\n\nand \(chosen.count - 50) more" : shown
        }
        func type(_ result: FindingResult) -> String {
            Set(rows.filter { $0.finding.result == result }.map { $0.finding.code }).sorted()
                .map(\.rawValue).joined(separator: " ")
        }
        self.name = name
        if let worst = rows.first(where: { $0.finding.result == .fail }) {
            outcome = .failed(
                type: type(.fail), message: worst.sentence, text: text([.fail, .inconclusive]))
        } else if let open = rows.first(where: { $0.finding.result == .inconclusive }) {
            outcome = .undecided(
                type: type(.inconclusive), message: open.sentence, text: text([.inconclusive]))
        } else {
            outcome = .passed
        }
        remarks = text([.warn, .info])
    }
}

extension FindingRow {
    /// Where, and what was found there.
    fileprivate var sentence: String { "\(place): \(finding.explanation)".visible }

    /// Everything that is known of it, in lines.
    var text: String {
        var lines = [
            "\(finding.code.rawValue) \(finding.code.name): \(place) [\(finding.severity.rawValue)]",
            "  \(finding.explanation)",
        ]
        lines += fields.map { "  \($0.name): \($0.value)" }
        lines += finding.actions.enumerated().map {
            "  \($0.offset + 1). \($0.element.explanation)"
        }
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
