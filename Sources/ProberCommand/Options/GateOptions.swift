import ArgumentParser
import Reconcile

/// The flags that say which findings make a run fail.
struct GateOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Exit with 1 for findings at least as bad as a severity (critical, high, medium, low, \
            info) or with one of these codes; part them by commas or repeat the flag (default: what \
            the policy calls a failure)
            """, valueName: "severity|code"))
    var failOn: [String] = []

    @Flag(help: "Exit with 0 even if something could not be tested or decided")
    var allowInconclusive = false

    func validate() throws { _ = try rule() }

    /// What makes the run fail.
    func rule() throws -> FailureRule {
        let words = failOn.joined(separator: ",").split(
            separator: ",", omittingEmptySubsequences: false
        ).map { String($0.drop { $0 == " " }) }
        switch FailureRule.parsing(failOn.isEmpty ? [] : words) {
        case .success(let rule): return rule
        case .failure(let unknown):
            let severities = Severity.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError(
                "--fail-on: \"\(unknown.word)\" is neither a severity nor a code. Write one of "
                    + "\(severities), or a code such as E1.")
        }
    }

    /// The status that `reconciliations` come to.
    func status(of reconciliations: [Reconciliation]) throws -> ExitStatus {
        ExitStatus(
            Reconciliation.conclusion(
                of: reconciliations, allowsInconclusive: allowInconclusive, failing: try rule()))
    }
}
