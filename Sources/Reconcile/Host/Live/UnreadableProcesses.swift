import Prober
import SystemPackage

/// Processes that were there, and of which something could not be read.
struct UnreadableProcesses {
    /// How many.
    private(set) var count = 0
    /// The first error that more privilege would not help.
    private var failure: Errno?

    /// Counts a process of which reading ended with `error`, unless that says that it is gone.
    mutating func add(_ error: Errno) {
        guard !error.isAbsence else { return }
        count += 1
        if !error.isLackOfPrivilege, failure == nil { failure = error }
    }

    /// `1 process`, `12 processes`.
    var number: String { count == 1 ? "1 process" : "\(count) processes" }

    /// What follows a sentence about them to say why.
    var cause: String {
        failure.map { " (\($0))" } ?? ", which takes CAP_SYS_PTRACE"
    }
}

extension Errno {
    /// Whether there is nothing (any more), as opposed to: it cannot be seen.
    var isAbsence: Bool { self == .noSuchFileOrDirectory || self == .noSuchProcess }

    /// Whether the caller may not.
    fileprivate var isLackOfPrivilege: Bool {
        self == .permissionDenied || self == .notPermitted
    }
}
