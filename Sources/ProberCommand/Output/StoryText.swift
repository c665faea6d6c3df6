import Reconcile

/// The story of an endpoint as people read it, in at most 100 columns.
struct StoryText {
    private let story: Story
    private let style: TextStyle

    init(_ story: Story, style: TextStyle) {
        self.story = story
        self.style = style
    }

    /// The whole text, with a line feed at its end.
    var text: String {
        var lines = [style.bold(story.title.escapedForTerminal), ""]
        for part in story.parts {
            let name = part.topic.title
            let label = "  " + name.padded(to: 10)
            if part.topic == .todo {
                for (number, sentence) in part.sentences.enumerated() {
                    lines += FindingsTable.wrapped(
                        sentence, indent: (number == 0 ? label : Self.hanging) + "\(number + 1). ",
                        hanging: Self.hanging + "   ")
                    for step in part.steps[number] {
                        // To be copied, so not broken.
                        lines.append(Self.hanging + "     " + step.escapedForTerminal)
                    }
                }
            } else {
                let isList = [.likely, .also, .wire].contains(part.topic)
                let paragraphs = isList ? part.sentences : [part.sentences.joined(separator: " ")]
                for (number, paragraph) in paragraphs.enumerated() {
                    lines += FindingsTable.wrapped(
                        paragraph, indent: number == 0 ? label : Self.hanging, hanging: Self.hanging
                    )
                }
            }
            lines += part.lines.map { (Self.hanging + "  " + $0).escapedForTerminal }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let hanging = String(repeating: " ", count: 12)
}

extension Story.Topic {
    fileprivate var title: String {
        switch self {
        case .found: "found"
        case .asked: "asked"
        case .answered: "answer"
        case .received: "receipt"
        case .wire: "wire"
        case .rules: "rules"
        case .listens: "listens"
        case .declared: "declared"
        case .likely: "likely"
        case .todo: "to do"
        case .also: "also"
        }
    }
}
