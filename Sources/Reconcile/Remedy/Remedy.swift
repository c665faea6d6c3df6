/// An action of a finding in the words of its host: what to do, and how.
public struct Remedy: Hashable, Sendable {
    /// What to do.
    public var action: Action
    /// What to do, as a sentence, where more is known than the action itself says.
    var sentence: String?
    /// How, step by step; empty where nothing certain is known of how the host does it.
    public var steps: [Step]

    /// Something to be done on the host.
    public struct Step: Hashable, Sendable {
        /// What is done.
        public enum Deed: Hashable, Sendable {
            /// A line is given to a shell.
            case run(HostCommand)
            /// A line is put into a file, or takes the place of the one there with the same key.
            case write(line: String, file: String)
        }

        /// What is done.
        public var deed: Deed
        /// What for, or when, as a phrase.
        public var note: String?

        /// A line for a shell.
        static func run(_ command: HostCommand, _ note: String? = nil) -> Step {
            Step(deed: .run(command), note: note)
        }

        /// A line for a file.
        static func write(_ line: String, _ file: String, _ note: String? = nil) -> Step {
            Step(deed: .write(line: line, file: file), note: note)
        }

        /// Whether it can be written down so that it does what is meant.
        var isExpressible: Bool {
            switch deed {
            case .run(let command): command.isExpressible
            case .write: true
            }
        }

        /// The step as one line: `systemctl restart nginx.service`, `in FILE: LINE`.
        public var text: String {
            switch deed {
            case .run(let command): command.text
            case .write(let line, let file): "in \(file): \(line)"
            }
        }
    }

    /// A remedy of the given parts, without the steps that nobody could write down.
    init(_ action: Action, _ sentence: String? = nil, steps: [Step]) {
        self.action = action
        self.sentence = sentence
        self.steps = steps.filter(\.isExpressible)
    }

    /// What to do, as a sentence.
    public var explanation: String { sentence ?? action.explanation }

    /// What to do, and how, on one line each.
    public var lines: [String] {
        [explanation] + steps.map { step in step.text + (step.note.map { "  (\($0))" } ?? "") }
    }
}
