import Prober

/// Everything that one file or stream holds.
struct ReadReport {
    /// The file as it was named.
    let origin: String
    var sections: [ReportSection] = []
    var hostReports: [HostReport] = []
    /// What could not be seen, as lines around the tables say.
    var gaps: [CoverageGap] = []
    /// What is wrong with it; what could be read counts even so.
    var problem: ReportProblem?
}

/// What is wrong with a report as a whole.
enum ReportProblem: Hashable {
    case empty
    /// Nothing in it is known.
    case unknownFormat
    /// It ends within a row or a document, at this line.
    case truncated(line: Int)
    /// It is another of netstat's tables.
    case otherTable(String)
    /// It is one line or one JSON value of more than is kept in memory.
    case tooLong
    /// `lsof -J`, which leaves the addresses out.
    case withoutEndpoints
    /// It claims to be a report of our own, and is not.
    case invalid(InputError)

    /// Whether there is nothing in it to use.
    var isFatal: Bool {
        switch self {
        case .empty, .unknownFormat, .otherTable, .tooLong, .withoutEndpoints, .invalid: true
        case .truncated: false
        }
    }

    /// The problem as an error about `source`.
    func error(_ source: String) -> InputError {
        switch self {
        case .empty:
            InputError(
                source, problem: "the file is empty",
                remedy: "Make the report again; nothing can be concluded from no text.")
        case .unknownFormat:
            InputError(
                source, problem: "no report of listeners is recognised in it",
                remedy: "Give the output of netstat, lsof, ss, sockstat or the like, or say which "
                    + "it is with FORMAT:FILE.")
        case .truncated(let line):
            InputError(
                source, line: line, problem: "the report breaks off here",
                remedy: "Make it again; what came before is used, and what is missing is unknown.")
        case .otherTable(let name):
            InputError(
                source, problem: "this is \(name), which has no listeners",
                remedy: "Use netstat -an, or ss -tulpn.")
        case .tooLong:
            InputError(
                source, problem: "it is one line, or one JSON value, that is too long to be read",
                remedy:
                    "Give lines of at most 1 MB, and JSON as a list or as lines of objects of at "
                    + "most 16 MB each.")
        case .withoutEndpoints:
            InputError(
                source, problem: "lsof wrote neither addresses nor ports into its JSON",
                remedy: "Use lsof -nP -i, or lsof -F.")
        case .invalid(let error): error
        }
    }
}
