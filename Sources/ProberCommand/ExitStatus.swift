import ArgumentParser
import Reconcile

/// How a command ends, for the shell that started it.
enum ExitStatus: Int32, Error {
    /// It finished, and nothing is against the policy.
    case success = 0
    /// It finished, and something is against the policy.
    case findings = 1
    /// It could not finish, or something could not be tested or decided.
    case incomplete = 2
    /// The request makes no sense: a bad flag or a bad file.
    case usage = 64

    /// The status that says what a comparison came to.
    init(_ conclusion: Reconciliation.Conclusion) {
        switch conclusion {
        case .conforms: self = .success
        case .violates: self = .findings
        case .undecided: self = .incomplete
        }
    }

    /// The status as argument-parser takes it.
    var code: ExitCode { ExitCode(rawValue) }
}
