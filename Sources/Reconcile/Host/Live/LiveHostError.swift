/// Why this host could not be asked at all.
public enum LiveHostError: Error {
    /// Neither sock_diag nor `/proc/net` lists any socket; with what sock_diag said.
    case noSocketTable(reason: String)
}

extension LiveHostError: CustomStringConvertible {
    /// What happened, and what to do.
    public var description: String {
        switch self {
        case .noSocketTable(let reason):
            """
            this host's sockets cannot be listed: sock_diag says "\(reason)" and /proc/net is not \
            readable
              Mount /proc, or run prober outside the sandbox that hides both.
            """
        }
    }
}
