public import Prober

/// A line for the shell of a host: what is fixed, and words that came from elsewhere.
///
/// It is written as a text with interpolations. What is interpolated stays one word, whatever it
/// holds, because it is quoted for the shell when the line is made: a process that calls itself
/// `x; reboot` is an argument, never a command.
public struct HostCommand: Hashable, Sendable {
    /// Who reads the line.
    public enum Shell: String, Hashable, Sendable, CaseIterable {
        case sh
        case powerShell = "powershell"
    }

    enum Part: Hashable, Sendable {
        case fixed(String)
        case word(String)
    }

    /// Who reads the line.
    public var shell = Shell.sh
    var parts: [Part]

    /// The line, with every word quoted for its shell.
    public var text: String {
        parts.map { part in
            switch part {
            case .fixed(let text): text
            case .word(let word): shell.quoted(word)
            }
        }.joined()
    }

    /// Whether every word of it can be passed on as it is.
    ///
    /// What is not printable ASCII might not survive on its way to the person who types it, and a
    /// word with a dash at its start would be an option: of such words no line is made.
    public var isExpressible: Bool {
        parts.allSatisfy { part in
            guard case .word(let word) = part else { return true }
            return !word.isEmpty && word.utf8.count <= 2000 && word.first != "-"
                && word.utf8.allSatisfy { (0x20...0x7e).contains($0) }
        }
    }

    /// The same line for `shell`.
    func read(by shell: Shell) -> HostCommand {
        var command = self
        command.shell = shell
        return command
    }
}

extension HostCommand: ExpressibleByStringInterpolation {
    /// The line that `literal` is, without a word from elsewhere.
    public init(stringLiteral literal: String) { parts = [.fixed(literal)] }

    /// The line of the given parts.
    public init(stringInterpolation: Interpolation) { parts = stringInterpolation.parts }

    /// The parts of a line while it is written.
    public struct Interpolation: StringInterpolationProtocol {
        var parts: [Part] = []

        /// Parts of a line, none yet.
        public init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(2 * interpolationCount + 1)
        }

        /// Adds what is fixed.
        public mutating func appendLiteral(_ literal: String) { parts.append(.fixed(literal)) }

        /// Adds a word from elsewhere.
        public mutating func appendInterpolation(_ word: String) { parts.append(.word(word)) }

        /// Adds a number.
        public mutating func appendInterpolation(_ number: some BinaryInteger) {
            parts.append(.fixed("\(number)"))
        }

        /// Adds an address.
        public mutating func appendInterpolation(_ address: IPAddress) {
            parts.append(.fixed("\(address)"))
        }

        /// Adds the name of a transport.
        public mutating func appendInterpolation(_ transport: Transport) {
            parts.append(.fixed(transport.rawValue))
        }

        /// Adds words of our own, which need no quoting.
        mutating func appendInterpolation(fixed text: String) { parts.append(.fixed(text)) }
    }
}

extension HostCommand.Shell {
    /// `word` so that the shell takes it for one word of just these characters.
    func quoted(_ word: String) -> String {
        let isPlain = word.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "_", "-", "/", ":": true
            case "@", "+", "=", ",", "%": self == .sh
            case _: false
            }
        }
        if isPlain, !word.isEmpty { return word }
        let pieces = word.split(separator: "'", omittingEmptySubsequences: false)
        return switch self {
        case .sh: "'" + pieces.joined(separator: "'\\''") + "'"
        case .powerShell: "'" + pieces.joined(separator: "''") + "'"
        }
    }
}
