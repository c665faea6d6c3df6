/// Why two files cannot be compared.
public enum ComparisonProblem: Error, Hashable, Sendable {
    /// They are of different kinds.
    case kinds(String, String)
    /// No vantage is in both.
    case vantages([String], [String])
}
