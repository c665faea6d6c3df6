import Prober

extension FindingsReport {
    /// The report as XML that readers of JUnit's take, as `docs/file-formats.md` describes it.
    ///
    /// A suite for each target. It has the elements and attributes that Ant's writer has, in its
    /// order, since strict readers know no others.
    public func junit() -> [UInt8] {
        let suites = parts.map { Suite($0, failing: rule) } + notBegun.map { Suite(notBegun: $0) }
        var writer = XMLWriter()
        writer.element(
            "testsuites",
            [
                ("name", "prober"), ("tests", "\(suites.reduce(0) { $0 + $1.cases.count })"),
                ("failures", "\(suites.reduce(0) { $0 + $1.failureCount })"),
                ("errors", "\(suites.reduce(0) { $0 + $1.errorCount })"), ("time", "0"),
            ]
        ) { writer in
            for (index, suite) in suites.enumerated() { suite.write(to: &writer, index, version) }
        }
        return writer.bytes
    }

    /// The cases of one target.
    private struct Suite {
        let name: String
        let target: String
        let vantage: String
        let scan: Reconciliation.Scan?
        let conclusion: Reconciliation.Conclusion
        let cases: [JUnitCase]

        init(_ part: Part, failing rule: FailureRule) {
            target = part.name
            name = "\(part.name) from \(part.vantage)"
            vantage = part.vantage
            scan = part.reconciliation.scan
            conclusion = part.reconciliation.conclusion(failing: rule)
            cases = part.cases(failing: rule)
        }

        init(notBegun target: String) {
            self.target = target
            name = target
            vantage = Part.noVantage
            scan = nil
            conclusion = .undecided
            let text = "Not begun: the run was stopped first."
            cases = [
                JUnitCase(
                    "the target was checked",
                    .undecided(type: "undecided", message: text, text: text))
            ]
        }

        var failureCount: Int {
            cases.count { if case .failed = $0.outcome { true } else { false } }
        }

        var errorCount: Int {
            cases.count { if case .undecided = $0.outcome { true } else { false } }
        }

        /// When the scan began, as the format has times: in UTC, without a zone.
        private var timestamp: String { scan?.startTime ?? "1970-01-01T00:00:00" }

        func write(to writer: inout XMLWriter, _ index: Int, _ version: String) {
            writer.element(
                "testsuite",
                [
                    ("package", "prober"), ("id", "\(index)"), ("name", name),
                    ("timestamp", timestamp), ("hostname", target), ("tests", "\(cases.count)"),
                    ("failures", "\(failureCount)"), ("errors", "\(errorCount)"), ("time", "0"),
                ]
            ) { writer in
                writer.element("properties") { writer in
                    for (name, value) in properties(version) {
                        writer.element("property", [("name", name), ("value", value)])
                    }
                }
                for one in cases { write(one, to: &writer) }
                let remarks = cases.map(\.remarks).filter { !$0.isEmpty }
                writer.element("system-out", text: remarks.joined(separator: "\n\n"))
                writer.element("system-err")
            }
        }

        private func write(_ one: JUnitCase, to writer: inout XMLWriter) {
            let attributes: [(StaticString, String)] = [
                ("name", one.name), ("classname", name), ("time", "0"),
            ]
            switch one.outcome {
            case .passed: writer.element("testcase", attributes)
            case .failed(let type, let message, let text):
                writer.element("testcase", attributes) { writer in
                    writer.element(
                        "failure", [("message", message), ("type", type)], text: text)
                }
            case .undecided(let type, let message, let text):
                writer.element("testcase", attributes) { writer in
                    writer.element("error", [("message", message), ("type", type)], text: text)
                }
            }
        }

        private func properties(_ version: String) -> [(String, String)] {
            var properties = [
                ("prober", version), ("conclusion", conclusion.word), ("vantage", vantage),
            ]
            if let scan {
                properties += [
                    (
                        "vantage-addresses",
                        scan.vantage.addresses.map(\.description)
                            .joined(separator: " ")
                    ),
                    ("scan", scan.id), ("seed", "\(scan.seed)"),
                ]
            }
            return properties
        }
    }
}
