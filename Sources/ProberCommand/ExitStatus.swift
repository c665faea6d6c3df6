import ArgumentParser

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

    /// The status as a command throws it.
    var code: ExitCode { ExitCode(rawValue) }
}
